"""Orders that are being made: what may still change, and what a cancellation does not end."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.model.states import OrderPhase
from tests.floor.small_farm import git, turn_until, type_in

pytestmark = pytest.mark.slicer


@pytest.mark.parametrize("pair", ["filament=PETG/black", "box.filament=PLA/red"])
def test_what_an_approved_build_plan_names_is_locked(printing: Path, pair: str) -> None:
    head = git(printing, "rev-parse", "HEAD")
    done = type_in(printing, "order", "set", "ord-1", pair)
    assert done.code == 4
    assert done.err == (
        "error: ord-1/box: its material cannot change any more, its build plan is approved\n"
        "mend: put box back as it was, and add what is new as another item\n"
    )
    assert git(printing, "rev-parse", "HEAD") == head


def test_the_quantity_of_a_printing_order_may_change(printing: Path) -> None:
    assert type_in(printing, "order", "set", "ord-1", "quantity=5").code == 0
    assert type_in(printing, "order", "set", "ord-1", "quantity=1").code == 0


def test_a_cancellation_names_the_prints_that_go_on(printing: Path) -> None:
    done = type_in(printing, "order", "cancel", "ord-1", "--reason", "customer_request")
    assert done.code == 0
    assert done.err.splitlines()[1:] == ["run-1 goes on printing on one: farmctl abort run-1"]


def test_the_list_counts_good_parts(printed: Path) -> None:
    type_in(printed, "outcome", "run-1", "P01", "failed")
    turn_until(printed, lambda state: state.orders["ord-1"].phase is OrderPhase.OPEN)
    lines = type_in(printed, "order", "list").out.splitlines()
    assert lines[1].split() == ["ord-1", "open", "-", "normal", "box", "2/3", "PLA/white"]


def test_what_is_made_is_closed(printed: Path) -> None:
    type_in(printed, "clear", "one", "--ok")
    assert type_in(printed, "apply", "--yes").code == 0
    assert "ord-1" not in type_in(printed, "order", "list").out
    assert "fulfilled" in type_in(printed, "order", "list", "--all").out
    done = type_in(printed, "order", "set", "ord-1", "quantity=9")
    assert (done.code, done.err.splitlines()[0]) == (4, "error: ord-1 is made and closed")


def test_a_printer_that_prints_stays_in_the_farm(printing: Path) -> None:
    done = type_in(printing, "printer", "remove", "one")
    assert (done.code, done.err) == (
        4,
        "error: run-1 is on one\nmend: farmctl abort run-1, or let it end\n",
    )
    assert "name: one" in (printing / "farm.yaml").read_text()


def test_a_printer_with_parts_on_its_bed_stays_until_they_are_taken_off(printed: Path) -> None:
    done = type_in(printed, "printer", "remove", "one")
    assert (done.code, done.err) == (
        4,
        "error: something lies on the bed of one\nmend: farmctl clear one\n",
    )
    type_in(printed, "clear", "one", "--ok")
    assert type_in(printed, "printer", "remove", "one").code == 0
    assert type_in(printed, "validate").code == 0
