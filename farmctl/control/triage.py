"""What a person wants to know at a glance, out of all that the ledger remembers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from farmctl.control.decide.attention import needs_of_parts, needs_of_printers
from farmctl.control.decide.printers import phase_of
from farmctl.ledger.state import State
from farmctl.model.ids import InstanceId, ItemKey, PrinterName, item_of, order_of
from farmctl.model.observation import slot_by_slot
from farmctl.model.recorded import PlateRecord, PrinterRecord, RunRecord
from farmctl.model.sheet import (
    HeldRow,
    NeedRow,
    OrderRow,
    PrinterRow,
    PrintRow,
    Sheet,
    WaitRow,
)
from farmctl.model.states import Bed, OrderPhase, PlatePhase, PrinterPhase, RunPhase
from farmctl.planning.machines import stranger


def sheet_of(state: State) -> Sheet:
    """Return what a glance needs of the state."""
    return Sheet(
        seq=state.seq,
        commit=state.revision.commit if state.revision else None,
        printers=tuple(_printer(state, each) for _, each in sorted(state.printers.items())),
        prints=tuple(_prints(state)),
        waiting=tuple(_waiting(state)),
        orders=tuple(_orders(state)),
        needs=tuple(_needs(state)),
        held=tuple(_held(state)),
    )


def parts_of(plate: PlateRecord) -> str:
    """Return `bracket ×6`, or `bracket ×6, lid ×2`."""
    return _said(Counter(item_of(each.instance) for each in plate.composed.placed))


def orders_of(plate: PlateRecord) -> str:
    """Return the orders that a plate serves."""
    return " ".join(_orders_on(plate))


def _orders_on(plate: PlateRecord) -> tuple[str, ...]:
    return tuple(sorted({order_of(each.instance) for each in plate.composed.placed}))


def _said(counts: Counter[ItemKey]) -> str:
    return ", ".join(f"{item.split('/', 1)[1]} ×{count}" for item, count in counts.items() if count)


def _printer(state: State, record: PrinterRecord) -> PrinterRow:
    phase = phase_of(state, record)
    is_external = phase is PrinterPhase.EXTERNAL and record.seen is not None
    left = state.runs.get(record.bed_run) if record.bed_run else None
    return PrinterRow(
        name=record.declared.printer,
        printer_class=record.declared.printer_class,
        phase=phase.value,
        seen_at=record.seen_at,
        bed=record.bed.value,
        bed_why=record.bed_why,
        loaded=slot_by_slot(record.slots),
        job=stranger(state, record.seen.job_file) if record.seen and is_external else None,
        held=record.holds[0].reason if record.holds else None,
        failed=left is not None and left.phase in (RunPhase.FAILED, RunPhase.ABORTED),
    )


def _prints(state: State) -> Iterator[PrintRow]:
    for run in sorted(state.runs.values(), key=_number):
        plate = state.plates.get(run.queued.plate)
        if run.phase.is_over or plate is None:
            continue
        yield PrintRow(
            run=run.run,
            printer=run.printer,
            phase=run.phase.value,
            orders=_orders_on(plate),
            parts=_parts_of_print(plate, run),
            start_at=run.start_at,
            time_ms=plate.sliced.summary.time_ms if plate.sliced else 0,
            file=run.file,
        )


def _parts_of_print(plate: PlateRecord, run: RunRecord) -> str:
    """Return `bracket ×6`, or `bracket ×6, 1 left out`."""
    count = len(run.left_out)
    return f"{parts_of(plate)}, {count} left out" if count else parts_of(plate)


def _number(run: RunRecord) -> int:
    return int(run.run.removeprefix("run-"))


def _waiting(state: State) -> Iterator[WaitRow]:
    for plate, record in sorted(state.plates.items(), key=lambda each: (each[1].at, each[0])):
        if record.phase not in (PlatePhase.COMPOSED, PlatePhase.SLICED) or record.run is not None:
            continue
        yield WaitRow(
            plate=plate,
            orders=_orders_on(record),
            parts=parts_of(record),
            printer_class=record.composed.printer_class,
            filaments=record.composed.filaments,
            is_sliced=record.sliced is not None,
            time_ms=record.sliced.summary.time_ms if record.sliced else 0,
            since=record.at,
        )


def _orders(state: State) -> Iterator[OrderRow]:
    undone: dict[str, Counter[ItemKey]] = {}
    for key, item in sorted(state.items.items()):
        undone.setdefault(order_of(InstanceId(key)), Counter())[key] = item.need
    for order, record in sorted(state.orders.items(), key=lambda each: (len(each[0]), each[0])):
        if record.phase is OrderPhase.OPEN:
            parts = _said(undone.get(order, Counter()))
            yield OrderRow(order, parts, record.text.due, record.held)


def _needs(state: State) -> Iterator[NeedRow]:
    needs = (*needs_of_printers(state, {}), *needs_of_parts(state))
    now = {(each.kind, each.about) for each in needs}
    for each in sorted(state.attentions.values(), key=lambda one: (one.since, one.about)):
        if each.kind in _OF_STATE and (each.kind, each.about) not in now:
            continue  # what a person has just done: the loop has yet to write that it is resolved
        if each.kind == "bed-not-clear" and _is_clear(state, each.about):
            continue
        yield NeedRow(each.kind, each.about, each.evidence, each.command, each.since)


_OF_STATE = frozenset(
    {
        *("check-parts", "print-failed", "print-lost", "print-out-of-sight", "print-paused"),
        "parts-unjudged",
    }
)


def _is_clear(state: State, printer: str) -> bool:
    record = state.printers.get(PrinterName(printer))
    return record is not None and record.bed is Bed.CLEAR


def _held(state: State) -> Iterator[HeldRow]:
    if state.hold is not None:
        hold = state.hold
        yield HeldRow("farm", hold.by, hold.reason, hold.since, "unhold --all")
    for name, printer in sorted(state.printers.items()):
        for hold in printer.holds:
            yield HeldRow(name, hold.by, hold.reason, hold.since, f"unhold {name}")
    for profile, hold in sorted(state.profile_holds.items()):
        yield HeldRow(profile, hold.by, hold.reason, hold.since, f"unhold {profile}")
    for order, record in sorted(state.orders.items()):
        if record.held is not None:
            yield HeldRow(order, "somebody", record.held, None, f"unhold {order}")
