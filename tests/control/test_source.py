"""What git says is read again when it moved, also when it moved while it was read."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from farmctl.control.source import GitSource
from farmctl.errors import InvalidDocuments
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.system.clock import FixedClock
from farmctl.system.jobs import InlineJobs

pytestmark = pytest.mark.pure


class Branch:
    """A branch that somebody moves."""

    def __init__(self) -> None:
        self.commit = "one"
        self.moves_before_reading: list[str] = []
        self.reads: list[str] = []

    def head(self) -> str:
        return self.commit

    def read(self, _state: State) -> Any:
        if self.moves_before_reading:
            self.commit = self.moves_before_reading.pop(0)
        self.reads.append(self.commit)
        return f"what {self.commit} says"


def said(branch: Branch, *moves: str) -> list[Any]:
    """What is said at first and after each move, a second apart."""
    clock = FixedClock(datetime(2026, 11, 21, tzinfo=UTC))
    source = GitSource(branch.read, branch.head, clock, InlineJobs())

    async def ask() -> list[Any]:
        answers = [await source.current(State())]
        for commit in moves:
            branch.commit = commit
            clock.move(1)
            answers.append(await source.current(State()))
        return answers

    return asyncio.run(ask())


def test_a_branch_that_stays_is_read_once() -> None:
    branch = Branch()
    assert said(branch, "one", "one") == ["what one says"] * 3
    assert branch.reads == ["one"]


def test_a_branch_that_moved_is_read_again() -> None:
    assert said(Branch(), "two", "one") == ["what one says", "what two says", "what one says"]


def test_a_branch_that_moved_on_while_it_was_read_and_was_set_back_is_read_again() -> None:
    branch = Branch()
    branch.moves_before_reading = ["two"]
    assert said(branch, "one") == ["what two says", "what one says"]


class Saving(Branch):
    """A branch on which somebody commits half of a file now and then."""

    def read(self, _state: State) -> Any:
        if self.commit == "half":
            raise InvalidDocuments("the farm cannot be read", "farmctl validate")
        none: Any = None
        return Desired(self.commit, "main", none, none)


def test_half_a_revision_changes_nothing_and_nothing_begins_until_it_is_mended() -> None:
    good, half, mended = said(Saving(), "half", "two")
    assert (good.commit, good.is_closed) == ("one", False)
    assert (half.commit, half.is_closed) == ("one", True)
    assert half.faults[0].message == "the farm cannot be read"
    assert (mended.commit, mended.is_closed) == ("two", False)


def test_who_begins_with_half_a_revision_is_told() -> None:
    branch = Saving()
    branch.commit = "half"
    with pytest.raises(InvalidDocuments):
        said(branch)
