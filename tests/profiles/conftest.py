from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.slicing import catalogue
from farmctl.slicing.catalogue import Catalogue

PROFILES = Path(__file__).parents[2] / "profiles"


@pytest.fixture(scope="session")
def profiles() -> Path:
    """The reference farm's profiles."""
    return PROFILES


@pytest.fixture(scope="session")
def debian() -> Catalogue:
    """The catalogue of Debian's PrusaSlicer 2.5.0, as the reference farm keeps it."""
    (pinned,) = (PROFILES / "slicers").glob("*.ini")
    return catalogue.read(pinned.read_bytes(), pinned.name)
