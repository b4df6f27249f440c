"""`events`: the journal as people and programs ask for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.floor.small_farm import type_in

pytestmark = pytest.mark.slicer


def events(folder: Path, *words: str) -> list[dict[str, Any]]:
    typed = type_in(folder, "events", *words, "-o", "json")
    assert (typed.code, typed.err) == (0, "")
    said = json.loads(typed.out)
    assert said["schema"] == "farmctl.events/v1"
    return said["items"]


def journal(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / ".farmctl/journal/00000001.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines[1:]]


def names(found: list[dict[str, Any]]) -> set[str]:
    return {each["type"].removeprefix("dev.farmctl.").removesuffix(".v1") for each in found}


def test_events_are_the_journal_word_for_word(printed: Path) -> None:
    assert events(printed) == journal(printed)


def test_events_of_a_type(printed: Path) -> None:
    assert names(events(printed, "--type", "run.started")) == {"run.started"}
    assert names(events(printed, "--type", "*.completed")) == {"run.completed"}
    of_runs = names(events(printed, "--type", "run"))
    assert {"run.queued", "run.completed"} <= of_runs
    assert all(each.startswith("run.") for each in of_runs)


def test_events_about_something(printed: Path) -> None:
    for subject in ("run-1", "run/run-1"):
        assert "run.completed" in names(events(printed, "--subject", subject))
    assert "bed.cleared" in names(events(printed, "--subject", "one"))
    assert "run.queued" in names(events(printed, "--subject", "one")), "it names the printer"
    assert "plate.sliced" in names(events(printed, "--subject", "ord-1")), "it serves the order"
    assert not names(events(printed, "--subject", "two")) & {"run.queued"}


def test_events_since_a_moment_and_the_last_few(printed: Path) -> None:
    assert events(printed, "--since", "1h") == journal(printed)
    assert events(printed, "-n", "3") == journal(printed)[-3:]
    type_in(printed, "hold", "two", "--reason", "x")
    from datetime import datetime

    since = datetime.fromisoformat(journal(printed)[-1]["recorded"]).isoformat()
    assert names(events(printed, "--since", since)) == {"printer.held"}


def test_events_for_people_fit_the_screen(printed: Path) -> None:
    typed = type_in(printed, "events")
    lines = typed.out.splitlines()
    assert len(lines) == len(journal(printed))
    assert max(map(len, lines)) <= 100
    held = next(line for line in lines if "order.fulfilled" in line)
    assert held.split()[3:] == [held.split()[3], "order.fulfilled", "ord-1", "controller", "good=3"]
    wide = type_in(printed, "events", "-o", "wide").out.splitlines()
    assert max(map(len, wide)) > 100


def test_a_type_that_no_event_has(printed: Path) -> None:
    typed = type_in(printed, "events", "--type", "run.strated")
    assert (typed.code, typed.err) == (
        2,
        "error: there is no event `run.strated`\nmend: did you mean `run.started`?\n",
    )


def test_without_a_ledger_there_is_nothing(tmp_path: Path) -> None:
    from tests.floor.small_farm import make_farm

    folder = make_farm(tmp_path / "farm")
    assert events(folder) == []
    assert type_in(folder, "events", "--follow").code == 2


def test_damage_ends_the_list(printed: Path) -> None:
    path = printed / ".farmctl/journal/00000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"quantity":3', b'"quantity":4', 1))
    typed = type_in(printed, "events")
    assert typed.code == 3
    assert "the hash is not that of the event" in typed.err


def test_follow_goes_on_as_things_happen(printed: Path) -> None:
    argv = [sys.executable, "-c", "from farmctl.cli.main import main; main()"]
    words = ["-C", str(printed), "events", "--follow", "--type", "printer.held", "-o", "json"]
    with subprocess.Popen([*argv, *words], stdout=subprocess.PIPE, text=True) as following:
        try:
            assert following.stdout is not None
            type_in(printed, "hold", "two", "--reason", "first")
            first = json.loads(following.stdout.readline())
            type_in(printed, "hold", "two", "--reason", "second")
            second = json.loads(following.stdout.readline())
        finally:
            following.kill()
    assert [first["data"]["reason"], second["data"]["reason"]] == ["first", "second"]
    assert second["seq"] == first["seq"] + 1
