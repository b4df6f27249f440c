"""What a glance at the farm needs of the ledger, small enough to be kept beside it.

`farmctl status` is typed often: reading a sheet takes a hundredth of the time that folding the
ledger does. A sheet says nothing about the present moment; `control.glance` adds that.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class PrinterRow(Struct, frozen=True):
    """A printer as the ledger knows it.

    Args:
        name: Which.
        printer_class: `voron-350@3.0.0`.
        phase: ready, busy, external, paused, offline or unknown, by the last look that differed.
        seen_at: When that was.
        bed: clear, occupied or unknown.
        bed_why: Who or what says so.
        loaded: `PETG/black`, slot by slot.
        job: What it prints that this farm does not follow, or None.
        held: Why nothing may start there, or None.
        failed: Whether parts of a failed print lie on it.
    """

    name: str
    printer_class: str
    phase: str
    seen_at: datetime | None
    bed: str
    bed_why: str
    loaded: tuple[str, ...]
    job: str | None = None
    held: str | None = None
    failed: bool = False


class PrintRow(Struct, frozen=True):
    """A print that is under way.

    Args:
        run: `run-17`.
        printer: Where.
        phase: Where it stands.
        orders: Which orders it serves.
        parts: `bracket ×6`.
        start_at: When its start was intended.
        time_ms: How long it takes, as sliced.
        file: Its file on the printer, or None before it is sent.
    """

    run: str
    printer: str
    phase: str
    orders: tuple[str, ...]
    parts: str
    start_at: datetime | None
    time_ms: int
    file: str | None = None


class WaitRow(Struct, frozen=True):
    """Parts on a plate that no printer has begun.

    Args:
        plate: `plate-12`.
        orders: Which orders they are of.
        parts: `bracket ×6`.
        printer_class: The class they are arranged for.
        filaments: What must be loaded, slot by slot.
        is_sliced: Whether there is g-code.
        time_ms: How long it prints; 0 before it is sliced.
        since: When the plate was composed or sliced.
    """

    plate: str
    orders: tuple[str, ...]
    parts: str
    printer_class: str
    filaments: tuple[str, ...]
    is_sliced: bool
    time_ms: int
    since: datetime


class OrderRow(Struct, frozen=True):
    """An order that is open.

    Args:
        order: Its id.
        parts: What is still to be put on plates, `bracket ×6`; empty when nothing is.
        due: When it must be ready.
        held: Why nothing of it starts, or None.
    """

    order: str
    parts: str
    due: datetime | None
    held: str | None


class NeedRow(Struct, frozen=True):
    """Something that needs a person, as the ledger has it."""

    kind: str
    about: str
    evidence: str
    command: str
    since: datetime


class HeldRow(Struct, frozen=True):
    """Something that somebody, or a rule, said stop to."""

    subject: str
    by: str
    reason: str
    since: datetime | None
    command: str


class Sheet(Struct, frozen=True):
    """All of it.

    Args:
        seq: The last event that it knows of.
        commit: The commit that the farm was last acted on from.
        printers: By name.
        prints: By number.
        waiting: The oldest first.
        orders: By id.
        needs: The oldest first.
        held: The farm, printers, profiles, orders.
        damage: Why the ledger cannot be trusted, or None.
        mend: What to do about that.
    """

    seq: int
    commit: str | None
    printers: tuple[PrinterRow, ...] = ()
    prints: tuple[PrintRow, ...] = ()
    waiting: tuple[WaitRow, ...] = ()
    orders: tuple[OrderRow, ...] = ()
    needs: tuple[NeedRow, ...] = ()
    held: tuple[HeldRow, ...] = ()
    damage: str | None = None
    mend: str = ""
