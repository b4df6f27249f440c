"""What a person wants to know at a glance: what needs them, prints, waits or is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from farmctl.control.decide.printers import phase_of
from farmctl.ledger.state import State
from farmctl.model.ids import OrderId, PrinterName, item_of, order_of
from farmctl.model.recorded import OrderRecord, PlateRecord, PrinterRecord, RunRecord
from farmctl.model.states import Bed, OrderPhase, PlatePhase, PrinterPhase, RunPhase


@dataclass(frozen=True, slots=True)
class Seen:
    """The cached last look at a printer.

    Args:
        at: When it was looked at.
        progress_permille: How far its print was.
        message: What it said.
    """

    at: datetime
    progress_permille: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of triage.

    Args:
        kind: needs-you, take-off, late, printing, waiting, held, printer.
        subject: A printer, an order, an item.
        state: A word.
        text: What people read.
        since: When it became so, or None.
        command: What to type after `farmctl`, or an empty string.
        mark: `!` act, `?` look, `·` watch, or a space.
        when: When it ends or passes, or None.
    """

    kind: str
    subject: str
    state: str
    text: str
    since: datetime | None = None
    command: str = ""
    mark: str = " "
    when: datetime | None = None


def triage(state: State, seen: Mapping[PrinterName, Seen], now: datetime) -> list[Line]:
    """Return all lines, section by section, each section in the order a person wants it."""
    return [
        *_printers(state, seen, now),
        *_needs(state),
        *_take_off(state),
        *_late(state, seen, now),
        *_printing(state, seen),
        *_waiting(state),
        *_held(state),
    ]


def parts_of(plate: PlateRecord) -> str:
    """Return `bracket ×6`, or `bracket ×6, lid ×2`."""
    counts = Counter(item_of(each.instance).split("/", 1)[1] for each in plate.composed.placed)
    return ", ".join(f"{item} ×{count}" for item, count in counts.items())


def orders_of(plate: PlateRecord) -> str:
    """Return the orders that a plate serves."""
    return " ".join(sorted({order_of(each.instance) for each in plate.composed.placed}))


def done_at(run: RunRecord, plate: PlateRecord, seen: Seen | None) -> datetime | None:
    """Return when a print should be done, from its estimate and how far it was when last seen."""
    if plate.sliced is None or run.start_at is None:
        return None
    whole = timedelta(milliseconds=plate.sliced.summary.time_ms)
    if seen is None or not seen.progress_permille:
        return run.start_at + whole
    return seen.at + whole * (1000 - seen.progress_permille) / 1000


def _printers(state: State, seen: Mapping[PrinterName, Seen], now: datetime) -> Iterator[Line]:
    for name, record in sorted(state.printers.items()):
        phase = phase_of(state, record)
        word, text = _printer_words(state, record, phase, now)
        known = seen.get(name)
        yield Line("printer", name, word, text, since=known.at if known else None)


def _printer_words(
    state: State, record: PrinterRecord, phase: PrinterPhase, now: datetime
) -> tuple[str, str]:
    loaded = ", ".join(each.name for each in record.loaded) or "nothing loaded"
    run = state.runs.get(record.run) if record.run else None
    if run is not None and run.phase.may_be_printing:
        return run.phase.value, f"{parts_of(state.plates[run.queued.plate])}  {loaded}"
    if record.holds:
        return "held", f"{record.holds[0].by}: {record.holds[0].reason}"
    if phase is PrinterPhase.EXTERNAL:
        job = record.seen.job_file if record.seen else ""
        return "printing", f"{job}, started at the printer: left alone"
    if phase is PrinterPhase.OFFLINE and record.seen_at is not None:
        minutes = int((now - record.seen_at).total_seconds() // 60)
        return "offline", f"last seen {minutes} min ago"
    if record.bed is not Bed.CLEAR:
        return "to clear", f"{record.bed_why}  {loaded}"
    return phase.value, loaded


def _needs(state: State) -> Iterator[Line]:
    for each in sorted(state.attentions.values(), key=lambda one: (one.since, one.attention)):
        if each.kind in _TAKE_OFF:
            continue
        mark = "?" if each.kind in _LOOK else "!"
        yield Line(
            "needs-you", each.about, each.kind, each.evidence, each.since, each.command, mark
        )


_TAKE_OFF = frozenset({"check-parts"})
_LOOK = frozenset({"print-out-of-sight", "printer-offline", "surplus"})


def _take_off(state: State) -> Iterator[Line]:
    for each in sorted(state.attentions.values(), key=lambda one: one.since):
        if each.kind in _TAKE_OFF:
            yield Line("take-off", each.about, each.kind, each.evidence, each.since, each.command)


def _late(state: State, seen: Mapping[PrinterName, Seen], now: datetime) -> Iterator[Line]:
    ready = _ready_at(state, seen, now)
    for order, record in sorted(state.orders.items()):
        due = record.text.due
        if due is None or record.phase is not OrderPhase.OPEN:
            continue
        expected = ready.get(order)
        if now > due or (expected is not None and expected > due):
            yield Line("late", order, "late", _late_text(record, due, expected), mark="!", when=due)


def _late_text(record: OrderRecord, due: datetime, expected: datetime | None) -> str:
    if expected is None:
        return f"{record.text.priority}: not all of it is started"
    hours, minutes = divmod(int((expected - due).total_seconds() // 60), 60)
    return f"{hours} h {minutes:02d} late" if expected > due else "late"


def _ready_at(
    state: State, seen: Mapping[PrinterName, Seen], now: datetime
) -> dict[OrderId, datetime]:
    """Return when each order's running prints end, for orders with nothing left to start."""
    ready: dict[OrderId, datetime] = {}
    for run in state.runs.values():
        plate = state.plates[run.queued.plate]
        if not run.phase.may_be_printing:
            continue
        for order in {order_of(each.instance) for each in plate.composed.placed}:
            end = done_at(run, plate, seen.get(run.printer)) or now
            ready[order] = max(end, ready.get(order, end))
    return ready


def _printing(state: State, seen: Mapping[PrinterName, Seen]) -> Iterator[Line]:
    lines = []
    for name, run in state.runs.items():
        if run.phase not in (RunPhase.PRINTING, RunPhase.STARTING):
            continue
        plate = state.plates[run.queued.plate]
        known = seen.get(run.printer)
        percent = f"{known.progress_permille // 10} %" if known else "just started"
        text = f"{name}  {orders_of(plate)} {parts_of(plate)}  {percent}"
        when = done_at(run, plate, known)
        lines.append(Line("printing", run.printer, "printing", text, run.start_at, when=when))
    yield from sorted(lines, key=lambda line: (line.when is None, line.when, line.subject))


def _waiting(state: State) -> Iterator[Line]:
    for _, plate in sorted(state.plates.items(), key=lambda each: each[1].at):
        if plate.phase is PlatePhase.SLICED and plate.run is None:
            filaments = ", ".join(plate.composed.filaments)
            name = plate.composed.printer_class.split("@")[0]
            text = f"{parts_of(plate)}  for a {name} with {filaments} and a clear bed"
            yield Line("waiting", orders_of(plate), "waiting", text, plate.at)


def _held(state: State) -> Iterator[Line]:
    if state.hold is not None:
        text = f"{state.hold.by}: {state.hold.reason}"
        yield Line("held", "farm", "held", text, state.hold.since, "unhold --all")
    for name, hold in sorted(state.profile_holds.items()):
        text = f"{hold.by}: {hold.reason}"
        yield Line("held", name, "held", text, hold.since, f"unhold {name}")
    for order, record in sorted(state.orders.items()):
        if record.held is not None:
            yield Line("held", order, "held", record.held, command=f"unhold {order}")
