"""The demonstration: the reference farm in a new folder, with somebody who clears the bed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from farmctl.control.verdicts import clear_bed
from farmctl.farm.acting.running import Idle, Watcher, until_idle
from farmctl.farm.acting.session import Session, session
from farmctl.farm.acting.verbs import say as tell
from farmctl.farm.founding.founding import Wish, found
from farmctl.farm.parts import Farm
from farmctl.farmrepo.identity import Identity
from farmctl.ledger.state import State
from farmctl.model.envelope import Actor
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import PrinterName
from farmctl.model.states import Bed
from farmctl.system.scratch import lasting_folder

SOMEBODY = Actor("person", "demo", "demo")
DEMO = Identity("farmctl demo", "demo@localhost")


def make_demo(at: Path | None) -> Farm:
    """Make the reference farm in a new folder.

    Raises:
        FarmctlError: Something is in the way.
    """
    folder = at or lasting_folder("farmctl-demo-")
    return found(Wish(folder, "demo", is_sample=True), lambda *_: DEMO).farm


def look_at_beds(farm: Farm, say: Callable[[str], None]) -> None:
    """Say that the beds are empty: of new printers nobody knows, and nothing would start."""
    names = [PrinterName(each.name) for each in farm.desired().farm.printers]
    say(f"(somebody looks at the beds: farmctl clear {' '.join(names)})")
    tell(
        farm, lambda state: [fact for name in names for fact in clear_bed(state, name, None)], names
    )


async def play(farm: Farm, say: Callable[[str], None], told: Watcher) -> State:
    """Turn the loop until all is made; the person who would clear beds is played too."""
    async with session(farm, "demo") as here:
        while True:
            idle = await until_idle(here, told)
            if idle is not Idle.WAITS_FOR_PERSON or not clear_beds(here, say):
                return here.recorder.state


def clear_beds(here: Session, say: Callable[[str], None]) -> bool:
    """Clear every bed that waits for a person; return whether there was one."""
    people = here.recorder.as_said_by(SOMEBODY)
    state = here.recorder.state
    cleared = False
    for name, record in sorted(state.printers.items()):
        is_free = record.run is None and record.seen is not None and record.seen.state == "ready"
        if record.bed is not Bed.CLEAR and is_free and record.seen is not None:
            say(f"(somebody clears {name}: farmctl clear {name})")
            people.append(BedCleared(name, "person", record.seen.history_head))
            cleared = True
    return cleared
