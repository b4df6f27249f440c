"""What the ledger remembers of printers, holds and what needs a person."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from farmctl.model.events.printers import PrinterDeclared, PrinterSeen
from farmctl.model.ids import RunId
from farmctl.model.observation import Loaded
from farmctl.model.states import Bed


class Hold(Struct, frozen=True):
    """Somebody, or a safety rule, said stop."""

    reason: str
    by: str
    since: datetime


class PrinterRecord(Struct, frozen=True):
    """A printer as the ledger knows it.

    Args:
        declared: What the farm says of it.
        seen: What the last look showed that differed from the one before.
        seen_at: When that was.
        bed: Its surface.
        bed_why: Who or what says so.
        loaded: What is in it, as people said; `slots` is what counts.
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

    @property
    def slots(self) -> tuple[Loaded, ...]:
        """Return what is in it: by the device's word where it knows, else by people's."""
        return self.slots_when(self.seen.loaded if self.seen else None)

    def slots_when(self, seen: tuple[Loaded, ...] | None) -> tuple[Loaded, ...]:
        """Return what is in it when the device says `seen`; None where it does not know.

        A color that the device cannot tell is the one that was said of the same material.
        """
        if seen is None or "loaded" in self.declared.ignores:
            return self.loaded
        said = {each.slot: each for each in self.loaded}
        return tuple(_colored(each, said.get(each.slot)) for each in seen)


def _colored(seen: Loaded, said: Loaded | None) -> Loaded:
    return said if said is not None and seen.is_as_said(said) else seen


class AttentionRecord(Struct, frozen=True):
    """Something that needs a person."""

    attention: str
    kind: str
    about: str
    evidence: str
    command: str
    since: datetime
    acknowledged: bool = False


class Counts(Struct, frozen=True):
    """The highest numbers given so far; a number is never given twice."""

    run: int = 0
    plate: int = 0
    decision: int = 0
    attention: int = 0
