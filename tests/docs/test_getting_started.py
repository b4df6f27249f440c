"""The page that begins with nothing, typed on a farm of virtual printers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import play
from tests.docs.markdown_files import ROOT

pytestmark = [pytest.mark.slicer, pytest.mark.slow]


def test_getting_started_shows_what_comes_out(tmp_path: Path) -> None:
    play(ROOT / "docs/getting-started.md", tmp_path)
