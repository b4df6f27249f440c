"""What goes wrong with controllers and their hosts: killed, stopped, two where one should be."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from farmctl.errors import FarmctlError
from farmctl.ledger.restore import survey
from farmctl.soak.host import Excuse, Host
from farmctl.soak.runbook import go_on_from
from farmctl.soak.stage import Stage
from farmctl.soak.strike import Catalogue, Strike

_STOPPED_FOR_S = 60.0
_CUT_OFF_FOR_S = 900.0


async def _killed(stage: Stage, _name: str) -> None:
    await stage.new_life()


async def _host_without_power(stage: Stage, _name: str) -> None:
    await stage.lose_power()


async def _begun_twice(stage: Stage, _name: str) -> None:
    stage.host.begin_beside()


async def _stopped(stage: Stage, _name: str) -> None:
    """Stop it for a minute; somebody thinks that it has ended, and starts another one."""
    life = stage.host.life
    life.stop()
    stage.host.begin_beside()
    stage.later(_STOPPED_FOR_S, life.go_on)


def _taken_over(*, is_cut_off: bool) -> Strike:
    """A copy of the ledger goes on elsewhere, while the first host does not know of it."""

    async def strike(stage: Stage, _name: str) -> None:
        if stage.older is not None:
            return
        stage.checker.check()
        host = stage.another_host()
        try:
            copy = survey(host.folder)
        except FarmctlError:
            return
        if copy.damage is not None:
            return
        go_on_from(host, copy)
        older = stage.host
        stage.move_to(host)
        older.excuses.add(Excuse.TAKEN_OVER)
        older.clone.is_connected = not is_cut_off
        stage.later(_CUT_OFF_FOR_S, partial(_connect, older))
        host.begin()

    return strike


def _connect(older: Host) -> None:
    older.clone.is_connected = True


def _clock_steps(by: timedelta) -> Strike:
    async def strike(stage: Stage, _name: str) -> None:
        stage.clock.step(by)

    return strike


FAULTS_OF_HOSTS: Catalogue = {
    "controller killed": _killed,
    "controller stopped": _stopped,
    "controller begun twice": _begun_twice,
    "host without power": _host_without_power,
    "taken over": _taken_over(is_cut_off=False),
    "taken over unseen": _taken_over(is_cut_off=True),
    "clock steps back": _clock_steps(timedelta(minutes=-10)),
    "clock steps on": _clock_steps(timedelta(hours=1)),
}
