"""Asking the drivers' doctors while the farm is acted on: what must be mended before a start."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from msgspec import Struct

from farmctl.model.ids import PrinterName
from farmctl.model.look import Objection
from farmctl.printers.driver import PrinterDriver
from farmctl.system.clock import Clock

EVERY = timedelta(hours=1)
AGAIN = timedelta(seconds=30)
"""Who objects is asked again sooner: it may be mended by now, or was only in trouble."""
WITHIN_S = 10.0

Objections = tuple[Objection, ...]


class _Known(Struct, frozen=True):
    objections: Objections | None
    until: datetime


class Doctors:
    """What each printer's doctor objects to, asked at first and then every hour."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[PrinterName, _Known] = {}

    async def objections(self, name: PrinterName, driver: PrinterDriver) -> Objections | None:
        """Return what is known; None where the doctor has not answered yet."""
        known, now = self._known.get(name), self._clock.now()
        if known is not None and now < known.until:
            return known.objections
        asked = await _asked(driver)
        found = asked if asked is not None or known is None else known.objections
        self._known[name] = _Known(found, now + (EVERY if asked == () else AGAIN))
        return found


async def _asked(driver: PrinterDriver) -> Objections | None:
    try:
        async with asyncio.timeout(WITHIN_S):
            found = await driver.doctor()
            return tuple(Objection(each.message, each.mend) for each in found if each.refuses)
    except Exception:  # noqa: BLE001 - a doctor that breaks says nothing, and ends nothing
        return None
