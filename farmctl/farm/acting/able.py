"""What a printer of the farm can do, by its driver's word: nobody is talked to."""

from __future__ import annotations

import asyncio

from farmctl.errors import Refused
from farmctl.farm.acting.session import open_drivers
from farmctl.farm.acting.verbs import readable
from farmctl.farm.parts import Farm
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName


def check_excludes(farm: Farm, state: State, name: PrinterName) -> None:
    """Raise Refused for a printer that cannot leave out one part of a print."""
    driver = open_drivers(farm, farm.desired(readable(farm), state), [name]).get(name)
    if driver is None:  # it left the farm: the controller answers
        return
    can = driver.promises.excludes
    asyncio.run(driver.close())
    if not can:
        kind = state.printers[name].declared.driver
        raise Refused(
            f"{name} cannot leave out one part: a `{kind}` printer prints a file as it is",
            f"to end the whole print: farmctl abort {name}; to say later how the part is:"
            f" farmctl clear {name} --failed ITEM",
        )
