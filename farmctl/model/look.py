"""One look at one printer, with what was asked beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farmctl.model.observation import Ending, Observation
from farmctl.model.recorded import PrinterRecord


@dataclass(frozen=True, slots=True)
class Patience:
    """What a decision must know of the driver: how long to wait, and whether deleting fences."""

    patience_s: float
    deletion_fences: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen.

    Args:
        observation: The device, now.
        patience: What its driver promises.
        asked_file: The file whose end was asked for after the observation.
        ending: The device's record of that file's end.
        strange_files: Files named like ours that this ledger does not know.
    """

    observation: Observation
    patience: Patience
    asked_file: str | None = None
    ending: Ending | None = None
    strange_files: tuple[str, ...] = ()

    def is_after(self, at: datetime | None) -> bool:
        """Return whether the look was taken after `at`."""
        return at is None or self.observation.seen_at > at

    def is_fresh(self, record: PrinterRecord) -> bool:
        """Return whether the look is newer than the answer to our last effect on the printer."""
        return self.is_after(record.effect_at)
