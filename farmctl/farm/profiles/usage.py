"""What goes on with a version of a profile: prints that run, plates that wait, items planned."""

from __future__ import annotations

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.ids import ItemKey, PlateId, RunId, item_of
from farmctl.model.recorded import RunRecord
from farmctl.model.states import PlatePhase


class Running(Struct, frozen=True):
    """A print that goes on: on which printer, in which state."""

    run: RunId
    printer: str
    state: str


class Usage(Struct, frozen=True):
    """What the ledger knows of a version that is not over.

    Args:
        running: Prints that may be printing.
        waiting: Plates that are not started.
        items: Ordered items on those plates or with a plan that has the version.
    """

    running: tuple[Running, ...] = ()
    waiting: tuple[PlateId, ...] = ()
    items: tuple[ItemKey, ...] = ()


def usage_of(state: State, pin: str) -> Usage:
    """Return what goes on with `petg@1.9.0`. Pure."""
    plates = {name: each for name, each in state.plates.items() if each.composed.profile == pin}
    running = (
        Running(name, run.printer, run.phase.value)
        for name, run in sorted(state.runs.items(), key=lambda each: _number(each[0]))
        if run.queued.plate in plates and run.phase.may_be_printing
    )
    waits = (PlatePhase.COMPOSED, PlatePhase.SLICED)
    waiting = sorted((name for name, each in plates.items() if each.phase in waits), key=_number)
    on_plates = {
        item_of(part.instance) for name in waiting for part in plates[name].composed.placed
    }
    planned = {
        item
        for item, plan in state.plans.items()
        if any(variant.profile == pin for variant in plan.written.variants)
    }
    return Usage(tuple(running), tuple(waiting), tuple(sorted(on_plates | planned)))


def live_runs(state: State, pin: str) -> tuple[Running, ...]:
    """Return the prints with a version that are not over, also those on their way. Pure."""
    return tuple(
        Running(name, run.printer, run.phase.value)
        for name, run in sorted(state.runs.items(), key=lambda each: _number(each[0]))
        if not run.phase.is_over and _profile_of(state, run) == pin
    )


def _profile_of(state: State, run: RunRecord) -> str:
    plate = state.plates.get(run.queued.plate)
    return plate.composed.profile if plate else ""


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])
