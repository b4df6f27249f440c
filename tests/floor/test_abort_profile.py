"""`abort --profile`: everything that prints with a version is listed, asked about, and ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.floor.small_farm import (
    add_order,
    facts_in,
    loop_beside,
    phases,
    state_of,
    turn_until,
    type_in,
)

pytestmark = pytest.mark.slicer

PIN = "pla-0.4-draft@1.0.0"
OTHER = "pla-0.4-standard@1.0.0"


@pytest.fixture
def both(printing: Path) -> Path:
    """Two printers print with one version."""
    assert type_in(printing, "load", "two", "PLA/white").code == 0
    type_in(printing, "clear", "two")
    add_order(printing, "ord-2", quantity=2)
    turn_until(printing, lambda state: phases(state) == {"run-1": "printing", "run-2": "printing"})
    return printing


def abort(folder: Path, *more: str) -> tuple[int, list[str]]:
    done = type_in(folder, "abort", *more)
    assert done.out == ""
    return done.code, done.err.splitlines()


def ended(folder: Path) -> None:
    code, said = abort(folder, "--profile", PIN, "--yes", "--reason", "strings")
    assert (code, said) == (
        0,
        [
            "run-1  one  printing",
            "run-2  two  printing",
            "run-1 on one is aborted; take the parts off, then: farmctl clear one",
            "run-2 on two is aborted; take the parts off, then: farmctl clear two",
            f'new ones may still start: farmctl profile stop {PIN} --reason "strings"',
        ],
    )
    assert phases(state_of(folder)) == {"run-1": "aborted", "run-2": "aborted"}
    asked = facts_in(folder, "run.abort_requested")
    assert [each["data"]["reason"] for each in asked] == ["strings", "strings"]


def test_all_that_prints_with_a_version_is_ended(both: Path) -> None:
    ended(both)
    assert abort(both, "--profile", PIN, "--yes", "--reason", "x") == (
        0,
        [f"nothing prints with {PIN}"],
    )


def test_beside_a_loop_the_loop_ends_them(both: Path) -> None:
    type_in(both, "profile", "stop", PIN, "--reason", "strings")
    with loop_beside(both):
        code, said = abort(both, "--profile", PIN, "--yes", "--reason", "strings")
    assert (code, len(said)) == (0, 4), "the stop is made: it is not asked for again"
    assert phases(state_of(both)) == {"run-1": "aborted", "run-2": "aborted"}


def test_where_nobody_can_be_asked_they_are_listed_and_nothing_is_ended(both: Path) -> None:
    code, said = abort(both, "--profile", PIN, "--reason", "strings")
    assert code == 2
    assert said[:2] == ["run-1  one  printing", "run-2  two  printing"]
    assert said[2:] == ["error: end these 2 prints?", "mend: say --yes"]
    assert facts_in(both, "run.abort_requested") == []


def test_a_stop_names_the_command_that_ends_them(both: Path) -> None:
    said = type_in(both, "profile", "stop", PIN, "--reason", "strings").err
    assert f"2 still printing go on (one, two): farmctl abort --profile {PIN}\n" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "name a print or printer, or --profile: one of them"),
        (["one", "--profile", PIN], 2, "name a print or printer, or --profile: one of them"),
        (["--profile", "pla-0.4-draft"], 2, "names no version"),
        (["--profile", "pla-0.4-draft@9.9.9"], 1, "there is no profile version"),
        (["--profile", OTHER], 0, f"nothing prints with {OTHER}"),
        (["--profile", PIN, "--yes"], 2, "a reason, for whoever comes next"),
    ],
)
def test_what_it_cannot_mean_ends_nothing(
    printing: Path, words: list[str], code: int, said: str
) -> None:
    done = abort(printing, *words)
    assert (done[0], said in "\n".join(done[1])) == (code, True), done
    assert phases(state_of(printing)) == {"run-1": "printing"}
