"""Small farms at moments that looking commands are about: made once a worker, copied for a test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from farmctl.control.verdicts import clear_bed
from farmctl.farm.verbs import say
from farmctl.model.ids import PrinterName
from tests.floor.small_farm import add_order, farm_at, make_farm, phases, turn_until

ONE = PrinterName("one")
_MADE: dict[str, Path] = {}


def copied(name: str, factory: pytest.TempPathFactory, folder: Path) -> Path:
    """A copy of a farm: `printing`, `printed`, or `waiting` for a bed and a spool."""
    if name not in _MADE:
        with pytest.MonkeyPatch.context() as patch:
            for role in ("AUTHOR", "COMMITTER"):
                patch.setenv(f"GIT_{role}_NAME", "Ada")
                patch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
            _MADE[name] = _MAKERS[name](factory.mktemp(name) / "farm")
    return Path(shutil.copytree(_MADE[name], folder / "farm"))


def _printing(folder: Path) -> Path:
    """run-1 prints three boxes on `one`, at the pace of life."""
    make_farm(folder, speedup=1)
    say(farm_at(folder), lambda state: clear_bed(state, ONE, None), [ONE])
    turn_until(folder, lambda state: phases(state) == {"run-1": "printing"})
    return folder


def _printed(folder: Path) -> Path:
    """run-1 is done and its three boxes lie on `one`."""
    make_farm(folder)
    say(farm_at(folder), lambda state: clear_bed(state, ONE, None), [ONE])
    turn_until(folder, lambda state: bool(state.attentions))
    return folder


def _waiting(folder: Path) -> Path:
    """No bed is known to be clear, and ord-2 wants a color that nobody has loaded."""
    make_farm(folder)
    add_order(folder, "ord-2", color="red")
    turn_until(folder, lambda state: len(state.attentions) >= 2)
    return folder


_MAKERS = {"printing": _printing, "printed": _printed, "waiting": _waiting}


@pytest.fixture
def printing(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied("printing", tmp_path_factory, tmp_path)


@pytest.fixture
def printed(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied("printed", tmp_path_factory, tmp_path)


@pytest.fixture
def waiting(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied("waiting", tmp_path_factory, tmp_path)
