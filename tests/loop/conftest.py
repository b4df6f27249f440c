"""Farms that are ready to go on, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from farmctl.control.verdicts import clear_bed
from farmctl.farm.verbs import say
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.states import PlatePhase
from tests.floor.small_farm import add_order, farm_at, make_farm, turn_until

ONE = PrinterName("one")


@pytest.fixture(scope="session", autouse=True)
def _git_identity() -> Iterator[None]:
    """Let session fixtures commit: the identity of each test comes later."""
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Ada")
            patch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        yield


def _is_sliced(state: State) -> bool:
    phases = [each.phase for each in state.plates.values()]
    return phases == [PlatePhase.SLICED, PlatePhase.SLICED]


@pytest.fixture(scope="session")
def sliced_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two orders, each a plate of its own that is sliced; the bed that both need is clear."""
    folder = make_farm(tmp_path_factory.mktemp("sliced") / "farm", speedup=600)
    add_order(folder, "ord-2", quality="standard")
    turn_until(folder, _is_sliced)
    say(farm_at(folder), lambda state: clear_bed(state, ONE, None), [ONE])
    return folder


@pytest.fixture
def sliced(sliced_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sliced_once, tmp_path / "farm"))


@pytest.fixture(scope="session")
def ready_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One order of three boxes, sliced, and a clear bed; printers go at the pace of life."""
    folder = make_farm(tmp_path_factory.mktemp("ready") / "farm", speedup=1)
    turn_until(folder, lambda state: any(each.sliced for each in state.plates.values()))
    say(farm_at(folder), lambda state: clear_bed(state, ONE, None), [ONE])
    return folder


@pytest.fixture
def ready(ready_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready_once, tmp_path / "farm"))
