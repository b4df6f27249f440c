"""Where ledger and printer disagree, people read a word, a line, the evidence and one command."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.docs.markdown import code, filled, table
from tests.cli.disagreements import PAIRS, Pair
from tests.cli.night import ONE, OURS, Night, night
from tests.docs.commands import fault
from tests.floor.small_farm import ROOT, type_in

__all__ = ["night"]
pytestmark = pytest.mark.slicer

PAGE = ROOT / "docs/disagreements.md"
HEADINGS = ("The ledger says", "The printer", "`status` says", "and", "`explain` says")
_KINDS = ("printer", "needs-you", "take-off", "waiting")


def about(night: Night, name: str) -> list[dict[str, object]]:
    return [each for each in night.items() if each["subject"] == name and each["kind"] in _KINDS]


def commands(lines: list[str]) -> list[str]:
    return [line.split("farmctl ", 1)[1] for line in lines if "farmctl " in line]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_what_people_read(pair: Pair, night: Night, golden: Any) -> None:
    pair.happens(night)
    golden(f"disagree/{pair.name}.txt", night.shown(ONE), OURS)
    assert max(map(len, night.shown(ONE).splitlines())) <= 100
    assert about(night, ONE)[0]["state"] == pair.state
    assert {each["next_command"] for each in about(night, ONE)} == {f"farmctl {pair.command}"}
    told = night.explain(ONE)
    assert pair.evidence in "\n".join(told)
    assert commands(told) == ([pair.ends] if pair.ends else [])


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_what_people_are_told_to_type_works(pair: Pair, night: Night) -> None:
    pair.happens(night)
    for command in dict.fromkeys(filter(None, (pair.command, pair.ends))):
        words = tuple(command.split("   ")[0].split())
        assert fault(words) is None
        typed = type_in(night.folder, *words)
        assert typed.code == (1 if words == ("doctor",) else 0), typed
        if words[0] in ("clear", "resume"):
            assert f"farmctl {command}" not in {each["next_command"] for each in about(night, ONE)}


def test_the_page_has_the_same_pairs() -> None:
    page = PAGE.read_text()
    assert page == filled(page, "pairs", table(HEADINGS, map(told_of, PAIRS)))


def told_of(pair: Pair) -> tuple[str, ...]:
    """A row of the page."""
    ends = pair.ends.split("   ")[0]
    return (
        *(pair.ledger, pair.printer, pair.state),
        code(f"farmctl {pair.command}"),
        code(f"farmctl {ends}") if ends else "nothing",
    )
