"""Why things are as they are, from what is decided on: never from a log. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from msgspec import Struct

from farmctl.control.decide.gate import why_not_start
from farmctl.control.glance import Moment, Seen, ago
from farmctl.control.in_words import (
    asked_in_words,
    bed_in_words,
    counts_in_words,
    evidence_in_words,
    phase_in_words,
)
from farmctl.control.seen_now import seen_now
from farmctl.control.triage import orders_of, parts_of
from farmctl.model.attention import ATTENTION_KINDS, urgency
from farmctl.model.ids import ItemKey, OrderId, PlateId, PrinterName, RunId, item_of, order_of
from farmctl.model.reasons import label_of
from farmctl.model.recorded import (
    AttentionRecord,
    PlateRecord,
    RunRecord,
)
from farmctl.model.states import Bed, PlatePhase, RunPhase, Verdict
from farmctl.planning.assign import Assignment, assign
from farmctl.planning.drift import in_slots
from farmctl.planning.machines import Around
from farmctl.planning.reasons import Code
from farmctl.planning.stops import plate_stops
from farmctl.planning.waiting import waits


class Why(Struct, frozen=True):
    """Explains on one present.

    Args:
        around: What is recorded, declared and seen.
        zone: Where the farm is.
        kept: The looks that were kept: when a printer that is silent now showed its print last.
    """

    around: Around
    zone: tzinfo
    kept: Mapping[str, Seen] = {}

    @property
    def moment(self) -> Moment:
        """Return now."""
        return Moment(self.around.now, self.zone)

    def farm(self) -> Iterator[str]:
        """Yield why the farm is not doing more right now."""
        state = self.around.state
        if state.hold is not None:
            yield f"the farm is held by {state.hold.by}: {state.hold.reason}"
            yield "  farmctl unhold --all"
        for fault in self.around.desired.faults:
            yield f"nothing is begun: {fault.where}: {fault.message}"
        waiting = list(self._waiting())
        for plate in waiting:
            yield from self.plate(plate)
        for each in state.attentions.values():
            yield f"needs you: {each.about}: {each.evidence or each.kind}"
            yield f"  farmctl {each.command}"
        if not waiting and not state.attentions:
            yield "nothing waits: every part that is ordered is made or being made"

    def printer(self, name: PrinterName) -> Iterator[str]:
        """Yield what a printer does, why nothing starts on it, and what waits for it."""
        state = self.around.state
        record = state.printers[name]
        loaded = in_slots(record.slots)
        yield f"{name}: {record.declared.printer_class}, {loaded} loaded"
        yield from seen_now(self.around, name)
        run = record.run or record.bed_run
        if run is not None and run in state.runs:
            yield from self._print(run)
        if record.bed is not Bed.CLEAR:
            yield f"  its bed is {bed_in_words(state, record)}"
        machine = next(each for each in self.around.machines if each.name == name)
        if machine.busy is not None:
            yield f"  nothing starts here now: {machine.busy.said(self.moment.said)}"
            if machine.busy.code is Code.EXTERNAL:
                yield f"  left alone; when that is over: farmctl clear {name}"
        elif not self._assignment().demands:
            yield "  free: nothing waits to be printed"
        failures = [each for each in state.failures if each.printer == name]
        if failures:
            told = ", ".join(f"{each.run} {label_of(each.reason)}" for each in failures[-5:])
            yield f"  failed here lately: {told}"
        yield from self._what_it_could_print(name)
        yield from self.attentions(name)

    def order(self, order: OrderId) -> Iterator[str]:
        """Yield how far an order is, and what each of its parts waits for."""
        record = self.around.state.orders[order]
        due = f", due {self.moment.said(record.text.due)}" if record.text.due else ""
        yield f"{order}: {record.phase.value}{due}"
        if record.held is not None:
            yield f"  held: {record.held}"
            yield f"  farmctl unhold {order}"
        for why in self.around.desired.stopped.get(order, ()):
            yield f"  stopped: {why}"
        for item in sorted(self.around.state.items):
            if order_of(item) == order:
                yield from self.item(item)
        yield from self.attentions(order)

    def item(self, item: ItemKey) -> Iterator[str]:
        """Yield how many of an item are made, and what the others wait for."""
        state = self.around.state
        yield f"  {item}: {counts_in_words(state.items[item])}"
        plan = state.plans.get(item)
        if plan is None:
            yield "    no build plan yet: the loop writes one (farmctl plan, farmctl apply)"
        else:
            by = f" by {short(plan.written.approved_by)}" if plan.written.approved_by else ""
            yield f"    build plan @{plan.written.revision}: {plan.written.status}{by}"
        for plate, record in sorted(state.plates.items()):
            if item in {item_of(each.instance) for each in record.composed.placed}:
                yield from (f"    {line}" for line in self.plate(plate))
        yield from self.attentions(item)

    def plate(self, plate: PlateId) -> Iterator[str]:
        """Yield where a plate stands, and which printer does not take it for what reason."""
        record = self.around.state.plates[plate]
        name = f"{plate}, {parts_of(record)}"
        if record.run is not None:
            yield from self.run(record.run)
            return
        match record.phase:
            case PlatePhase.COMPOSED if record.failed_code is not None:
                yield f"{name}: cannot be sliced: {record.failed_message}"
            case PlatePhase.COMPOSED:
                yield f"{name}: to be sliced"
            case PlatePhase.SLICED:
                yield from self._waits(plate, record)
            case _:
                yield f"{name}: {record.phase.value}"

    def run(self, run: RunId) -> Iterator[str]:
        """Yield what became of a print, or why it has not begun, and what follows."""
        yield from self._print(run)
        printer = self.around.state.printers.get(self.around.state.runs[run].printer)
        if printer is not None and run in (printer.run, printer.bed_run):
            yield from self.attentions(printer.declared.printer)
        yield from self.attentions(run)

    def _print(self, run: RunId) -> Iterator[str]:
        around = self.around
        record = around.state.runs[run]
        plate = around.state.plates.get(record.queued.plate)  # a void run may outlive its plate
        since = self.moment.said(record.at)
        label = label_of(record.reason) if record.reason else record.phase
        why = f", {label}" if label != record.phase else ""
        known = evidence_in_words(record)
        evidence = f" ({known})" if known else ""
        parts = f"{parts_of(plate)} of {orders_of(plate)}" if plate else record.queued.plate
        what = f"{run}  {record.printer}, {parts}"
        yield f"{what}: {phase_in_words(record.phase)} {since}{why}{evidence}"
        yield f"  allowed by {record.queued.decision}"
        if record.phase in (RunPhase.QUEUED, RunPhase.UPLOADING, RunPhase.STAGED):
            look = around.looks.get(record.printer)
            refusal = why_not_start(around.state, record, look, around.now)
            if refusal is not None:
                yield f"  does not start: {refusal.text}"
        if record.phase is RunPhase.UNKNOWN:
            yield from self._out_of_sight(record)
        for asked in record.asked:
            yield f"  {asked_in_words(asked)}"
        for each in record.left_out:
            yield f"  {each.part} is left out{f': {label_of(each.reason)}' if each.reason else ''}"
        for doubted in record.doubted:
            if doubted.why_not is not None and doubted.part not in record.labels_left_out:
                yield f"  {doubted.part} is not left out, as was asked: {doubted.why_not}"
        if record.phase.is_over and plate is not None:
            yield from self._parts(plate)

    def _out_of_sight(self, record: RunRecord) -> Iterator[str]:
        """Yield how far a print was that nobody sees now, and what ends that."""
        seen = self.kept.get(record.printer)
        if seen is not None and seen.job == record.file and seen.job_at is not None:
            far = (seen.progress_permille or 0) // 10
            yield f"  last seen {ago(self.around.now - seen.job_at)} ago, at {far} %"
        yield "  when the printer answers, its history decides; no timer does"

    def attentions(self, about: str) -> Iterator[str]:
        """Yield what needs a person there, and the one command that comes first."""
        open_now = self.around.state.attentions.values()
        found = [each for each in open_now if each.about.split(" ")[0] == about]
        found.sort(key=lambda each: urgency(each.kind))
        for each in found:
            label = ATTENTION_KINDS[each.kind].label
            yield f"  needs you: {label}: {each.evidence}" if each.evidence else f"  {label}"
        commands = (self._ends(each) for each in found)
        yield from (f"    {each}" for each in list(filter(None, commands))[:1])

    def _ends(self, need: AttentionRecord) -> str | None:
        """Return what ends a need, from here: who reads this has typed `explain` already."""
        if need.kind == "print-out-of-sight":
            return self._you_looked(PrinterName(need.about))
        if need.kind == "parts-unjudged":
            return f"farmctl outcome {need.about} --all success   once you looked; or: failed"
        if need.kind in _ASKED_DEEPER:
            return "farmctl doctor"
        return None if need.command.startswith("explain ") else f"farmctl {need.command}"

    def _you_looked(self, name: PrinterName) -> str | None:
        record = self.around.state.printers.get(name)
        run = self.around.state.runs.get(record.run) if record and record.run else None
        if run is None:
            return None
        may_not_have_begun = not run.is_counted and (run.is_deleted or not run.delete_tries)
        others = "completed, failed" + ", not-started" * may_not_have_begun
        return f"farmctl resolve {run.run} printing   once you looked; or: {others}"

    def _waiting(self) -> Iterator[PlateId]:
        plates = self.around.state.plates
        for plate, record in sorted(plates.items(), key=lambda each: each[1].at):
            is_open = record.phase in (PlatePhase.COMPOSED, PlatePhase.SLICED)
            if is_open and record.run is None:
                yield plate

    def _assignment(self) -> Assignment:
        plates = self.around.state.plates
        sliced = [each for each in self._waiting() if plates[each].phase is PlatePhase.SLICED]
        return assign(self.around, sliced)

    def _waits(self, plate: PlateId, record: PlateRecord) -> Iterator[str]:
        what = f"{plate}, {parts_of(record)} of {orders_of(record)}"
        for stop in plate_stops(self.around.state, self.around.desired, record):
            yield f"{what}: stopped: {stop}"
            return
        assignment = self._assignment()
        chosen = assignment.chosen.get(plate)
        if chosen is not None:
            yield f"{what}: starts on {chosen} next (farmctl apply, farmctl run)"
        else:
            yield f"{what}: waits for {waits(assignment)[plate].text}"
        for each in assignment.not_chosen(plate):
            yield f"  not {each.printer}: {each.reason.said(self.moment.said)}"

    def _what_it_could_print(self, name: PrinterName) -> Iterator[str]:
        assignment = self._assignment()
        for plate in assignment.demands:
            what = f"{parts_of(self.around.state.plates[plate])} ({plate})"
            if assignment.chosen.get(plate) == name:
                yield f"  gets {what} next (farmctl apply, farmctl run)"
                continue
            for each in assignment.not_chosen(plate):
                if each.printer == name:
                    yield f"  does not get {what}: {each.reason.said(self.moment.said)}"

    def _parts(self, plate: PlateRecord) -> Iterator[str]:
        """Yield how the parts of an ended print are, and what becomes of those that are not."""
        found: dict[str, int] = {}
        for placed in plate.composed.placed:
            item = self.around.state.items.get(item_of(placed.instance))
            part = item.instances.get(placed.instance) if item else None
            if part is not None:
                word = "waits for a word" if part.is_closed else _VERDICTS[part.verdict]
                found[word] = found.get(word, 0) + 1
        if found:
            yield f"  its parts: {', '.join(f'{count} {word}' for word, count in found.items())}"


_ASKED_DEEPER = frozenset({"printer-offline", "printer-fault"})

_VERDICTS = {
    Verdict.PENDING: "to be made again",
    Verdict.SUCCESS: "good",
    Verdict.FAILED: "to be made again",
    Verdict.UNKNOWN: "not judged yet",
    Verdict.SKIPPED: "left out",
}


def short(text: str) -> str:
    """Return a text with its digest by the first digits."""
    at = text.find("sha256:")
    return text if at < 0 else f"{text[: at + 14]}…"
