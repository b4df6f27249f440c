"""What the ledger remembers of build plates and runs."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from farmctl.model.events.plates import PlateComposed, PlateSliced
from farmctl.model.events.runs import Effect, PrinterSnapshot, RunQueued
from farmctl.model.ids import PrinterName, RunId
from farmctl.model.states import Bed, PlatePhase, RunPhase

DELETE_TRIES = 5
"""So often is tidying up tried; a device with too many files is a person's."""


class PlateRecord(Struct, frozen=True):
    """A build plate."""

    composed: PlateComposed
    phase: PlatePhase
    at: datetime
    sliced: PlateSliced | None = None
    failed_code: str | None = None
    failed_message: str | None = None
    approved: tuple[str, ...] = ()
    run: RunId | None = None


class Outstanding(Struct, frozen=True):
    """An effect that was intended and has no answer yet; `part` is the label of the one part."""

    effect: Effect
    file: str
    since: datetime
    seq: int
    part: str | None = None


class Asked(Struct, frozen=True):
    """What a person asked of a run and is not answered yet.

    Args:
        verb: abort, pause, resume or exclude.
        request: Number of the event that asked.
        reason: Why.
        by: Who asked.
        part: The label of the part that shall be left out.
        declined: Why the device will not do it, by its own word.
    """

    verb: str
    request: int
    reason: str
    by: str
    part: str | None = None
    declined: str | None = None


class LeftOut(Struct, frozen=True):
    """A part that a print no longer makes: its label, and why it failed where a person said so."""

    part: str
    reason: str | None


class Doubted(Struct, frozen=True):
    """A part that somebody wanted left out: it is not presumed to be good, left out or not.

    Args:
        part: Its label.
        why_not: Why it was not left out, once that is known.
        sent: How many calls were made for it that the device did not certainly refuse: one without
            an answer may come late.
    """

    part: str
    why_not: str | None = None
    sent: int = 0


class Leftover(Struct, frozen=True):
    """What an upload that was never answered may have left on a device.

    Args:
        file: Its name there.
        tries: How often deleting was tried.
    """

    file: str
    tries: int = 0


class RunRecord(Struct, frozen=True):
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
        leftovers: Files of earlier upload tries that may be on the device.
        cancel_tries: How often canceling was tried.
        exclude_tries: How often leaving a part out was tried.
        left_out: The parts that the printer no longer makes.
        doubted: The parts that somebody wanted left out.
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
    leftovers: tuple[Leftover, ...] = ()
    cancel_tries: int = 0
    exclude_tries: int = 0
    left_out: tuple[LeftOut, ...] = ()
    doubted: tuple[Doubted, ...] = ()
    reason: str | None = None
    evidence: str | None = None
    is_judged: bool = False
    is_counted: bool = False

    @property
    def run(self) -> RunId:
        """Return its id."""
        return self.queued.run

    @property
    def to_delete(self) -> Leftover | None:
        """Return the file to be deleted next: that of the last try, then those of earlier ones."""
        if self.file is not None and not self.is_deleted and self.delete_tries < DELETE_TRIES:
            return Leftover(self.file, self.delete_tries)
        left = (each for each in self.leftovers if each.file != self.file)
        return next((each for each in left if each.tries < DELETE_TRIES), None)

    @property
    def is_off_device(self) -> bool:
        """Return whether nothing of it is on the device any more."""
        return not self.leftovers and (self.file is None or self.is_deleted)

    @property
    def labels_left_out(self) -> frozenset[str]:
        """Return the labels of the parts that the printer no longer makes."""
        return frozenset(each.part for each in self.left_out)

    @property
    def printer(self) -> PrinterName:
        """Return the printer it is on."""
        return self.queued.printer


class Failure(Struct, frozen=True):
    """A print that failed: what breakers count."""

    printer: PrinterName
    run: RunId
    reason: str
    at: datetime
