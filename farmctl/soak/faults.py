"""What goes wrong, each as something that can be made to happen on a stage."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from farmctl.soak.machines import Body
from farmctl.soak.stage import Stage
from farmctl.soak.wire import Fate

Strike = Callable[[Stage, str], Awaitable[None]]
"""Makes it happen, to the printer of that name where it is a printer's."""

_BY_HAND = "theirs.gcode"


def _on_the_line(fate: Fate) -> Strike:
    async def strike(stage: Stage, name: str) -> None:
        stage.fates[name].append(fate)

    return strike


def _at_the_machine(happen: Callable[[Body], object]) -> Strike:
    async def strike(stage: Stage, name: str) -> None:
        stage.machines[name].pass_time()
        happen(stage.machines[name])
        stage.wires[name].tell()

    return strike


async def _unplugged(stage: Stage, name: str) -> None:
    wire = stage.wires[name]
    wire.is_up = not wire.is_up
    wire.hang_up()


async def _killed(stage: Stage, _name: str) -> None:
    await stage.new_life()


async def _host_without_power(stage: Stage, _name: str) -> None:
    await stage.lose_power()


def _clock_steps(by: timedelta) -> Strike:
    async def strike(stage: Stage, _name: str) -> None:
        stage.clock.step(by)

    return strike


def _started_by_hand(machine: Body) -> None:
    """Somebody prints something of theirs, if the machine is idle and empty: people look."""
    if not machine.is_busy and machine.on_bed is None:
        machine.put(_BY_HAND, b"G4 S600\n")
        machine.start(_BY_HAND)


def _heater_fails(machine: Body) -> None:
    if machine.is_busy:
        machine.fail("Heater extruder not heating", "thermal")


def _ended_by_hand(machine: Body) -> None:
    if machine.is_busy:
        machine.cancel()


FAULTS: Mapping[str, Strike] = {
    "request lost": _on_the_line(Fate.REQUEST_LOST),
    "reply lost": _on_the_line(Fate.REPLY_LOST),
    "request late": _on_the_line(Fate.LATE),
    "request doubled": _on_the_line(Fate.DOUBLED),
    "no sense": _on_the_line(Fate.NO_SENSE),
    "refused": _on_the_line(Fate.REFUSED),
    "unplugged": _unplugged,
    "power cycle": _at_the_machine(Body.restart),
    "power cycle without history": _at_the_machine(
        lambda machine: machine.restart(keeps_history=False)
    ),
    "heater fails": _at_the_machine(_heater_fails),
    "started by hand": _at_the_machine(_started_by_hand),
    "paused by hand": _at_the_machine(Body.pause),
    "ended by hand": _at_the_machine(_ended_by_hand),
    "files wiped": _at_the_machine(Body.wipe),
    "controller killed": _killed,
    "host without power": _host_without_power,
    "clock steps back": _clock_steps(timedelta(minutes=-10)),
    "clock steps on": _clock_steps(timedelta(hours=1)),
}
"""By the name that people give them."""
