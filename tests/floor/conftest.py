"""Farms at the moments that people's words are about, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from farmctl.control.verdicts import clear_bed
from farmctl.farm.verbs import say
from farmctl.model.ids import PrinterName
from tests.floor.small_farm import farm_at, make_farm, phases, turn_until

ONE = PrinterName("one")
Copy = Callable[[], Path]


@pytest.fixture(scope="session", autouse=True)
def _git_identity() -> Iterator[None]:
    """Let session fixtures commit: the identity of each test comes later."""
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Ada")
            patch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        yield


@pytest.fixture(scope="session")
def printing_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A farm in which run-1 prints three boxes on `one`, at the pace of life."""
    folder = make_farm(tmp_path_factory.mktemp("printing") / "farm", speedup=1)
    say(farm_at(folder), lambda state: clear_bed(state, ONE, None), [ONE])
    turn_until(folder, lambda state: phases(state) == {"run-1": "printing"})
    return folder


@pytest.fixture(scope="session")
def printed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A farm in which run-1 is done and its three boxes lie on `one`."""
    folder = make_farm(tmp_path_factory.mktemp("printed") / "farm", speedup=600)
    say(farm_at(folder), lambda state: clear_bed(state, ONE, None), [ONE])
    turn_until(folder, lambda state: bool(state.attentions))
    return folder


@pytest.fixture
def printing(printing_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(printing_once, tmp_path / "farm"))


@pytest.fixture
def printed(printed_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(printed_once, tmp_path / "farm"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A farm of which nothing is known yet."""
    return make_farm(tmp_path / "farm")
