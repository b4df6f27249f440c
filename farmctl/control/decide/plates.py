"""What build plates need next: composed, sliced, given to a printer, or dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from farmctl.control.actions import Action, Dispatch, Record, SlicePlate
from farmctl.control.decide.asking import Numbers, Question, decided, if_new
from farmctl.control.decide.attention import Need
from farmctl.control.decide.printers import phase_of
from farmctl.model.events.plates import PlateVoided
from farmctl.model.events.run_life import RunVoided
from farmctl.model.events.runs import RunQueued
from farmctl.model.ids import OrderId, PlateId, PrinterName, RunId, order_of
from farmctl.model.predicates import Gate
from farmctl.model.recorded import PlateRecord
from farmctl.model.states import Bed, PlatePhase
from farmctl.planning.assign import Assignment, assign
from farmctl.planning.machines import Around
from farmctl.planning.plates import PlateDraft, compose, next_plates
from farmctl.planning.reasons import Code
from farmctl.planning.stops import plate_stops
from farmctl.planning.waiting import swaps
from farmctl.policy.context import plate_context
from farmctl.policy.evaluate import evaluate, is_told

VOID_RUN = "void-run"
VALID_FOR = timedelta(hours=1)
"""How long a decision to start stays good: what comes later is decided anew."""


def decide_dropping(around: Around, voids: Sequence[PlateVoided]) -> Iterator[Action]:
    """Yield plates that are dropped; of one that was given to a printer, its run first."""
    for void in voids:
        run = around.state.plates[void.plate].run
        record = around.state.runs.get(run) if run else None
        if record is None:
            yield Record("void-plate", f"plate/{void.plate}", (void,))
        elif not record.outstanding:
            fact = RunVoided(record.run, "not_started", void.why)
            yield Record(VOID_RUN, f"run/{record.run}", (fact,))


def decide_composing(around: Around, unplanned: frozenset[OrderId]) -> Iterator[Action]:
    """Yield plates to compose.

    Parts of orders that are not wholly planned yet wait, so that they can share plates.
    """
    drafts = [each for each in compose(around) if not unplanned & _orders_of(each)]
    for plate in next_plates(around.state, drafts):
        yield Record("compose-plate", f"plate/{plate.plate}", (plate,))


def _orders_of(draft: PlateDraft) -> frozenset[OrderId]:
    return frozenset(order_of(each.instance) for each in draft.placed)


def decide_slices(around: Around, numbers: Numbers) -> Iterator[Action | Need]:
    """Yield composed plates that may be sliced."""
    state, desired = around.state, around.desired
    for plate, record in _in_phase(around, PlatePhase.COMPOSED):
        if record.failed_code is not None:
            about = record.composed.placed[0].instance.split("#")[0]
            yield Need("slice-failed", about, record.failed_message or record.failed_code)
            continue
        if any(plate_stops(state, desired, record)):
            continue
        decision = evaluate(desired.policy, Gate.SLICE, plate_context(state, record, around.now))
        question = Question("plate composed → sliced", (plate,))
        facts = if_new(state, desired.policy, decision, question, numbers)
        if facts:
            yield Record("decide-slice", f"plate/{plate}", facts)
        elif decision.is_allowed:
            yield SlicePlate(plate)
        if not decision.is_allowed:
            yield Need("approve-plate", plate, "; ".join(decision.explanations))


def decide_starts(
    around: Around, numbers: Numbers, voids: Sequence[PlateVoided]
) -> Iterator[Action | Need]:
    """Yield which sliced plates go to which printers now, and what the others wait for.

    What is dropped in the same pass is given to nobody.
    """
    dropped = {void.plate for void in voids}
    waiting = [
        plate
        for plate, record in _in_phase(around, PlatePhase.SLICED)
        if record.run is None
        and plate not in dropped
        and not any(plate_stops(around.state, around.desired, record))
    ]
    if not waiting:
        return
    assignment = assign(around, waiting)
    for plate, printer in assignment.chosen.items():
        yield from _dispatch(assignment, plate, printer, numbers)
    yield from _beds(assignment)
    for swap in swaps(assignment):
        count = len(swap.plates)
        wanted = "1 print wants it" if count == 1 else f"{count} prints want it"
        evidence = f"has {', '.join(swap.has) or 'nothing'}, {wanted}"
        yield Need("wrong-material", f"{swap.printer} {' '.join(swap.wants)}", evidence)


def _beds(assignment: Assignment) -> Iterator[Need]:
    """Yield beds that are all that a waiting plate lacks, and that nobody else asks about."""
    printers = assignment.around.state.printers
    beds = sorted(
        {
            each.printer
            for plate in assignment.waiting
            for each in assignment.not_chosen(plate)
            if each.reason.code is Code.BED and printers[each.printer].bed_run is None
        }
    )
    for printer in beds:
        yield Need("bed-not-clear", printer, _doubt(assignment.around, printer))


def _doubt(around: Around, printer: PrinterName) -> str:
    """Return why a bed is not known to be clear: by the ledger, or by what a look just showed."""
    record, look = around.state.printers[printer], around.looks.get(printer)
    strange = look.unexplained(record) if look and record.bed is Bed.CLEAR else None
    return strange or record.bed_why


def _dispatch(
    assignment: Assignment, plate: PlateId, printer: PrinterName, numbers: Numbers
) -> Iterator[Action | Need]:
    around = assignment.around
    state, policy = around.state, around.desired.policy
    record = state.plates[plate]
    phase = phase_of(state, state.printers[printer])
    decision = evaluate(policy, Gate.DISPATCH, plate_context(state, record, around.now, phase))
    if not decision.is_allowed:
        question = Question("plate sliced → started", (plate,))
        if not is_told(state, decision, question.subjects):
            facts = if_new(state, policy, decision, question, numbers)
            yield Record("decide-start", f"plate/{plate}", facts)
        yield Need("approve-plate", plate, "; ".join(decision.explanations))
        return
    assert record.sliced is not None  # noqa: S101 - only sliced plates are assigned
    run = RunId(numbers.next_run())
    not_after = around.now + VALID_FOR
    gcode = record.sliced.gcode
    question = Question("plate sliced → started", (plate, printer))
    fact = replace(
        decided(policy, decision, question, numbers),
        printer=printer,
        gcode=gcode,
        run=run,
        not_after=not_after,
    )
    queued = RunQueued(run, plate, printer, gcode, gcode, fact.decision, not_after)
    why_not = tuple((each.printer, each.reason.text) for each in assignment.not_chosen(plate))
    yield Dispatch(plate, printer, run, (fact, queued), why_not)


def _in_phase(around: Around, phase: PlatePhase) -> Iterator[tuple[PlateId, PlateRecord]]:
    plates = sorted(around.state.plates.items(), key=lambda each: int(each[0].split("-")[1]))
    return ((plate, record) for plate, record in plates if record.phase is phase)
