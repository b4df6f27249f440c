"""What goes wrong at a machine: power, heat, and what people's hands do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from farmctl.soak.machines import Body
from farmctl.soak.stage import Stage
from farmctl.soak.strike import Catalogue, Strike

_BY_HAND = "theirs.gcode"
_OTHER_BYTES = b"; somebody else's\nG4 S60\n"


def _at(happen: Callable[[Body], object]) -> Strike:
    async def strike(stage: Stage, name: str) -> None:
        stage.machines[name].pass_time()
        happen(stage.machines[name])
        stage.wires[name].tell()

    return strike


def _power_cycle(*, keeps_history: bool) -> Strike:
    async def strike(stage: Stage, name: str) -> None:
        stage.machines[name].restart(keeps_history=keeps_history)
        stage.wires[name].hang_up()

    return strike


async def _swapped(stage: Stage, name: str) -> None:
    """Another machine answers at its address; the next time, the old one again."""
    stage.swap(name)


async def _deaf(stage: Stage, name: str) -> None:
    """Its line is open again, and brings nothing; the next time, it does."""
    wire = stage.wires[name]
    wire.is_telling = not wire.is_telling
    wire.hang_up()


async def _out_of_order(stage: Stage, name: str) -> None:
    """Answers to looks are overtaken by later ones."""
    stage.wires[name].overtaken += 3


def _started_by_hand(machine: Body) -> None:
    """Somebody prints something of theirs, if the machine is idle and empty: people look."""
    if not machine.is_busy and machine.on_bed is None:
        machine.put(_BY_HAND, b"G4 S600\n")
        machine.start(_BY_HAND)


def _ended_by_hand(machine: Body) -> None:
    if machine.is_busy:
        machine.cancel()


def _heater_fails(machine: Body) -> None:
    if machine.is_busy:
        machine.fail("Heater extruder not heating", "thermal")


FAULTS_AT_MACHINES: Catalogue = {
    "power cycle": _power_cycle(keeps_history=True),
    "power cycle without history": _power_cycle(keeps_history=False),
    "heater fails": _at(_heater_fails),
    "started by hand": _at(_started_by_hand),
    "paused by hand": _at(Body.pause),
    "ended by hand": _at(_ended_by_hand),
    "files wiped": _at(Body.wipe),
    "files overwritten": _at(partial(Body.overwrite, raw=_OTHER_BYTES)),
    "printer swapped": _swapped,
    "false reconnect": _deaf,
    "status out of order": _out_of_order,
}
"""By the name that people give them."""

_NO_HISTORY = "it keeps no history over a power cycle: each is one without"
_NO_PUSHES = "it pushes nothing that could be lost: it is asked all the time"

NEVER_ON: Mapping[tuple[str, str], str] = {
    ("power cycle without history", "prusalink"): _NO_HISTORY,
    ("power cycle without history", "bambu"): _NO_HISTORY,
    ("false reconnect", "prusalink"): _NO_PUSHES,
}
"""By fault and kind of machine, why the two never meet."""
