"""What people on the shop floor are told of what they said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from farmctl.control.triage import orders_of, parts_of
from farmctl.ledger.state import State
from farmctl.model.ids import InstanceId, OrderId, PrinterName, RunId, item_of
from farmctl.model.observation import Loaded, slot_by_slot
from farmctl.model.reasons import RUN_REASONS
from farmctl.model.recorded import InstanceRecord, PlateRecord
from farmctl.model.states import PlatePhase, RunPhase, Verdict
from farmctl.planning.drift import in_slots


def on_the_bed(state: State, printer: PrinterName) -> str | None:
    """Return `bracket ×6 (run-17)`, or None when no print of the farm lies there."""
    run = state.printers[printer].bed_run
    record = state.runs.get(run) if run else None
    if record is None:
        return None
    return f"{parts_of(state.plates[record.queued.plate])} ({run})"


def parts_on(state: State, run: RunId) -> list[tuple[str, InstanceId]]:
    """Return label and part of everything on a print, as its plate names them."""
    placed = state.plates[state.runs[run].queued.plate].composed.placed
    return [(each.label, each.instance) for each in placed]


def cleared(before: State, after: State, printer: PrinterName) -> str:
    """Return what `clear` says of one printer."""
    run = before.printers[printer].bed_run
    plate = _plate(before, run)
    if run is None or plate is None:
        return f"{printer} is empty"
    return f"{printer} is empty; {run}: {judged(after, run, plate)}"


def judged(state: State, run: RunId, plate: PlateRecord) -> str:
    """Return how the parts of a print are: `4 of 6 good, 2 failed (first layer): …`."""
    parts = [_part(state, each.instance) for each in plate.composed.placed]
    known = [each for each in parts if each is not None]
    if not known:
        return ", ".join(_closed(state, OrderId(each)) for each in orders_of(plate).split())
    counts = Counter(each.verdict for each in known)
    said = [f"{counts[Verdict.SUCCESS]} of {len(known)} good"]
    said += [_failed(run, [each for each in known if each.verdict is Verdict.FAILED])]
    if counts[Verdict.UNKNOWN]:
        said.append(f"{counts[Verdict.UNKNOWN]} to be judged: farmctl outcome {run} --all success")
    return ", ".join(each for each in said if each)


def _closed(state: State, order: OrderId) -> str:
    """Return `ord-1 is fulfilled, 2 of 2 made`."""
    line = state.closed_order(order)
    if line is None:
        return f"{order} is no longer in the farm"
    good, wanted = (sum(getattr(each, key) for each in line.made) for key in ("good", "quantity"))
    return f"{order} is {line.phase}, {good} of {wanted} made"


def _failed(run: RunId, failed: list[InstanceRecord]) -> str:
    if not failed:
        return ""
    labels = sorted({RUN_REASONS[each.reason].label for each in failed if each.reason})
    why = f" ({', '.join(labels)})" if labels else ""
    again = all(each.is_work for each in failed)
    then = "made again" if again else f"to make them again: farmctl reprint {run}"
    return f"{len(failed)} failed{why}: {then}"


def _part(state: State, instance: InstanceId) -> InstanceRecord | None:
    item = state.items.get(item_of(instance))
    return item.instances.get(instance) if item else None


def _plate(state: State, run: RunId | None) -> PlateRecord | None:
    record = state.runs.get(run) if run else None
    return state.plates.get(record.queued.plate) if record else None


def loaded(before: State, after: State, printer: PrinterName) -> str:
    """Return `ender-2 now PLA/white (was PLA/red). 2 waiting prints can start here`."""
    known = before.printers.get(printer)
    was = _spools(known.slots) if known else "nothing"
    record = after.printers[printer]
    now = slot_by_slot(record.slots)
    fits = sum(
        plate.phase is PlatePhase.SLICED
        and plate.run is None
        and plate.composed.printer_class == record.declared.printer_class
        and plate.composed.filaments == now
        for plate in after.plates.values()
    )
    more = f". {fits} waiting {'print' if fits == 1 else 'prints'} can start here" if fits else ""
    if slot_by_slot(record.slots) != slot_by_slot(record.loaded):
        more = f"; you said {_spools(record.loaded)}, and what the machine says counts{more}"
    return f"{printer} now {_spools(record.slots)} (was {was}){more}"


def _spools(slots: tuple[Loaded, ...]) -> str:
    return in_slots(slots) if slots else "empty"


def held(after: State, subject: str) -> Iterator[str]:
    """Yield that something is held, and what that does not stop."""
    yield f"nothing starts any more: {subject}" if subject == "--all" else f"{subject} is held"
    for name, run in sorted(after.runs.items()):
        plate = after.plates[run.queued.plate]
        names = ("--all", run.printer, plate.composed.profile, *orders_of(plate).split())
        if run.phase.may_be_printing and subject in names:
            yield f"{name} goes on on {run.printer}: farmctl abort {name}"


def left_out(after: State, run: RunId, asked: Collection[str]) -> Iterator[str]:
    """Yield what became of parts that somebody wanted left out: those that are, and the others."""
    record = after.runs[run]
    gone = record.labels_left_out
    if not asked:
        yield f"{run} makes {'it' if len(gone) == 1 else 'them'} no further already"
    done = [each for each in sorted(asked) if each in gone]
    if done:
        others = len(after.plates[record.queued.plate].composed.placed) - len(gone)
        more = f"the other {others} go on" if others > 1 else "the other one goes on"
        where = f"{', '.join(done)} of {run} on {record.printer}"
        yield f"{where}: left out, and failed when the print is over; {more}"


def not_left_out(after: State, run: RunId, asked: Collection[str]) -> str | None:
    """Return which parts are made all the same, and why; None when none is."""
    record = after.runs[run]
    still = [each for each in record.doubted if each.part in asked]
    still = [each for each in still if each.part not in record.labels_left_out]
    if not still:
        return None
    why = still[0].why_not or f"{run} was {record.phase} before"
    return f"{', '.join(each.part for each in still)} of {run} is not left out: {why}"


def steered(after: State, run: RunId, verb: str) -> str:
    """Return what became of a print that was paused, resumed or aborted."""
    record = after.runs.get(run)
    if record is None or record.phase is RunPhase.VOID:
        return f"{run} was not started, and will not be"
    if record.phase is RunPhase.PAUSED and verb == "pause":
        hold = f"to let nothing start there afterwards: farmctl hold {record.printer}"
        return f"{run} on {record.printer} is paused; go on: farmctl resume {run}; {hold}"
    if record.phase.is_over:
        off = f"take the parts off, then: farmctl clear {record.printer}"
        return f"{run} on {record.printer} is {record.phase}; {off}"
    return f"{run} on {record.printer} is {record.phase}"
