"""Facts about printers, their beds and what is loaded in them."""

from __future__ import annotations

from msgspec import Struct

from farmctl.model.events.registry import fact
from farmctl.model.ids import PrinterName
from farmctl.model.observation import Loaded


@fact("printer.declared", subject="printer/{printer}")
class PrinterDeclared(Struct, frozen=True):
    """The farm has this printer, or says something new about it.

    Args:
        printer: Which.
        printer_class: `voron-350@3.0.0`.
        driver: How it is talked to.
        nozzle_um: Its nozzle.
        clears: `person` or `ejector`.
        tags: Its own.
        loaded: What should be in it at first, slot by slot.
        identity: The machine that may be acted on.
        space_um: Width, depth and height that its class needs.
        firmware: What it should run; None for any.
        ignores: What of it may differ from what the farm says.
    """

    printer: PrinterName
    printer_class: str
    driver: str
    nozzle_um: int
    clears: str
    tags: tuple[str, ...] = ()
    loaded: tuple[Loaded, ...] = ()
    identity: str | None = None
    guard: bool = False
    space_um: tuple[int, int, int] | None = None
    firmware: str | None = None
    ignores: tuple[str, ...] = ()


@fact("printer.withdrawn", subject="printer/{printer}")
class PrinterWithdrawn(Struct, frozen=True):
    """The farm no longer has this printer."""

    printer: PrinterName


@fact("printer.seen", subject="printer/{printer}")
class PrinterSeen(Struct, frozen=True):
    """A look shows something else than the look before it.

    Args:
        printer: Which.
        state: What the device says it is doing.
        identity: Its serial or id.
        job_file: The file it prints.
        job_id: The device's id of that job.
        history_head: The newest job it remembers.
        jobs_total: How many jobs it ever had.
        boot: Changes when the device restarts.
        firmware: Its version.
        nozzle_um: Where the device knows it.
        space_um: Width, depth and height, where the device knows them.
        loaded: Where the device knows it.
        message: What it says to a person.
    """

    printer: PrinterName
    state: str
    identity: str | None = None
    job_file: str | None = None
    job_id: str | None = None
    history_head: str | None = None
    jobs_total: int | None = None
    boot: str | None = None
    firmware: str | None = None
    nozzle_um: int | None = None
    space_um: tuple[int, int, int] | None = None
    loaded: tuple[Loaded, ...] | None = None
    message: str = ""


@fact("bed.cleared", subject="printer/{printer}")
class BedCleared(Struct, frozen=True):
    """A person or an ejector says that the bed is empty; a newer job undoes it.

    Args:
        printer: Which.
        by: `person` or `ejector`.
        last_job: The last job seen on the device when it was said.
    """

    printer: PrinterName
    by: str
    last_job: str | None = None


@fact("bed.doubted", subject="printer/{printer}")
class BedDoubted(Struct, frozen=True):
    """Something happened on the machine that the ledger cannot explain."""

    printer: PrinterName
    why: str


@fact("spool.loaded", subject="printer/{printer}")
class SpoolLoaded(Struct, frozen=True):
    """A person says what is in a printer now."""

    printer: PrinterName
    loaded: tuple[Loaded, ...]
    lot: str | None = None


@fact("device.swept", subject="printer/{printer}")
class ForeignFilesSeen(Struct, frozen=True):
    """A file named like ours that this ledger does not know lies on the device."""

    printer: PrinterName
    files: tuple[str, ...]
