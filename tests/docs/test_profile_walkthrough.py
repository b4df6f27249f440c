"""The walk-through of a profile's change is typed as it stands, on virtual printers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import play
from tests.docs.markdown_files import ROOT
from tests.docs.priya import protected_remote, tray

pytestmark = [pytest.mark.slicer, pytest.mark.slow]


def test_a_change_of_a_profile_from_the_draft_to_the_rollback(tmp_path: Path) -> None:
    (tmp_path / "tray.stl").write_bytes(tray())
    bare = protected_remote(tmp_path)
    play(
        ROOT / "docs/walkthroughs/profile-changes.md",
        tmp_path,
        {"git@git.local:garage.git": str(bare)},
        timeout_s=300,
    )
