"""One line for each thing that happens while a command waits: for people, or for a log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from farmctl.cli.output import LogFormat
from farmctl.control.triage import orders_of, parts_of
from farmctl.ledger.state import State
from farmctl.model.codec import time_text
from farmctl.model.ids import PrinterName, RunId, order_of
from farmctl.model.look import Look
from farmctl.model.recorded import PlateRecord, RunRecord
from farmctl.model.states import PlatePhase, RunPhase

if TYPE_CHECKING:
    from farmctl.farm.acting.session import Session
    from farmctl.system.clock import Clock


_ON_THE_WAY = (RunPhase.QUEUED, RunPhase.UPLOADING, RunPhase.STAGED, RunPhase.STARTING)


class Told(Struct, frozen=True):
    """Something that happened.

    Args:
        message: What people read.
        order: The order it serves, where it serves one alone.
        orders: All that it serves.
        plan: The build plan, `ord-1/bracket@2`.
        plate: The build plate.
        run: The print.
        printer: Where.
    """

    message: str
    order: str | None = None
    orders: tuple[str, ...] = ()
    plan: str | None = None
    plate: str | None = None
    run: str | None = None
    printer: str | None = None


class Progress:
    """Says what changed since it was last told."""

    def __init__(
        self, before: State, tell: Callable[[Told], None], *, shows_tenths: bool = False
    ) -> None:
        self._before = before
        self._tell = tell
        self._shows_tenths = shows_tenths
        self._tenths: dict[RunId, int] = {}
        self._trouble = ""

    def __call__(self, session: Session) -> None:
        """Say what changed, and each tenth of a print that is done, if that is wanted."""
        after = session.recorder.state
        for each in changes(self._before, after):
            self._tell(each)
        self._before = after
        self._say_trouble(session.anchoring.trouble)
        if self._shows_tenths:
            for name, look in sorted(session.observer.looks.items()):
                self._say_tenth(after, name, look)

    def _say_trouble(self, trouble: str) -> None:
        """Say once why git does not hold what the ledger says; it goes on without."""
        if trouble not in ("", self._trouble):
            self._tell(Told(f"! {trouble}"))
        self._trouble = trouble

    def _say_tenth(self, state: State, name: PrinterName, look: Look) -> None:
        record, job = state.printers.get(name), look.observation.job
        run = state.runs.get(record.run) if record and record.run else None
        if run is None or run.phase is not RunPhase.PRINTING or job is None:
            return
        tenth = (job.progress_permille or 0) // 100
        if self._tenths.get(run.run, 0) < tenth < 10:
            self._tenths[run.run] = tenth
            plate = state.plates[run.queued.plate]
            self._tell(_of_plate(plate, f"{name}  {run.run}  {tenth * 10} %", run))


def teller(say: Callable[[str], None], form: LogFormat, clock: Clock) -> Callable[[Told], None]:
    """Return what says things: as people read them, or a line of JSON each."""
    if form is LogFormat.TEXT:
        return lambda told: say(told.message)

    def tell(told: Told) -> None:
        line = {"time": time_text(clock.now()), "level": "info", **asdict(told)}
        say(json.dumps(line, ensure_ascii=False))

    return tell


def changes(before: State, after: State) -> Iterator[Told]:
    """Yield what happened between two states, as people say it."""
    for item, plan in sorted(after.plans.items()):
        known = before.plans.get(item)
        if known is None or known.written.revision != plan.written.revision:
            name, order = f"{item}@{plan.written.revision}", order_of(item)
            yield Told(f"build plan {name}: {plan.written.status}", order, (order,), name)
    for name, plate in sorted(after.plates.items()):
        old = before.plates.get(name)
        is_new = old is None or old.phase is PlatePhase.COMPOSED
        if plate.sliced and plate.phase is PlatePhase.SLICED and is_new:
            how = "from the cache" if plate.sliced.cached else "sliced"
            minutes = round(plate.sliced.summary.time_ms / 60_000)
            yield _of_plate(plate, f"{how}: {parts_of(plate)}, {minutes} min")
    for number, run in sorted(after.runs.items()):
        ran = before.runs.get(number)
        if ran is None or ran.phase is not run.phase:
            yield from _said(after, run)
    for key, attention in sorted(after.attentions.items()):
        if key not in before.attentions:
            text = f"! {attention.about}: {attention.evidence}   farmctl {attention.command}"
            yield Told(text)
    for closed in sorted(set(after.closed) - set(before.closed)):
        yield Told(f"{closed} is {after.closed[closed]['phase']}", closed, (closed,))


def _said(state: State, run: RunRecord) -> Iterator[Told]:
    plate = state.plates.get(run.queued.plate)
    if plate is None or run.phase in _ON_THE_WAY:
        return
    why = f" ({run.reason}: {run.evidence})" if run.phase is RunPhase.FAILED else ""
    text = f"{run.printer}  {run.run}  {orders_of(plate)} {parts_of(plate)}: {run.phase}{why}"
    yield _of_plate(plate, text, run)


def _of_plate(plate: PlateRecord, text: str, run: RunRecord | None = None) -> Told:
    orders = tuple(sorted({order_of(each.instance) for each in plate.composed.placed}))
    return Told(
        text,
        order=orders[0] if len(orders) == 1 else None,
        orders=orders,
        plate=plate.composed.plate,
        run=run.run if run else None,
        printer=run.printer if run else None,
    )


def printing(state: State) -> str:
    """Return `run-17 on voron-1, run-18 on voron-2`: what may be printing."""
    runs = [each for each in state.runs.values() if each.phase.may_be_printing]
    return ", ".join(f"{each.run} on {each.printer}" for each in runs)


def closing(state: State) -> str:
    """Return the last line of `apply`: what prints, and what to type next."""
    if printing(state):
        return f"printing: {printing(state)}.   Go on with them: farmctl run"
    if state.attentions:
        return f"{len(state.attentions)} wait for you: farmctl status"
    return "nothing is printing"


def stopped(state: State) -> str:
    """Return what Ctrl-C leaves behind."""
    on = f"prints go on without me: {printing(state)}" if printing(state) else "nothing is printing"
    return f"stopped; {on}; nothing new starts until farmctl run"


def waits_for(state: State) -> Iterator[str]:
    """Yield what needs a person, each with the command that ends it."""
    for each in sorted(state.attentions.values(), key=lambda found: found.since):
        yield f"! {each.about}: {each.evidence}   farmctl {each.command}"
    for run in state.runs.values():
        if run.phase is RunPhase.UNKNOWN:
            yield f"! {run.run}: may still print on {run.printer}   farmctl explain {run.run}"
    if not state.attentions:
        yield "nothing goes on by itself: farmctl explain"
