"""What the ledger remembers, folded from its events: immutable records of orders, plates, runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from farmctl.model.events.orders import OrderText
from farmctl.model.events.plans import PlanWritten
from farmctl.model.events.plates import PlateComposed, PlateSliced
from farmctl.model.events.printers import PrinterDeclared, PrinterSeen
from farmctl.model.events.runs import Effect, PrinterSnapshot, RunQueued
from farmctl.model.ids import InstanceId, ItemKey, OrderId, PlateId, PrinterName, RunId
from farmctl.model.observation import Loaded
from farmctl.model.states import Bed, OrderPhase, PlatePhase, RunPhase, Verdict


@dataclass(frozen=True, slots=True)
class InstanceRecord:
    """One ordered part: where it is and what became of it.

    Args:
        plate: The plate that holds it, until that plate is void or its run over.
        run: The last run that counted as a try for it.
        verdict: What became of it there.
        reason: Why it failed.
        tries: Runs that counted, the first included.
        is_work: Whether a failed part may be made again.
    """

    plate: PlateId | None = None
    run: RunId | None = None
    verdict: Verdict = Verdict.PENDING
    reason: str | None = None
    tries: int = 0
    is_work: bool = True

    @property
    def is_good(self) -> bool:
        """Return whether the part counts as made."""
        return self.verdict is Verdict.SUCCESS

    @property
    def is_in_flight(self) -> bool:
        """Return whether it is on a plate, or made with an outcome nobody knows yet."""
        return self.plate is not None or self.verdict is Verdict.UNKNOWN

    @property
    def is_closed(self) -> bool:
        """Return whether it failed and waits for the gate `reprint` or a person."""
        return not (self.is_good or self.is_in_flight or self.is_work)

    @property
    def is_free(self) -> bool:
        """Return whether it can be put on a plate."""
        return not (self.is_good or self.is_in_flight) and self.is_work


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """One item of an order, by its parts.

    Args:
        item: `ord-1042/bracket`.
        quantity: How many are wanted now.
        instances: Every part that was ever put on a plate, by its number.
        made_before: Good parts of an earlier life of the order, remembered as a sum.
        highest: The highest number a part was ever given.
    """

    item: ItemKey
    quantity: int
    instances: Mapping[InstanceId, InstanceRecord] = field(default_factory=dict)
    made_before: int = 0
    highest: int = 0

    @property
    def good(self) -> int:
        """Return how many are made."""
        return self.made_before + sum(each.is_good for each in self.instances.values())

    @property
    def in_flight(self) -> int:
        """Return how many are on plates or of unknown outcome."""
        return sum(each.is_in_flight for each in self.instances.values())

    @property
    def closed(self) -> int:
        """Return how many failed and wait for a word."""
        return sum(each.is_closed for each in self.instances.values())

    @property
    def need(self) -> int:
        """Return how many must still be put on plates: never below 0."""
        return max(0, self.quantity - self.good - self.in_flight - self.closed)

    @property
    def is_done(self) -> bool:
        """Return whether all that are wanted are made."""
        return self.good >= self.quantity


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order that has work or had some lately."""

    text: OrderText
    phase: OrderPhase
    accepted_at: datetime
    closed_at: datetime | None = None
    held: str | None = None


@dataclass(frozen=True, slots=True)
class PlateRecord:
    """A build plate."""

    composed: PlateComposed
    phase: PlatePhase
    at: datetime
    sliced: PlateSliced | None = None
    failed_code: str | None = None
    failed_message: str | None = None
    approved: tuple[str, ...] = ()
    run: RunId | None = None


@dataclass(frozen=True, slots=True)
class Outstanding:
    """An effect that was intended and has no answer yet."""

    effect: Effect
    file: str
    since: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked of a run and is not answered yet."""

    verb: str
    request: int
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One attempt to print one plate on one printer.

    Args:
        queued: What was decided.
        phase: Where it stands.
        at: When it came there.
        file: The name on the device of the last upload try.
        attempt: How many upload tries.
        outstanding: Effects that wait for their answers: a cancel or pause may overtake a start.
        start_answer: accepted, rejected, unknown, or None before the start.
        start_at: When the start was intended.
        snapshot: The printer then.
        bed_before: The bed then, given back when the run turns out never to have printed.
        job_id: The device's id of the job.
        asked: Open requests of people.
        is_deleted: Whether the file is gone from the device.
        is_fenced: Whether a look after that showed that our job is not on the machine.
        delete_tries: How often deleting was tried.
        cancel_tries: How often canceling was tried.
        is_counted: Whether it counts as a try of its parts.
        reason: Why it ended.
        evidence: What says so.
        is_judged: Whether its parts have verdicts.
    """

    queued: RunQueued
    phase: RunPhase
    at: datetime
    file: str | None = None
    attempt: int = 0
    outstanding: tuple[Outstanding, ...] = ()
    start_answer: str | None = None
    start_at: datetime | None = None
    snapshot: PrinterSnapshot | None = None
    bed_before: Bed = Bed.UNKNOWN
    job_id: str | None = None
    asked: tuple[Asked, ...] = ()
    is_deleted: bool = False
    is_fenced: bool = False
    delete_tries: int = 0
    cancel_tries: int = 0
    reason: str | None = None
    evidence: str | None = None
    is_judged: bool = False
    is_counted: bool = False

    @property
    def run(self) -> RunId:
        """Return its id."""
        return self.queued.run

    @property
    def printer(self) -> PrinterName:
        """Return the printer it is on."""
        return self.queued.printer


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody, or a safety rule, said stop."""

    reason: str
    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PrinterRecord:
    """A printer as the ledger knows it.

    Args:
        declared: What the farm says of it.
        seen: What the last look showed that differed from the one before.
        seen_at: When that was.
        bed: Its surface.
        bed_why: Who or what says so.
        loaded: What is in it, as people said or the device knows.
        holds: Why nothing may start.
        run: The run that is on it.
        effect_at: When the answer to our last effect was recorded.
        bed_run: The run whose parts lie on the bed.
        known_head: The newest job on the device that the ledger can explain.
        known_total: The device's job count that the ledger can explain.
        known_boot: The device's boot when its bed was last said to be clear.
    """

    declared: PrinterDeclared
    bed: Bed = Bed.UNKNOWN
    bed_why: str = "never said to be clear"
    seen: PrinterSeen | None = None
    seen_at: datetime | None = None
    loaded: tuple[Loaded, ...] = ()
    holds: tuple[Hold, ...] = ()
    run: RunId | None = None
    effect_at: datetime | None = None
    bed_run: RunId | None = None
    known_head: str | None = None
    known_total: int | None = None
    known_boot: str | None = None


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """The current revision of a build plan."""

    written: PlanWritten
    at: datetime


@dataclass(frozen=True, slots=True)
class AttentionRecord:
    """Something that needs a person."""

    attention: str
    kind: str
    about: str
    evidence: str
    command: str
    since: datetime
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer of a policy to one question: written again only when it changes."""

    decision: str
    outcome: str
    explanations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClosedOrder:
    """An order that is over, in one line.

    Args:
        order: Its id.
        blob: Git's object id of its file: unchanged, it is not parsed again.
        phase: fulfilled or canceled.
        closed_at: When.
        made: Item names with how many were wanted, how many are good, and the highest number used.
        runs: Runs that made them.
    """

    order: OrderId
    blob: str
    phase: OrderPhase
    closed_at: datetime
    made: tuple[ItemTally, ...]
    runs: tuple[RunId, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemTally:
    """How many of an item were wanted and made."""

    name: str
    quantity: int
    good: int
    highest: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A print that failed: what breakers count."""

    printer: PrinterName
    run: RunId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """The highest numbers given so far; a number is never given twice."""

    run: int = 0
    plate: int = 0
    decision: int = 0
    attention: int = 0
