"""Small farms at moments that tests are about: each made once a worker, and copied for a test.

A print at the pace of life is begun anew for each test: one that is shared goes on by itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from farmctl.control.verdicts import clear_bed
from farmctl.farm.acting.verbs import say
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.states import PlatePhase
from tests.floor.small_farm import add_order, farm_at, make_farm, phases, turn_until

ONE = PrinterName("one")
Copy = Callable[[str], Path]
_MADE: dict[str, Path] = {}


def _ready(folder: Path) -> None:
    """One order of three boxes, sliced, and a clear bed; printers go at the pace of life."""
    make_farm(folder, speedup=1)
    turn_until(folder, lambda state: any(each.sliced for each in state.plates.values()))
    _clear(folder)


def _sliced(folder: Path) -> None:
    """Two orders, each a plate of its own that is sliced; the bed that both need is clear."""
    make_farm(folder)
    add_order(folder, "ord-2", quality="standard")
    turn_until(folder, _two_are_sliced)
    _clear(folder)


def _two_are_sliced(state: State) -> bool:
    return [each.phase for each in state.plates.values()] == [PlatePhase.SLICED] * 2


def _printed(folder: Path) -> None:
    """run-1 is done and its three boxes lie on `one`."""
    make_farm(folder)
    _clear(folder)
    turn_until(folder, lambda state: bool(state.attentions))


def _waiting(folder: Path) -> None:
    """No bed is known to be clear, and ord-2 wants a color that nobody has loaded."""
    make_farm(folder)
    add_order(folder, "ord-2", color="red")
    turn_until(folder, lambda state: len(state.attentions) >= 2)


def _clear(folder: Path) -> None:
    say(farm_at(folder), lambda state: clear_bed(state, ONE, None), [ONE])


_MAKERS: dict[str, Callable[[Path], None]] = {
    "ready": _ready,
    "sliced": _sliced,
    "printed": _printed,
    "waiting": _waiting,
}


@pytest.fixture
def copied(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Copy:
    """Return a function that copies a farm: `ready`, `sliced`, `printed` or `waiting`."""

    def copy(name: str) -> Path:
        if name not in _MADE:
            folder = tmp_path_factory.mktemp(name) / "farm"
            _MAKERS[name](folder)
            _MADE[name] = folder
        return Path(shutil.copytree(_MADE[name], tmp_path / "farm"))

    return copy


@pytest.fixture
def ready(copied: Copy) -> Path:
    return copied("ready")


@pytest.fixture
def sliced(copied: Copy) -> Path:
    return copied("sliced")


@pytest.fixture
def printed(copied: Copy) -> Path:
    return copied("printed")


@pytest.fixture
def waiting(copied: Copy) -> Path:
    return copied("waiting")


@pytest.fixture
def printing(ready: Path) -> Path:
    """run-1 prints three boxes on `one`, at the pace of life."""
    turn_until(ready, lambda state: phases(state) == {"run-1": "printing"})
    return ready


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A farm of which nothing is known yet."""
    return make_farm(tmp_path / "farm")
