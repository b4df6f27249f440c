"""Which machines are not as the farm says: every printer looked at, and compared."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from farmctl.control.decide.decide import declared
from farmctl.control.decide.printers import seen_as
from farmctl.control.subjects import unknown
from farmctl.farm.parts import Farm
from farmctl.farm.printers.looking import look_at_all
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events.printers import PrinterDeclared
from farmctl.model.ids import PrinterName
from farmctl.model.look import Look
from farmctl.model.observation import Observation
from farmctl.model.recorded import PrinterRecord
from farmctl.planning.drift import Compared, Standing, What, compared


class DriftRow(Struct, frozen=True):
    """One thing of one printer.

    Args:
        printer: Where.
        what: identity, nozzle, bed, firmware or loaded.
        state: in sync, drifted, unknown or ignored.
        said: What the farm says; empty where it says nothing.
        seen: What the machine says; empty where it says nothing.
        since: Since when it is drifted or unknown, where the ledger knows.
        reason: Why it is ignored, or why it is unknown.
        holds: Whether nothing starts there because of it; of a spool: nothing that needs another.
    """

    printer: PrinterName
    what: str
    state: str
    said: str
    seen: str
    since: datetime | None = None
    reason: str = ""
    holds: bool = False


def drift(farm: Farm, printer: str | None) -> tuple[DriftRow, ...]:
    """Return how each thing of a printer, or of all, stands to what the farm says.

    Looks at every printer, and changes nothing. Raises NoSuchThing, InvalidDocuments.
    """
    view = farm.view()
    desired = farm.desired("HEAD", view.state)
    facts = declared(desired)
    if printer is not None and printer not in facts:
        raise unknown(printer, "printer", facts)
    only = None if printer is None else (printer,)
    looks = asyncio.run(look_at_all(farm, desired, view, only))
    names = sorted(facts) if printer is None else [PrinterName(printer)]
    return tuple(
        row
        for name in names
        for row in rows_of(desired, _record(view.state, facts[name]), looks.get(name))
    )


def _record(state: State, fact: PrinterDeclared) -> PrinterRecord:
    """Return what is known of a printer, with what the farm says of it now."""
    known = state.printers.get(fact.printer)
    if known is None:
        return PrinterRecord(fact, loaded=fact.loaded)
    return PrinterRecord(fact, loaded=known.loaded, seen=known.seen, seen_at=known.seen_at)


def rows_of(desired: Desired, record: PrinterRecord, look: Look | None) -> Iterator[DriftRow]:
    """Yield everything of one printer. Pure."""
    seen = look.observation if look is not None else None
    here = seen if seen is not None and seen.is_reachable else None
    for each in compared(record, here):
        yield _row(desired, record, each, seen)


def _row(
    desired: Desired, record: PrinterRecord, each: Compared, seen: Observation | None
) -> DriftRow:
    name = record.declared.printer
    row = DriftRow(name, each.what, each.standing, each.said, each.seen)
    match each.standing:
        case Standing.IN_SYNC:
            return row
        case Standing.IGNORED:
            return replace(row, reason=desired.farm.drift.reason(name, each.what) or "")
        case Standing.UNKNOWN:
            is_silent = seen is None or not seen.is_reachable
            why = "it does not answer" if is_silent else "it does not say"
            return replace(row, since=_since(record, seen), reason=why)
        case Standing.DRIFTED:
            holds = each.what is not What.FIRMWARE
            return replace(row, since=_since(record, seen), holds=holds)
    assert_never(each.standing)


def _since(record: PrinterRecord, seen: Observation | None) -> datetime | None:
    """Return since when the printer is seen as it is now, by the ledger, else by this look."""
    if seen is None or seen_as(seen) == record.seen:
        return record.seen_at
    return seen.seen_at
