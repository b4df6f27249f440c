"""The way between a sender and a machine, where requests and replies get lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec.structs import replace

from farmctl.sim import requests
from farmctl.sim.device import LateStart, Lost, Machine, Reply
from farmctl.sim.script import Script

LATE_US = 30_000_000
"""How long a late start is on its way, on the machine's clock."""

Request = Callable[[Machine, datetime], tuple[Machine, Reply]]


class Silence(StrEnum):
    """What a sender has instead of a reply."""

    NOT_CONNECTED = "no connection"  # nothing was sent
    NO_REPLY = "no reply"  # it may have been done, and may still be done
    NO_SENSE = "an answer that explains nothing"  # the same


Heard = Reply | Silence


def send(machine: Machine, request: Request, now: datetime) -> tuple[Machine, Heard]:
    """Return the machine after a request, and what its sender hears."""
    if not machine.answers:
        return machine, Silence.NOT_CONNECTED
    fate, machine = machine.loses, replace(machine, loses=None)
    match fate:
        case None:
            return request(machine, now)
        case Lost.REQUEST:
            return machine, Silence.NO_REPLY
        case Lost.REPLY | Lost.LATE:
            return request(machine, now)[0], Silence.NO_REPLY
        case Lost.SENSE:
            return request(machine, now)[0], Silence.NO_SENSE
    assert_never(fate)


def send_start(machine: Machine, file: str, script: Script, now: datetime) -> tuple[Machine, Heard]:
    """Send a start: the one request that may arrive long after its sender gave up."""
    if machine.loses is not Lost.LATE:
        return send(machine, lambda there, at: requests.start(there, file, script, at), now)

    def on_its_way(there: Machine, _at: datetime) -> tuple[Machine, Reply]:
        late = LateStart(file, script, there.uptime_us + LATE_US)
        return replace(there, late=late), Reply.OK

    return send(machine, on_its_way, now)
