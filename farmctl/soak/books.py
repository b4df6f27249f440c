"""What the journal says, read as anybody could: the evidence of the checker's one side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from msgspec import Struct, field

from farmctl.ledger.anchors import Mark
from farmctl.ledger.fold import evolve
from farmctl.ledger.lines import Place
from farmctl.ledger.state import State
from farmctl.model.documents.policy import Reprint
from farmctl.model.envelope import Event
from farmctl.model.events import payload_of
from farmctl.model.events.orders import ItemsJudged, ReprintAllowed
from farmctl.model.events.plans import PolicyDecided
from farmctl.model.events.plates import PlateComposed
from farmctl.model.events.printers import PrinterSeen
from farmctl.model.events.run_life import (
    ExcludeRequested,
    RunAborted,
    RunCompleted,
    RunFailed,
    RunStarted,
    RunVoided,
)
from farmctl.model.events.runs import (
    EFFECT_OF,
    Effect,
    Intended,
    RunQueued,
    StartIntended,
    UploadIntended,
)
from farmctl.model.ids import InstanceId, PrinterName, RunId, item_of
from farmctl.model.observation import DeviceState
from farmctl.model.states import Verdict
from farmctl.soak.permits import forbidden

Say = Callable[[str, str], None]
"""Told of a violation: the name of what is violated, and what was seen."""


class Sanction(Struct, frozen=True):
    """What stands behind an intended start.

    Args:
        intent: What was intended.
        queued: The run.
        decision: What allowed it; None when nothing did.
        parts: What lies on its plate.
        labels: The same, by their labels in the g-code.
        envelope: Digest of the bytes that were to be sent.
    """

    intent: StartIntended
    queued: RunQueued
    decision: PolicyDecided | None
    parts: tuple[InstanceId, ...]
    labels: frozenset[str] = frozenset()
    envelope: str = ""


class Once(Struct):
    """What was durable once, whatever became of the journal since.

    Args:
        starts: Every intended start, by its file: no two have the same.
        effects: Hashes of the events that intended an effect, by effect and file.
        envelopes: Digests of what was to be sent, by file.
        wanted_out: What somebody wanted left out: a file, and a part's label.
    """

    starts: dict[str, Sanction]
    effects: dict[tuple[Effect, str], set[str]]
    envelopes: dict[str, str] = field(default_factory=dict)
    wanted_out: set[tuple[str, str]] = field(default_factory=set)


class Shown(Struct, frozen=True):
    """What a look showed of a printer's jobs, and the event's number."""

    seq: int
    printer: PrinterName
    job_file: str | None
    head: str | None
    total: int | None
    boot: str | None
    is_fault: bool


class Books:
    """One journal from its first event on.

    Args:
        once: What earlier journals held; what this one holds is added.
        say: Told of what contradicts itself.

    Attributes:
        state: The fold.
        events: What was read.
        marks: What stands at each number, from 1 on.
        places: The place behind each event.
        files: Files whose start this journal holds.
        voided: Runs that are called void, by their file.
        allowed: How often each part may be made again.
        shown: What looks showed that differed from the look before.
        said: Facts that nobody has read here yet.
        called: Runs that are called started, each with its file, that nobody has read here yet.
    """

    def __init__(self, once: Once, say: Say) -> None:
        self.once = once
        self.state = State()
        self.events: list[Event] = []
        self.marks: list[Mark] = []
        self.places: list[Place] = []
        self.files: set[str] = set()
        self.voided: dict[str, RunId] = {}
        self.allowed = Counter[InstanceId]()
        self.shown: list[Shown] = []
        self.said: list[object] = []
        self.called: list[tuple[RunId, str | None]] = []
        self._say = say
        self._by_policy = Counter[InstanceId]()
        self._decisions: dict[str, PolicyDecided] = {}
        self._ended: dict[RunId, str] = {}

    def take(self, event: Event, place: Place) -> None:
        """Take in the next event, and the place behind it."""
        payload = payload_of(event.type, event.data)
        before = self.state
        self.state = evolve(before, payload, at=event.time, seq=event.seq, actor=event.actor.id)
        self.events.append(event)
        self.marks.append(Mark(event.epoch, event.hash, event.seq))
        self.places.append(place)
        if isinstance(payload, Intended):
            key = EFFECT_OF[type(payload)], payload.file
            self.once.effects.setdefault(key, set()).add(event.hash)
        self.said.append(payload)
        self._note(payload, before)
        self._note_parts(payload, before)

    def _show(self, seen: PrinterSeen) -> None:
        self.shown.append(
            Shown(
                seq=self.state.seq,
                printer=seen.printer,
                job_file=seen.job_file,
                head=seen.history_head,
                total=seen.jobs_total,
                boot=seen.boot,
                is_fault=seen.state == DeviceState.FAULT,
            )
        )

    def _note(self, payload: object, before: State) -> None:
        match payload:
            case PolicyDecided(decision=decision):
                self._decisions[decision] = payload
            case StartIntended(file=file):
                self.files.add(file)
                self.once.starts[file] = self._sanction(payload)
                for why in forbidden(before, payload):
                    self._say("I5", f"a start of {file} was intended although {why}")
            case RunStarted(run=run):
                self.called.append((run, before.runs[run].file))
            case PlateComposed():
                self._check_need(payload)
            case ReprintAllowed(instances=parts, by=by):
                self._allow(parts, by)
            case PrinterSeen():
                self._show(payload)
            case RunVoided(run=run):
                self._void(run, before)
            case RunCompleted(run=run) | RunFailed(run=run) | RunAborted(run=run):
                self._end(run, type(payload).__name__)
            case _:
                pass

    def _note_parts(self, payload: object, before: State) -> None:
        """Take in what is sent, and what becomes of single parts of it."""
        match payload:
            case UploadIntended(file=file, envelope=envelope) if envelope:
                self.once.envelopes[file] = envelope
            case ExcludeRequested(run=run, part=part):
                self.once.wanted_out.add((before.runs[run].file or "", part))
            case ItemsJudged():
                self._check_presumed(payload, before)
            case _:
                pass

    def _sanction(self, intent: StartIntended) -> Sanction:
        run = self.state.runs[intent.run]
        plate = self.state.plates[run.queued.plate]
        placed = plate.composed.placed
        return Sanction(
            intent,
            run.queued,
            self._decisions.get(run.queued.decision),
            tuple(each.instance for each in placed),
            frozenset(each.label for each in placed),
            self.once.envelopes.get(intent.file) or run.queued.envelope,
        )

    def _check_presumed(self, judged: ItemsJudged, before: State) -> None:
        """Nobody but a person calls a part good that somebody wanted left out."""
        run = before.runs.get(judged.run)
        if run is None or not judged.by.startswith("policy/"):
            return
        bad = run.labels_left_out | {each.part for each in run.doubted}
        placed = before.plates[run.queued.plate].composed.placed
        doubted = {each.instance for each in placed if each.label in bad}
        for each in judged.verdicts:
            if each.instance in doubted and each.verdict == Verdict.SUCCESS:
                self._say("parts", f"{each.instance} was to be left out, and is presumed good")

    def _check_need(self, composed: PlateComposed) -> None:
        for item in sorted({item_of(each.instance) for each in composed.placed}):
            record = self.state.items.get(item)
            if record is None:
                self._say("I3", f"{composed.plate} is composed of {item}, which is closed")
            elif record.good + record.in_flight > record.quantity:
                made = f"{record.good} made and {record.in_flight} on plates"
                self._say("I3", f"{item}: {made} of {record.quantity} ordered")

    def _allow(self, parts: tuple[InstanceId, ...], by: str) -> None:
        self.allowed.update(parts)
        if not by.startswith("policy/"):
            return
        self._by_policy.update(parts)
        for part in parts:
            if self._by_policy[part] >= Reprint().max_tries:
                self._say("I3", f"{part} is tried more often than the policy lets it be")

    def _void(self, run: RunId, before: State) -> None:
        file = before.runs[run].file
        self._end(run, "RunVoided")
        if file is not None:
            self.voided[file] = run

    def _end(self, run: RunId, how: str) -> None:
        """A run ends once, and stays as it ended."""
        if run in self._ended:
            self._say("I4", f"{run} ended by {self._ended[run]}, then by {how}")
        self._ended[run] = how
