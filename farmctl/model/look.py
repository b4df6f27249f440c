"""One look at one printer, with what was asked beside it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from farmctl.model.observation import Ending, Observation
from farmctl.model.recorded import PrinterRecord


class Patience(Struct, frozen=True):
    """What a decision must know of the driver.

    Args:
        patience_s: How long an unanswered start may take to show.
        deletion_fences: A deleted file cannot start.
        survives_restart: The device remembers its jobs over a power cut.
        excludes: One part of a running print can be left out.
    """

    patience_s: float
    deletion_fences: bool
    survives_restart: bool
    excludes: bool = False


class Objection(Struct, frozen=True):
    """Something about a device that must be mended before anything starts on it."""

    message: str
    mend: str


class Look(Struct, frozen=True):
    """What was seen.

    Args:
        observation: The device, now.
        patience: What its driver promises.
        asked_file: The file whose end was asked for after the observation.
        ending: The device's record of that file's end.
        strange_files: Files named like ours that this ledger does not know.
        objections: What its doctor objects to; None where it was not asked.
    """

    observation: Observation
    patience: Patience
    asked_file: str | None = None
    ending: Ending | None = None
    strange_files: tuple[str, ...] = ()
    objections: tuple[Objection, ...] | None = None

    def is_after(self, at: datetime | None) -> bool:
        """Return whether the look was taken after `at`."""
        return at is None or self.observation.seen_at > at

    def is_fresh(self, record: PrinterRecord) -> bool:
        """Return whether the look is newer than the answer to our last effect on the printer."""
        return self.is_after(record.effect_at)

    def unexplained(self, record: PrinterRecord) -> str | None:
        """Return what happened on the printer since its bed was clear that nobody here knows.

        A restart is explained only by a device that remembers its jobs over one.
        """
        seen = self.observation
        if seen.history_head is not None and seen.history_head != record.known_head:
            return f"job {seen.history_head} on the printer is not known here"
        total = record.known_total
        if total is not None and seen.jobs_total is not None and seen.jobs_total > total:
            return f"the printer had {seen.jobs_total - total} jobs that are not known here"
        if seen.boot != record.known_boot and not self.patience.survives_restart:
            return "the printer was restarted, and does not remember what it did before"
        return None
