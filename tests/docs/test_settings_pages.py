"""The pages about profiles are typed as they stand, on a farm of virtual printers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Shell, play
from tests.docs.markdown_files import ROOT
from tests.docs.shop import bundle, newer_slicer
from tests.farmrepo.ssh_keys import make_key

pytestmark = [pytest.mark.slicer, pytest.mark.slow]


def test_importing_settings(tmp_path: Path) -> None:
    bundle(tmp_path / "PrusaSlicer_config_bundle.ini")
    play(ROOT / "docs/importing.md", tmp_path)


def test_drafts_and_differences(tmp_path: Path) -> None:
    newer_slicer(tmp_path / "Apps/PrusaSlicer-2.9.1.AppImage")
    play(ROOT / "docs/profiles.md", tmp_path)


def test_versions_and_signatures(tmp_path: Path) -> None:
    make_key(tmp_path / ".ssh/id_ed25519")
    play(ROOT / "docs/profiles-releases.md", tmp_path)


def test_promoting_and_going_back(tmp_path: Path) -> None:
    """The page is about any farm: here its version and printers are those of the sample farm."""
    shell = Shell(tmp_path)
    for typed in (
        "farmctl init farm --sample && cd farm",
        "farmctl profile set petg-0.4-standard temperature=235",
        "farmctl profile release petg-0.4-standard --bump minor -m 'cooler outer walls'",
    ):
        code, printed = shell.type(typed)
        assert code == 0, printed
    here = {"1.9.0": "1.1.0", "1.8.2": "1.0.0", "voron-1,voron-2": "sim-1,sim-2"}
    play(ROOT / "docs/promotion.md", tmp_path / "farm", here)
    back = "farmctl/rollback-petg-0.4-standard-1.0.0:profiles/petg-0.4-standard/profile.yaml"
    assert "production: {version: 1.0.0}" in shell.type(f"git show {back}")[1]
