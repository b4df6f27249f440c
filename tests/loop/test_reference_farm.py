"""The reference farm, from a commit to fulfilled orders: planned, applied, and then nothing left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.floor.small_farm import facts_in, git
from tests.loop.shell import FARMCTL, shell, type_in

pytestmark = [pytest.mark.slicer, pytest.mark.slow]
PRINTERS = ("sim-1", "sim-2", "sim-3")


def changes(folder: Path) -> list[dict[str, Any]]:
    """What `plan` shows, but for when it would be."""
    shown = type_in(folder, "plan", "-o", "json")
    assert shown.code == 0, shown
    items = json.loads(shown.out)["items"]
    return [{key: value for key, value in each.items() if key != "at"} for each in items]


def journal(folder: Path) -> list[str]:
    """What was recorded, but for controllers that came and went, and the commits they saw."""
    lines = [
        json.loads(line).get("type", "")
        for path in sorted((folder / ".farmctl/journal").glob("0*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    passing = (".controller.", ".revision.")
    return [each for each in lines if each and not any(word in each for word in passing)]


def starts(folder: Path) -> list[str]:
    logs = sorted((folder / ".farmctl/virtual").glob("*.starts"))
    return [line.split()[-1] for log in logs for line in log.read_text().splitlines()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the reference farm, its beds clear."""
    folder = tmp_path_factory.mktemp("reference") / "farm"
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Ada")
            patch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
        with shell([FARMCTL, "init", folder, "--sample"]) as here:
            assert here.process.wait(60) == 0
    assert type_in(folder, "clear", *PRINTERS).code == 0
    return folder


def test_two_orders_in_two_materials_go_from_a_commit_to_fulfilled(made: Path) -> None:
    before = journal(made)
    planned = changes(made)
    assert planned
    assert changes(made) == planned, "planning changes nothing"
    assert journal(made) == before
    assert type_in(made, "plan", "--exit-code").code == 10

    applied = type_in(made, "apply", "--yes", "--follow")
    assert applied.code == 0, applied
    for _ in PRINTERS:
        if len(facts_in(made, "order.fulfilled")) < 2:
            assert type_in(made, "clear", "sim-3").code == 0
            assert type_in(made, "apply", "--yes", "--follow").code == 0
    fulfilled = {
        each["data"]["order"]: each["data"]["good"] for each in facts_in(made, "order.fulfilled")
    }
    assert fulfilled == {"ord-1": 6, "ord-2": 8}
    files = starts(made)
    assert len(files) == len(set(files)) == len(facts_in(made, "run.completed")) >= 3

    before, tip = journal(made), git(made, "rev-parse", "HEAD")
    assert changes(made) == []
    assert type_in(made, "plan", "--exit-code").code == 0
    assert type_in(made, "apply", "--yes").code == 0
    assert journal(made)[len(before) :] == []
    assert git(made, "rev-parse", "HEAD") == tip
    assert starts(made) == files
    assert git(made, "status", "--porcelain") == ""
