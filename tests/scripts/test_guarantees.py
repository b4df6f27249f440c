"""Guarantees are put together from what was measured, and from nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from farmctl.soak.asked import Seed
from farmctl.soak.invariants import INVARIANTS, Violation
from farmctl.soak.kinds import KINDS
from farmctl.soak.outcome import Outcome, Struck
from farmctl.soak.report import Played, Report, taken_in
from farmctl.soak.steps import Step
from scripts.guarantees.__main__ import drivers, measured_in
from scripts.guarantees.document import Guarantees, Item, Missing, decode, encode, items_of
from scripts.guarantees.figures import (
    FILE,
    ROOT,
    Figures,
    code_digest,
    figures_so_far,
    text_of,
    with_report,
)
from scripts.guarantees.promises import _CASES, _INVARIANTS, KILLS, MADE_BY, PROMISES, SOAK
from scripts.guarantees.suite import RESULTS, SUITES, counted
from tests.kills import harness
from tests.soak.crash_matrix import RESULT

pytestmark = pytest.mark.pure
FRESH = Figures(code="sha256:1", since="2026-11-21")
STRUCK = Struck(1.0, 7, "moonraker-1", "moonraker", "reply lost", Step.START)


def report(*violations: str) -> Report:
    found = tuple(Violation(each, "seen") for each in violations)
    outcome = Outcome(
        seed=3, strikes=(STRUCK, STRUCK), violations=found, starts=6, orders=4, fulfilled=4, runs=7
    )
    return taken_in(Report(), Played(Seed(3), outcome))


def result(folder: Path, name: str, cases: int, violations: int = 0) -> None:
    found = {"id": name, "cases": cases, "violations": violations, "command": f"make {name}"}
    (folder / f"{name}.json").write_text(json.dumps(found))


def test_what_is_measured_is_read_from_where_it_was_written() -> None:
    assert {RESULT.stem, *SUITES, *KILLS} == set(MADE_BY) - {SOAK}
    assert {RESULT.parent, harness.BUILD / "guarantees"} == {RESULTS}


def test_figures_add_up_while_the_code_is_the_same() -> None:
    once = with_report(FRESH, report(), 10, 2.0)
    twice = with_report(figures_so_far(text_of(once), "sha256:1", "2026-11-22"), report(), 20, 3.0)
    assert (twice.since, twice.next_seed, twice.seconds) == ("2026-11-21", 20, 5)
    assert (twice.storm.seeds, twice.storm.starts, twice.storm.runs) == (2, 12, 14)
    assert twice.storm.struck == {"reply lost": 4}
    assert twice.failed == ()


def test_figures_of_other_code_begin_anew() -> None:
    known = text_of(with_report(FRESH, report(), 10, 2.0))
    fresh = figures_so_far(known, "sha256:2", "2026-11-22")
    assert fresh == Figures(code="sha256:2", since="2026-11-22")
    assert figures_so_far(None, "sha256:2", "2026-11-22") == fresh


def test_a_seed_that_failed_stays_in_the_figures() -> None:
    once = with_report(FRESH, report("I1"), 10, 2.0)
    again = with_report(once, report(), 20, 2.0)
    assert again.failed == ("farmctl sim soak --seeds 3..4",)
    assert again.storm.violations == {"I1": 1}


def test_the_code_that_figures_speak_of_is_every_file_with_its_name(tmp_path: Path) -> None:
    for room in ("control", "ledger", "printers", "soak", "cli"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "one.py").write_text("1\n")
    before = code_digest(tmp_path)
    (tmp_path / "cli" / "one.py").write_text("2\n")
    assert code_digest(tmp_path) == before
    (tmp_path / "soak" / "one.py").rename(tmp_path / "soak" / "two.py")
    renamed = code_digest(tmp_path)
    (tmp_path / "ledger" / "one.py").write_text("2\n")
    assert len({before, renamed, code_digest(tmp_path)}) == 3


def test_every_promise_is_measured_by_something_that_can_be_typed() -> None:
    sources = {each for promise in PROMISES for each in promise.sources}
    assert sources == set(MADE_BY)
    soaked = {promise.id for promise in PROMISES if SOAK in promise.sources}
    assert soaked == _CASES.keys() == _INVARIANTS.keys()
    assert {name for names in _INVARIANTS.values() for name in names} <= INVARIANTS.keys()
    ids = [int(promise.id.removeprefix("G")) for promise in PROMISES]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("path", [path for paths in SUITES.values() for path in paths])
def test_a_suite_is_made_of_tests_that_are_there(path: str) -> None:
    assert (ROOT / path).is_file()


def test_what_was_not_measured_is_refused_or_knowingly_left_out(tmp_path: Path) -> None:
    result(tmp_path, "damage", 5_000)
    measured = measured_in(tmp_path, tmp_path / "none.json")
    with pytest.raises(Missing, match="G1: nothing measured by soak, matrix, kills-"):
        items_of(measured)
    rest = [each for each in MADE_BY if each != "damage"]
    (item,) = items_of(measured, rest)
    assert (item.id, item.cases, item.violations) == ("G8", 5_000, 0)
    assert item.command == "make damage"


def test_cases_of_all_sources_are_summed(tmp_path: Path) -> None:
    for name, cases in (("damage", 1), ("matrix", 10), ("kills-virtual", 500), ("kills-real", 50)):
        result(tmp_path, name, cases, violations=int(name == "kills-real"))
    figures = tmp_path / "figures.json"
    soaked = Figures(code=code_digest(), since="2026-11-21")
    figures.write_bytes(text_of(with_report(soaked, report("I2"), 10, 2.0)))
    items = {each.id: each for each in items_of(measured_in(tmp_path, figures))}
    assert list(items) == [promise.id for promise in PROMISES]
    assert (items["G1"].cases, items["G1"].violations) == (6 + 10 + 550, 1)
    assert items["G1"].command.split("; ")[0] == "farmctl sim soak --seeds 0..10"
    assert (items["G2"].cases, items["G2"].violations) == (6, 1)
    assert (items["G3"].cases, items["G3"].violations) == (2, 0)


def test_figures_of_other_code_than_todays_are_none(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    figures.write_bytes(text_of(with_report(FRESH, report(), 10, 2.0)))
    assert measured_in(tmp_path, figures) == {}


def test_a_report_of_pytest_counts_cases_where_a_test_says_so() -> None:
    xml = b"""<testsuites><testsuite>
      <testcase name="one"/>
      <testcase name="many"><properties><property name="cases" value="1000"/></properties></testcase>
      <testcase name="bad"><failure message="no"/></testcase>
    </testsuite></testsuites>"""
    assert counted(xml) == (1_002, 1)


def test_the_drivers_that_were_used_are_named() -> None:
    named = {each.kind: each.driven_by for each in drivers()}
    assert named.keys() == KINDS.keys()
    assert named["moonraker"] == "farmctl.printers.moonraker"


def test_the_document_comes_back_as_it_was_and_nothing_else_is_one() -> None:
    item = Item("G1", "No run is ever started twice.", 6, 0, "make soak")
    document = Guarantees(commit="0123", date="2026-11-21", items=(item,), drivers=drivers())
    raw = encode(document)
    assert decode(raw) == document
    assert json.loads(raw)["schema"] == "farmctl.guarantees/v1"
    with pytest.raises(msgspec.ValidationError):
        decode(raw.replace(b'"cases": 6', b'"cases": "many"'))
    with pytest.raises(msgspec.ValidationError):
        decode(raw.replace(b'"commit"', b'"comit"'))


def test_the_file_in_the_repository_holds_promises_that_held() -> None:
    document = decode((ROOT / "guarantees.json").read_bytes())
    assert document.schema == "farmctl.guarantees/v1"
    says = {promise.id: promise.says for promise in PROMISES}
    for each in document.items:
        assert each.promise == says[each.id]
        assert each.cases > 0
        assert each.violations == 0
    assert FILE.exists()
