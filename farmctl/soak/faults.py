"""What goes wrong, each as something that can be made to happen on a stage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from farmctl.soak.faults_at_machines import FAULTS_AT_MACHINES, Strike
from farmctl.soak.stage import Stage
from farmctl.soak.wire import Fate


def _on_the_line(fate: Fate) -> Strike:
    async def strike(stage: Stage, name: str) -> None:
        stage.fates[name].append(fate)

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


FAULTS: Mapping[str, Strike] = {
    "request lost": _on_the_line(Fate.REQUEST_LOST),
    "reply lost": _on_the_line(Fate.REPLY_LOST),
    "request late": _on_the_line(Fate.LATE),
    "request doubled": _on_the_line(Fate.DOUBLED),
    "no sense": _on_the_line(Fate.NO_SENSE),
    "refused": _on_the_line(Fate.REFUSED),
    "unplugged": _unplugged,
    **FAULTS_AT_MACHINES,
    "controller killed": _killed,
    "host without power": _host_without_power,
    "clock steps back": _clock_steps(timedelta(minutes=-10)),
    "clock steps on": _clock_steps(timedelta(hours=1)),
}
"""By the name that people give them."""

LASTING = ("unplugged", "printer swapped", "false reconnect")
"""Those that last until they strike once more."""
