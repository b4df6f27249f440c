"""The walk-throughs are typed as they stand, on real printers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import play
from tests.docs.jonas import frame
from tests.docs.markdown_files import ROOT
from tests.docs.mia import bracket, exported
from tests.servers.bambu import CODE, BambuStack
from tests.servers.bambu_fixtures import bambu, bambu_stack, maker
from tests.servers.fixtures import (
    klipper,
    klipper_stack,
    octoprint,
    octoprint_server,
    prusalink,
    prusalinks,
)
from tests.servers.klipper import KlipperStack
from tests.servers.octoprint import KEY, OctoPrintServer
from tests.servers.prusalink import PrusaLinkStack

__all__ = [
    "bambu",
    "bambu_stack",
    "klipper",
    "klipper_stack",
    "maker",
    "octoprint",
    "octoprint_server",
    "prusalink",
    "prusalinks",
]

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


def test_one_order_on_five_kinds_of_printers(
    tmp_path: Path,
    klipper: KlipperStack,
    octoprint: OctoPrintServer,
    prusalink: PrusaLinkStack,
    bambu: BambuStack,
) -> None:
    (tmp_path / "my-petg.ini").write_bytes(exported())
    (tmp_path / "frame.stl").write_bytes(frame())
    stacks = (klipper, octoprint, prusalink, bambu)
    before = [each.starts() for each in stacks]
    play(
        ROOT / "docs/walkthroughs/mixed-farm.md",
        tmp_path,
        {
            "http://voron.local:7125": klipper.url,
            "http://octopi.local": octoprint.url,
            "http://mk3.local": prusalink.url,
            "bambu://x1.local": bambu.url,
            "key-of-the-ender": KEY,
            "key-of-the-mk3": prusalink.key,
            "code-of-the-x1": CODE,
        },
        timeout_s=700,
    )
    assert [each.starts() for each in stacks] == [count + 1 for count in before]
