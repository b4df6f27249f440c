"""The last gate before metal moves: evaluated when deciding, and again under the journal's lock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.ids import order_of
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState
from farmctl.model.recorded import PlateRecord, PrinterRecord, RunRecord
from farmctl.model.states import Bed, OrderPhase, RunPhase
from farmctl.planning.demand import has_loaded
from farmctl.planning.drift import in_slots, stops
from farmctl.planning.machines import objection_to, slots_now

LOOK_AGE = timedelta(seconds=5)


class Refusal(Struct, frozen=True):
    """Why a run may not start now.

    Args:
        text: What people read.
        is_final: Whether the run is over because of it; otherwise it may pass by itself.
        reason: The terminal reason when it is final.
    """

    text: str
    is_final: bool = True
    reason: str = "not_started"


def why_not_start(state: State, run: RunRecord, look: Look | None, now: datetime) -> Refusal | None:
    """Return why the run may not be uploaded or started, or None when it may.

    Everything that must hold for a start: no hold on farm, printer, order, plate's profile; no
    abort asked; orders open; bed clear; the decision still valid; and a look, newer than our last
    effect, that shows the right machine idle, as the farm says it is, with the right filament.
    """
    record = state.printers.get(run.printer)
    if record is None:
        return Refusal(f"{run.printer} is no longer in the farm")
    for refusal in (*_recorded(state, run, record, now), *_observed(state, run, look, now)):
        return refusal
    return None


def _recorded(
    state: State, run: RunRecord, record: PrinterRecord, now: datetime
) -> Iterator[Refusal]:
    plate = state.plates.get(run.queued.plate)
    if plate is None or plate.run != run.run:
        yield Refusal("its plate is void")
        return
    if any(each.verb == "abort" for each in run.asked):
        yield Refusal("somebody asked to end it", reason="operator_abort")
    if now > run.queued.not_after:
        yield Refusal("its decision is too old")
    if plate.sliced is None or plate.sliced.gcode != run.queued.gcode:
        yield Refusal("its decision is about other g-code")
    if record.bed is not Bed.CLEAR:
        yield Refusal(f"its bed is {record.bed}")
    if record.run != run.run:
        yield Refusal(f"{run.printer} has another run")
    yield from _held(state, record, plate)
    yield from _closed(state, plate)


def _held(state: State, record: PrinterRecord, plate: PlateRecord) -> Iterator[Refusal]:
    if state.hold is not None:
        yield Refusal(f"the farm is held: {state.hold.reason}")
    if record.holds:
        yield Refusal(f"{record.declared.printer} is held: {record.holds[0].reason}")
    if plate.composed.profile in state.profile_holds:
        yield Refusal(f"{plate.composed.profile} is held")


def _closed(state: State, plate: PlateRecord) -> Iterator[Refusal]:
    for order in sorted({order_of(each.instance) for each in plate.composed.placed}):
        known = state.orders.get(order)
        if known is None or known.phase is not OrderPhase.OPEN:
            yield Refusal(f"{order} is not open")
        elif known.held is not None:
            yield Refusal(f"{order} is held: {known.held}")


def _observed(state: State, run: RunRecord, look: Look | None, now: datetime) -> Iterator[Refusal]:
    record = state.printers[run.printer]
    if look is None or not look.is_fresh(record):
        yield Refusal("waits for a look", is_final=False)
        return
    seen = look.observation
    if run.phase is RunPhase.STAGED and now - seen.seen_at > LOOK_AGE:
        yield Refusal("waits for a fresh look", is_final=False)
    if not seen.is_reachable:
        yield Refusal(f"{run.printer} does not answer")
    elif record.declared.identity and seen.identity != record.declared.identity:
        yield Refusal(f"another machine answers for {run.printer}")
    elif seen.state is not DeviceState.READY:
        yield Refusal(f"{run.printer} is {seen.state}")
    elif (drifted := next(stops(record, seen), None)) is not None:
        yield Refusal(f"{run.printer} {drifted.sentence}")
    yield from _filament(state.plates.get(run.queued.plate), record, look)
    objection = objection_to(state, look)
    if objection is not None:
        yield Refusal(f"{run.printer}: {objection}")
    why = look.unexplained(record) if seen.is_reachable else None
    if why is not None:
        yield Refusal(why)


def _filament(plate: PlateRecord | None, record: PrinterRecord, look: Look) -> Iterator[Refusal]:
    """Yield that a spool was changed since the print was given to the printer."""
    now = slots_now(record, look)
    has = {each.slot: each.name for each in now}
    if plate is not None and not has_loaded(plate.composed.filaments, has):
        wanted = " + ".join(plate.composed.filaments)
        yield Refusal(f"{record.declared.printer} has {in_slots(now)}, the print wants {wanted}")
