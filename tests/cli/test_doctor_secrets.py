"""`doctor`: who can see the keys of printers, and who cannot."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from farmctl.farm.care.finding import Check, Level
from farmctl.farm.care.secrets import secret_checks, state_check
from farmctl.model.documents.farm import Printer
from farmctl.system.principals import KeyFile, Principal
from tests.floor.small_farm import commit_all, make_farm, type_in

VARIABLES = frozenset({"PATH"})
CRON = Principal("cron (crontab of ada)", "ada", 1000, VARIABLES)
LOOP = Principal("the loop (process 12)", "farm", 1001, VARIABLES | {"KEY"})
HIDDEN = Principal("the loop (process 12)", "farm", 1001, None)
ROOT = Principal("cron (/etc/crontab)", "root", 0, VARIABLES)
ADAS = KeyFile("ada", 1000)
PATH = Path("/home/ada/key")


def printer(**key: str) -> Printer:
    said: dict[str, Any] = {"name": "one", "class": "c@1.0.0", "driver": "moonraker"}
    return Printer.model_validate({**said, "api_key": key} if key else said)


def of(who: Principal, **key: str) -> list[tuple[Level, str]]:
    place = (PATH, ADAS) if "file" in key else (None, None)
    found = list(secret_checks(printer(**key), [who], *place))
    assert all(each.mend for each in found)
    return [(each.level, each.message) for each in found]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("who", "key", "level", "said"),
    [
        (CRON, {"env": "KEY"}, Level.FAIL, "cron (crontab of ada) runs without KEY"),
        (HIDDEN, {"env": "KEY"}, Level.WARN, "only for farm to see"),
        (LOOP, {"file": "key"}, Level.FAIL, "is farm, and /home/ada/key belongs to ada"),
        (CRON, {"keyring": "a/b"}, Level.WARN, "may not open the keyring of ada"),
    ],
)
def test_who_cannot_see_a_key(who: Principal, key: dict[str, str], level: Level, said: str) -> None:
    ((found, message),) = of(who, **key)
    assert found is level
    assert said in message


@pytest.mark.pure
@pytest.mark.parametrize(
    ("who", "key"),
    [
        (LOOP, {"env": "KEY"}),
        (CRON, {"file": "key"}),
        (ROOT, {"file": "key"}),
        (CRON, {}),
    ],
)
def test_who_can_see_it(who: Principal, key: dict[str, str]) -> None:
    assert of(who, **key) == []


@pytest.mark.pure
def test_the_ledger_of_another_user() -> None:
    (found,) = state_check(Path("/farm/.farmctl"), ADAS, LOOP)
    assert isinstance(found, Check)
    assert (found.level, found.mend) == (
        Level.FAIL,
        "run farmctl as ada alone: sudo -u ada farmctl …",
    )
    for owner, who in ((ADAS, CRON), (ADAS, ROOT), (None, LOOP)):
        assert list(state_check(Path("/farm"), owner, who)) == []


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    folder = make_farm(tmp_path / "farm")
    path = folder / "farm.yaml"
    text = path.read_text().replace(
        "    driver: virtual\n", "    driver: virtual\n    api_key: {KEY_IS}\n", 1
    )
    path.write_text(text)
    return folder


def say_where(farm: Path, key: str) -> None:
    path = farm / "farm.yaml"
    path.write_text(path.read_text().replace("KEY_IS", key))
    commit_all(farm)


def checks(farm: Path) -> list[dict[str, str]]:
    return json.loads(type_in(farm, "doctor", "-o", "json").out)["items"]


def crontab(farm: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Let `crontab -l` print these lines."""
    place = farm.parent / "bin"
    place.mkdir(exist_ok=True)
    program = place / "crontab"
    program.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in lines))
    program.chmod(0o755)
    if str(place) not in os.environ["PATH"]:
        monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")


def test_cron_that_starts_farmctl_without_the_variable(
    farm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_where(farm, "env: FARMCTL_TEST_KEY")
    monkeypatch.setenv("FARMCTL_TEST_KEY", "c4nary")
    crontab(farm, monkeypatch, "0 6 * * * cd /farm && farmctl apply")
    found = checks(farm)
    (row,) = [each for each in found if each["area"] == "secret"]
    assert (row["level"], row["subject"]) == ("fail", "one")
    assert "runs without FARMCTL_TEST_KEY" in row["message"]
    assert "c4nary" not in json.dumps(found)
    crontab(farm, monkeypatch, "FARMCTL_TEST_KEY=x", "0 6 * * * cd /farm && farmctl apply")
    assert [each for each in checks(farm) if each["area"] == "secret"] == []


def test_a_key_file_that_others_can_read(farm: Path) -> None:
    place = farm / "key"
    say_where(farm, "file: key")
    place.write_text("c4nary")
    place.chmod(0o644)
    bad = [each for each in checks(farm) if each["subject"] == "one"]
    assert [(each["level"], "can be read by others" in each["message"]) for each in bad] == [
        ("fail", True)
    ]
    assert bad[0]["mend"] == f"chmod 600 {place}"
    place.chmod(0o600)
    assert "fail" not in {each["level"] for each in checks(farm) if each["subject"] == "one"}
