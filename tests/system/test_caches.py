"""Where compiled code is kept: by the user, by the state of the sources, and not at any price."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from farmctl.system.caches import code_cache, forget

pytestmark = pytest.mark.pure


def package(folder: Path, source: str) -> str:
    (folder / "printing").mkdir(exist_ok=True)
    (folder / "printing/__init__.py").write_text(source)
    return "printing"


def test_it_is_where_the_user_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    at_home = code_cache("farmctl.gcode")
    assert at_home is not None
    assert Path(at_home).parent == tmp_path / "home/.cache/farmctl"
    monkeypatch.setenv("XDG_CACHE_HOME", "caches")
    assert code_cache("farmctl.gcode") == at_home
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    elsewhere = code_cache("farmctl.gcode")
    assert elsewhere == str(tmp_path / "caches/farmctl" / Path(at_home).name)
    assert [*Path(elsewhere).iterdir()] == []


def test_it_is_another_one_for_each_state_of_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.syspath_prepend(str(tmp_path))
    first = code_cache(package(tmp_path, "SPEED = 1"))
    assert code_cache(package(tmp_path, "SPEED = 2")) != first
    assert code_cache(package(tmp_path, "SPEED = 1")) == first


def test_where_nothing_can_be_written_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    for place in (tmp_path / "a file", tmp_path / "a file/below", Path("/proc/nothing")):
        monkeypatch.setenv("XDG_CACHE_HOME", str(place))
        assert code_cache("farmctl.gcode") is None


def test_a_user_without_a_home_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert code_cache("farmctl.gcode") is None


def test_forgetting_takes_what_it_can(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/code").touch()
    forget(str(tmp_path / "kept"))
    forget(str(tmp_path / "kept"))
    assert list(tmp_path.iterdir()) == []
