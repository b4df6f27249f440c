"""The walk-throughs are typed as they stand, on real printers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import play
from tests.docs.markdown_files import ROOT
from tests.docs.mia import bracket, exported
from tests.servers.fixtures import klipper, klipper_stack
from tests.servers.klipper import KlipperStack

__all__ = ["klipper", "klipper_stack"]

pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]


def test_the_first_hour_of_somebody_with_a_klipper_printer(
    tmp_path: Path, klipper: KlipperStack
) -> None:
    (tmp_path / "my-petg.ini").write_bytes(exported())
    (tmp_path / "bracket.stl").write_bytes(bracket())
    before = klipper.starts()
    play(
        ROOT / "docs/walkthroughs/first-hour.md",
        tmp_path,
        {"http://voron.local:7125": klipper.url},
    )
    assert klipper.starts() == before + 1
    newest = klipper.history()[0]
    assert newest["status"] == "completed"
    assert newest["filename"].startswith("farmctl-")
