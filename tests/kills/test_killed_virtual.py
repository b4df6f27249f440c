"""`farmctl run` is killed and frozen at random moments, on farms of virtual printers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills import virtual_farm
from tests.kills.figures import Figures

pytestmark = [pytest.mark.slicer, pytest.mark.slow]

KILLS_A_FARM = 25
FARMS = 4


@pytest.fixture(scope="session")
def sliced_plate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A farm that others are copied from: no plate of theirs needs the slicer."""
    return tmp_path_factory.mktemp("kills") / "sliced"


def killed(sliced: Path, folder: Path, seed: int, kills: int) -> Figures:
    """Play one farm; all that is said of it is said when it fails."""
    if not sliced.exists():
        virtual_farm.make_sliced(sliced)
    figures = virtual_farm.play(sliced, folder, seed, kills)
    assert figures.violations == [], figures.line()
    assert (figures.kills, figures.starts) == (kills, figures.parts)
    return figures


def test_a_controller_that_is_killed_again_and_again(sliced_plate: Path, tmp_path: Path) -> None:
    assert killed(sliced_plate, tmp_path, seed=0, kills=12).orders > 1


@pytest.mark.parametrize("seed", range(1, FARMS + 1))
def test_a_hundred_kills(seed: int, sliced_plate: Path, tmp_path: Path) -> None:
    figures = killed(sliced_plate, tmp_path, seed, KILLS_A_FARM)
    assert figures.freezes > 0
