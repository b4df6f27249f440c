"""The pages about profiles are typed as they stand, on a farm of virtual printers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import play
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
