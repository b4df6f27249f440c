"""What a soak must come to: whoever is safe and does nothing, or asks about everything, fails."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations, product

import pytest

from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig
from farmctl.soak.asked import Seed
from farmctl.soak.faults import FAULTS
from farmctl.soak.gates import HITS, MANY_SEEDS, cells, gates, seldom
from farmctl.soak.invariants import Violation
from farmctl.soak.kinds import KINDS
from farmctl.soak.lines import lines_over
from farmctl.soak.outcome import Handed, Outcome, Struck
from farmctl.soak.reach import NEVER_AT, UNFENCED, never_together, why_never
from farmctl.soak.report import Played, Report, taken_in
from farmctl.soak.steps import Step
from farmctl.soak.tally import Cell, Tally, added, tally_of
from farmctl.soak.wire import Wire
from farmctl.system.clock import FixedClock

pytestmark = pytest.mark.pure
STRUCK = Struck(1.0, 7, "moonraker-1", "moonraker", "reply lost", Step.START)
GOOD = Outcome(seed=1, strikes=(STRUCK,), violations=(), starts=6, orders=4, fulfilled=4, runs=6)


def failing(report: Report, *, is_whole: bool = False) -> set[str]:
    return {each.name for each in gates(report, is_whole=is_whole) if each.fails}


def storm(**counts: int) -> Report:
    return Report(storm=Tally(**{"seeds": 1, "orders": 1000, "fulfilled": 1000, **counts}))


def test_plays_add_up_in_any_order() -> None:
    outcomes = [
        GOOD,
        Outcome(seed=2, strikes=(STRUCK, STRUCK), violations=(Violation("I1", "twice"),)),
        Outcome(
            seed=3, strikes=(), violations=(), starts=1, orders=2, runs=3, handed=Handed(1, 1, 1, 1)
        ),
    ]
    sums = set()
    for order in permutations(outcomes):
        whole = Tally()
        for each in order:
            whole = added(whole, tally_of(each))
        sums.add((whole.seeds, whole.starts, whole.orders, whole.fulfilled, whole.runs))
        assert whole.hits == {Cell("moonraker", "reply lost", Step.START): 3}
        assert whole.violations == {"I1": 1}
        assert (whole.resolved, whole.lost, whole.strikes) == (1, 1, 3)
        assert (whole.resolved_in_vain, whole.lost_in_vain) == (1, 1)
    assert sums == {(3, 7, 6, 4, 9)}


def test_a_report_keeps_plays_that_failed_and_counts_quiet_days_apart() -> None:
    report = Report()
    bad = Outcome(seed=9, strikes=(), violations=(Violation("I5", "onto a part"),))
    late = Outcome(seed=4, strikes=(), violations=(), orders=2, fulfilled=1)
    for outcome, faults in ((bad, ("reply lost",)), (late, ("reply lost",)), (GOOD, ())):
        report = taken_in(report, Played(Seed(outcome.seed, faults), outcome))
    assert (report.storm.seeds, report.quiet.seeds) == (2, 1)
    assert [each.seed.seed for each in report.failed] == [9]
    assert [each.seed for each in report.unmade] == [4]


@pytest.mark.parametrize(
    ("report", "name"),
    [
        (
            Report(quiet=Tally(seeds=1, print_ms=1000, made_ms=1301)),
            "faults off: from decision to end",
        ),
        (storm(fulfilled=969), "faults on: orders fulfilled"),
        (storm(runs=1000, resolved_in_vain=6), "faults on: handed to a person"),
        (storm(doubled=2, detected=1), "starts doubled by a transport, seen"),
        (Report(quiet=Tally(seeds=1, orders=9, fulfilled=8)), "faults off: orders fulfilled"),
        (Report(quiet=Tally(seeds=1, runs=9, resolved=1)), "faults off: handed to a person"),
        (Report(quiet=Tally(seeds=1, runs=9, lost=1)), "faults off: handed to a person"),
    ],
)
def test_too_little_done_or_too_much_asked_fails(report: Report, name: str) -> None:
    assert failing(report) == {name}


def test_what_is_just_enough_passes() -> None:
    assert failing(storm(fulfilled=970, runs=1000, resolved=90, resolved_in_vain=5)) == set()
    quiet = Tally(seeds=1, orders=9, fulfilled=9, runs=9, print_ms=10, made_ms=13)
    assert failing(Report(quiet=quiet)) == set()


def test_one_violation_fails() -> None:
    bad = Outcome(seed=9, strikes=(), violations=(Violation("I5", "onto a part"),))
    assert failing(taken_in(Report(), Played(Seed(9), bad))) == {"seeds with a violation"}


def test_only_a_whole_and_long_soak_must_have_reached_everything() -> None:
    few = storm(seeds=MANY_SEEDS - 1)
    many = storm(seeds=MANY_SEEDS, starts=MANY_SEEDS * 5 - 1)
    reach = {"physical starts a seed", f"cells hit less than {HITS} times"}
    assert failing(few, is_whole=True) == set()
    assert failing(many, is_whole=False) == set()
    assert failing(many, is_whole=True) == reach
    hits = dict.fromkeys(cells(), HITS)
    whole = Report(storm=Tally(seeds=MANY_SEEDS, starts=MANY_SEEDS * 5, hits=hits))
    assert failing(whole, is_whole=True) == set()


def test_a_cell_that_can_be_reached_must_be_hit_often_enough() -> None:
    cell = Cell("moonraker", "reply lost", Step.START)
    assert cell in seldom(Tally(hits={cell: HITS - 1}))
    assert cell not in seldom(Tally(hits={cell: HITS}))


def test_every_cell_can_be_reached_or_says_why_not() -> None:
    assert NEVER_AT.keys() <= FAULTS.keys()
    reachable = {(each.fault, each.step, each.kind) for each in cells()}
    said = {
        (fault, step, kind): never.reason
        for never in never_together(tuple(FAULTS), tuple(KINDS))
        for fault in never.faults
        for step in never.steps
        for kind in never.kinds
    }
    for cell in product(FAULTS, Step, KINDS):
        assert (cell in reachable) != (cell in said)
        assert said.get(cell) == why_never(*cell)
    struck = {fault for fault, _, _ in reachable}
    assert struck == set(FAULTS)


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_kind_whose_driver_says_so_is_not_fenced(kind: str) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    wire = Wire(KINDS[kind].build("one", lambda: now), FixedClock(now))
    lines = lines_over(wire)
    config = DriverConfig(PrinterName("one"), url="http://one", clock=FixedClock(now), lines=lines)
    driver = KINDS[kind].open_driver(config)
    assert driver.promises.deletion_fences == (kind not in UNFENCED)
