"""Looking ahead leaves nothing out that can be done now, of however many orders and printers."""

from __future__ import annotations

from typing import Any, TypeVar, assert_never

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.control.actions import Act, Action, CheckModel, Dispatch, Record, SlicePlate, WritePlan
from farmctl.control.decide.decide import decide
from farmctl.control.foresee import STEPS, Farmland, Foresight, Guesses, foresee
from farmctl.control.guessing import guess_slice
from farmctl.control.shown import only_shown
from farmctl.model.desired import Desired
from farmctl.model.events import printers
from farmctl.model.ids import PrinterName
from farmctl.planning.plan_text import plan_written
from tests.planning.made import NOW, Story, checked, declared, desired, item, looks, order, profile
from tests.planning.made import sha as digest

pytestmark = pytest.mark.pure

_A = TypeVar("_A", bound=Action)
MANY = STEPS + 50
PRINTERS = ("p-1", "p-2")
GUESSES = Guesses(
    model=lambda action: checked(action.model),
    sliced=guess_slice,
    plan_digest=lambda action: digest(f"{action.draft.item}@{action.draft.revision}"),
)


def texts(count: int, **changes: Any) -> list[Any]:
    return [order(item(**changes), order=f"ord-{number}") for number in range(1, count + 1)]


def with_version(wanted: Desired, version: str) -> Desired:
    """Return the farm with another version in production."""
    versions = {each: {"sha256": "0" * 64, "state": "released"} for each in ("1.0.0", "1.1.0")}
    channels = {"production": {"version": version}}
    at = profile(versions=versions, channels=channels)
    raw = {"1.0.0": b"temperature = 240\n", "1.1.0": b"temperature = 250\n"}
    return replace(wanted, profiles={"petg": replace(at, settings=raw)})


def looked_at(wanted: Desired, story: Story, steps: int = STEPS) -> Foresight:
    seen = looks(*PRINTERS)
    return foresee(Farmland(wanted, story.state, seen, NOW, GUESSES), steps)


def farm(count: int, *, clear: bool, **changes: Any) -> tuple[Desired, Story]:
    """Return orders that nobody has read yet, and two printers."""
    story = Story()
    for name in PRINTERS:
        story.tell(declared(name))
        if clear:
            story.tell(printers.BedCleared(PrinterName(name), "person", None))
    return with_version(desired(*texts(count, **changes)), "1.0.0"), story


def of_kind(found: Foresight, kind: type[_A]) -> list[_A]:
    return [each.action for each in found.lines if isinstance(each.action, kind)]


def test_new_orders_are_all_planned_in_what_is_shown() -> None:
    wanted, story = farm(MANY, clear=False)
    found = looked_at(wanted, story)
    assert len({each.draft.item for each in of_kind(found, WritePlan)}) == MANY
    assert len(of_kind(found, CheckModel)) >= 1
    assert found.is_whole


def test_a_rollback_shows_the_new_revision_of_every_open_order() -> None:
    wanted, story = farm(MANY, clear=False)
    story.state = looked_at(with_version(wanted, "1.1.0"), story).lines[-1].after
    before = {each.written.revision for each in story.state.plans.values()}
    assert (len(story.state.plans), before) == (MANY, {1})
    found = looked_at(wanted, story)
    revised = {each.draft.item: each.draft for each in of_kind(found, WritePlan)}
    assert len(revised) == len(of_kind(found, WritePlan)) == MANY
    assert {each.revision for each in revised.values()} == {2}
    pinned = {pin.profile for each in revised.values() for pin in each.variants}
    assert pinned == {"petg@1.0.0"}
    plates = {each.plate for each in of_kind(found, SlicePlate)}
    parts = [
        placed.instance
        for plate in plates
        for placed in found.lines[-1].after.plates[plate].composed.placed
    ]
    assert len(set(parts)) == len(parts) == 2 * MANY
    assert found.is_whole
    assert all(each.is_now for each in found.lines)


def test_what_comes_later_is_left_out_before_what_can_be_done_now_and_that_is_said() -> None:
    wanted, story = farm(40, clear=True, quantity=25)
    found = looked_at(wanted, story, steps=40)
    assert not found.is_whole
    assert len({each.draft.item for each in of_kind(found, WritePlan)}) == 40
    started_now = [
        each.action.printer
        for each in found.lines
        if each.is_now and isinstance(each.action, Dispatch)
    ]
    assert sorted(started_now) == sorted(PRINTERS)
    whole = looked_at(wanted, story, steps=40_000)
    assert whole.is_whole
    assert [each.action for each in whole.lines[: len(found.lines)]] == [
        each.action for each in found.lines
    ]
    assert all(each.good == each.quantity for each in whole.lines[-1].after.items.values())


@settings(max_examples=15, deadline=None)
@given(count=st.integers(1, 3), quantity=st.integers(1, 25), steps=st.integers(0, 60))
def test_what_is_foreseen_does_not_depend_on_how_far_it_is_looked_ahead(
    count: int, quantity: int, steps: int
) -> None:
    wanted, story = farm(count, clear=True, quantity=quantity)
    short, long = looked_at(wanted, story, steps), looked_at(wanted, story)
    assert short.lines == long.lines[: len(short.lines)]
    assert short.is_whole is (len(short.lines) == len(long.lines) and long.is_whole)


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 9), quantity=st.integers(1, 40))
def test_what_passes_of_the_loop_do_was_all_shown(count: int, quantity: int) -> None:
    wanted, story = farm(count, clear=False, quantity=quantity)
    found = looked_at(wanted, story)
    lets = only_shown(each.action for each in found.lines)
    while actions := decide(wanted, story.state, looks(*PRINTERS), NOW):
        assert all(lets(each) for each in actions)
        for action in actions:
            story.tell(*expected_of(action, story))
    assert story.state.plates.keys() == found.lines[-1].after.plates.keys()
    assert not of_kind(found, Dispatch)


def expected_of(action: Action, story: Story) -> tuple[object, ...]:
    """Return what is recorded where everything goes well."""
    match action:
        case Record(facts=facts) | Dispatch(facts=facts):
            return facts
        case CheckModel():
            return (GUESSES.model(action),)
        case WritePlan(draft=draft):
            return (plan_written(draft, GUESSES.plan_digest(action)),)
        case SlicePlate(plate=plate):
            return (GUESSES.sliced(story.state, story.state.plates[plate]),)
        case Act():
            return ()
        case _:
            assert_never(action)
