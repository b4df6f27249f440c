"""Looking at every printer once, for who acts on none of them."""

from __future__ import annotations

from collections.abc import Collection

from farmctl.control.observe import Observer, Whose
from farmctl.farm.acting.session import open_drivers
from farmctl.farm.parts import Farm
from farmctl.ledger.state import State
from farmctl.ledger.view import View
from farmctl.model.desired import Desired
from farmctl.model.ids import PrinterName
from farmctl.model.look import Look


async def look_at_all(
    farm: Farm, desired: Desired, view: View[State], only: Collection[str] | None = None
) -> dict[PrinterName, Look]:
    """Return a fresh look at each printer, or at these; nothing is recorded or kept."""
    found = view.identity
    whose = Whose(found.ledger if found else "", found.epoch if found else 0)
    observer = Observer(open_drivers(farm, desired, only), farm.clock, whose)
    try:
        await observer.look(observer.drivers, view.state)
    finally:
        for driver in observer.drivers.values():
            await driver.close()
    return dict(observer.looks)
