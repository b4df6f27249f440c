"""Why things are as they are, from what is decided on: never from a log. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from msgspec import Struct

from farmctl.control.decide.gate import why_not_start
from farmctl.control.glance import Moment
from farmctl.control.triage import orders_of, parts_of
from farmctl.model.attention import ATTENTION_KINDS
from farmctl.model.ids import ItemKey, OrderId, PlateId, PrinterName, RunId, item_of, order_of
from farmctl.model.recorded import ItemRecord, PlateRecord
from farmctl.model.states import Bed, PlatePhase, RunPhase, Verdict
from farmctl.planning.assign import Assignment, assign
from farmctl.planning.machines import Around, machines
from farmctl.planning.stops import plate_stops
from farmctl.planning.waiting import waits


class Why(Struct, frozen=True):
    """Explains on one present: what is recorded, declared, seen, and the time of the farm."""

    around: Around
    zone: tzinfo

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
        loaded = ", ".join(each.name for each in record.loaded) or "nothing"
        yield f"{name}: {record.declared.printer_class}, {loaded} loaded"
        if record.run is not None:
            yield from self._print(record.run)
        if record.bed is not Bed.CLEAR:
            yield f"  its bed is {_bed(record.bed)}: {record.bed_why}"
        machine = next(each for each in machines(self.around) if each.name == name)
        if machine.busy is not None:
            yield f"  nothing starts here now: {machine.busy.said(self.moment.said)}"
        elif not self._assignment().demands:
            yield "  free: nothing waits to be printed"
        failures = [each for each in state.failures if each.printer == name]
        if failures:
            told = ", ".join(f"{each.run} {each.reason}" for each in failures[-5:])
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
        yield f"  {item}: {_counts(state.items[item])}"
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
        yield from self.attentions(self.around.state.runs[run].printer)

    def _print(self, run: RunId) -> Iterator[str]:
        around = self.around
        record = around.state.runs[run]
        plate = around.state.plates[record.queued.plate]
        since = self.moment.said(record.at)
        why = f", {record.reason}" if record.reason and record.reason != record.phase else ""
        evidence = f" ({record.evidence})" if record.evidence else ""
        what = f"{parts_of(plate)} of {orders_of(plate)}"
        yield f"{run}  {record.printer}, {what}: {_phase(record.phase)} {since}{why}{evidence}"
        yield f"  allowed by {record.queued.decision}: farmctl explain {record.queued.decision}"
        if record.phase in (RunPhase.QUEUED, RunPhase.UPLOADING, RunPhase.STAGED):
            look = around.looks.get(record.printer)
            refusal = why_not_start(around.state, record, look, around.now)
            if refusal is not None:
                yield f"  does not start: {refusal.text}"
        if record.phase is RunPhase.UNKNOWN:
            yield "  when the printer answers, its history decides; no timer does"
            yield f"  you looked: farmctl resolve {run} printing, completed, failed or not-started"
        for asked in record.asked:
            yield f"  {asked.by} asked to {asked.verb} it: {asked.reason}"
        if record.phase.is_over:
            yield from self._parts(plate)

    def attentions(self, about: str) -> Iterator[str]:
        """Yield what needs a person there, with the command that ends it."""
        for each in self.around.state.attentions.values():
            if each.about.split(" ")[0] == about:
                label = ATTENTION_KINDS[each.kind].label
                yield f"  needs you: {label}: {each.evidence}" if each.evidence else f"  {label}"
                if not each.command.startswith("explain "):
                    yield f"    farmctl {each.command}"

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


def _bed(bed: Bed) -> str:
    return "not clear" if bed is Bed.OCCUPIED else "not known to be clear"


def _phase(phase: RunPhase) -> str:
    """Return a phase in words: never a bare `unknown`."""
    if phase is RunPhase.UNKNOWN:
        return "may still print, not reprinted, since"
    return phase.value


def _counts(item: ItemRecord) -> str:
    said = [f"{item.quantity} wanted", f"{item.good} good"]
    for count, word in (
        (item.in_flight, "on plates or not judged"),
        (item.closed, "failed, waiting for a word"),
        (item.need, "to be put on plates"),
    ):
        if count:
            said.append(f"{count} {word}")
    return ", ".join(said)
