"""What needs a person right now: opened when it becomes true, resolved when it no longer is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from farmctl.control.actions import Record
from farmctl.ledger.state import State
from farmctl.model.attention import ATTENTION_KINDS, command_for
from farmctl.model.events.farm import AttentionOpened, AttentionResolved
from farmctl.model.events.runs import CONTROLLER_RESTARTED
from farmctl.model.ids import AttentionId, PrinterName, order_of
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState
from farmctl.model.reasons import label_of
from farmctl.model.recorded import PrinterRecord, RunRecord
from farmctl.model.states import OrderPhase, RunPhase, Verdict
from farmctl.planning.drift import What, drifts, stops
from farmctl.planning.machines import DOCTOR_REFUSES


class Need(Struct, frozen=True, order=True):
    """Something that needs a person.

    Args:
        kind: A code of the closed list.
        about: What is typed after the command: a printer, an order, `ord-1/bracket`.
        evidence: What was seen.
    """

    kind: str
    about: str
    evidence: str = ""


def needs_of_printers(state: State, looks: Mapping[PrinterName, Look]) -> Iterator[Need]:
    """Yield what printers and their prints need."""
    yield from _still_objected(state, looks)
    for name, record in sorted(state.printers.items()):
        run = state.runs.get(record.run) if record.run else None
        if run is not None:
            yield from _needs_of_run(run)
        yield from _needs_of_bed(state, record)
        if name in looks:
            yield from _needs_of_look(record, looks[name], has_run=run is not None)
        for hold in record.holds:
            rule = hold.by.removeprefix("rule/")
            if rule != hold.by and rule in ATTENTION_KINDS:
                yield Need(rule, name, hold.reason)


def _still_objected(state: State, looks: Mapping[PrinterName, Look]) -> Iterator[Need]:
    """Yield what a doctor objected to, until it is asked again."""
    for each in state.attentions.values():
        look = looks.get(PrinterName(each.about))
        is_open = each.kind == DOCTOR_REFUSES and each.about in state.printers
        if is_open and (look is None or look.objections is None):
            yield Need(each.kind, each.about, each.evidence)


def _needs_of_run(run: RunRecord) -> Iterator[Need]:
    if run.phase is RunPhase.UNKNOWN:
        is_restart = not run.is_counted and run.evidence == CONTROLLER_RESTARTED
        started = "its start was not answered: " if is_restart else ""
        yield Need("print-out-of-sight", run.printer, f"{run.run}: {started}{run.evidence or ''}")
    if run.phase is RunPhase.PAUSED and not any(each.verb == "resume" for each in run.asked):
        yield Need("print-paused", run.printer, f"{run.run}: {run.evidence or 'paused'}")


def _needs_of_bed(state: State, record: PrinterRecord) -> Iterator[Need]:
    run = state.runs.get(record.bed_run) if record.bed_run else None
    if run is None or not run.phase.is_over:
        return
    if run.phase is RunPhase.COMPLETED:
        if record.declared.clears == "person":
            yield Need("check-parts", record.declared.printer, f"{run.run} is done")
    elif run.reason == "lost":
        yield Need("print-lost", record.declared.printer, f"{run.run}: {run.evidence}")
    else:
        yield Need("print-failed", record.declared.printer, f"{run.run}, {_ended(run)}")


def _ended(run: RunRecord) -> str:
    """Return why a print ended, and who or what says so."""
    label = label_of(run.reason or run.phase)
    return f"{label}: {run.evidence}" if run.evidence else label


def _needs_of_look(record: PrinterRecord, look: Look, *, has_run: bool) -> Iterator[Need]:
    seen, name = look.observation, record.declared.printer
    pinned = record.declared.identity
    if seen.state is DeviceState.OFFLINE and not has_run:
        yield Need("printer-offline", name, seen.message)
    elif seen.state is DeviceState.FAULT:
        yield Need("printer-fault", name, seen.message)
    elif pinned and seen.identity is not None and seen.identity != pinned:
        yield Need("wrong-identity", name, f"{seen.identity} answers, {pinned} is pinned")
    else:
        yield from _needs_of_drift(record, look)
    for each in look.objections or ():
        yield Need(DOCTOR_REFUSES, name, f"{each.message}: {each.mend}")
        break  # one thing is mended at a time


def _needs_of_drift(record: PrinterRecord, look: Look) -> Iterator[Need]:
    seen, name = look.observation, record.declared.printer
    stopping = [each.sentence for each in stops(record, seen)]
    if stopping:
        yield Need("drifted", name, "; ".join(stopping))
    for each in drifts(record, seen, What.LOADED):
        yield Need("other-spool", name, each.sentence)


def needs_of_orders(state: State) -> Iterator[Need]:
    """Yield what open orders need: parts that failed, and parts too many."""
    for item, record in sorted(state.items.items()):
        order = state.orders.get(order_of(item))
        if order is None or order.phase is not OrderPhase.OPEN:
            continue
        missing = record.quantity - record.good - record.in_flight
        if record.closed and missing > 0:
            count = min(missing, record.closed)
            yield Need("parts-failed", item, f"{count} of {record.quantity} failed")
        if record.good > record.quantity:
            yield Need("surplus", item, f"{record.good} made, {record.quantity} wanted")


def needs_of_parts(state: State) -> Iterator[Need]:
    """Yield the prints whose parts left the bed before anybody said how they are.

    One whose file a printer shows goes on, whatever somebody said of it: that is waited for.
    """
    on_beds = {record.bed_run for record in state.printers.values()}
    shown = {record.seen.job_file for record in state.printers.values() if record.seen}
    count = Counter(
        part.run
        for item in state.items.values()
        for part in item.instances.values()
        if part.run is not None and part.plate is None and part.verdict is Verdict.UNKNOWN
    )
    for name, parts in sorted(count.items()):
        run = state.runs.get(name)
        if run is not None and name not in on_beds and (run.file is None or run.file not in shown):
            what = f"{parts} part{'s' * (parts > 1)}"
            yield Need("parts-unjudged", name, f"{what}, {_ended(run)}")


def attend(state: State, needs: Iterable[Need]) -> Iterator[Record]:
    """Yield the records that make the open attentions equal to what is needed."""
    wanted = {(each.kind, each.about): each for each in sorted(needs)}
    open_now = {(each.kind, each.about): each for each in state.attentions.values()}
    number = state.counts.attention
    for key, need in sorted(wanted.items()):
        if key not in open_now:
            number += 1
            name = AttentionId(f"att-{number}")
            command = command_for(need.kind, need.about)
            fact = AttentionOpened(name, need.kind, need.about, need.evidence, command)
            yield Record("open-attention", f"attention/{need.about}", (fact,))
    for key, known in sorted(open_now.items()):
        if key not in wanted:
            resolved = AttentionResolved(AttentionId(known.attention), "no longer so")
            yield Record("resolve-attention", f"attention/{known.about}", (resolved,))
