"""What goes wrong with printers, on demand.

No device says *first layer* or *spaghetti*: a person sees it and cancels the print at the panel,
and what the farm sees is a job that somebody ended. Only runout, heaters and power are the
machine's own to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec.structs import replace

from farmctl.errors import FarmctlError
from farmctl.model.digest import digest_of
from farmctl.model.observation import Loaded
from farmctl.sim import requests
from farmctl.sim.device import Lost, Machine, Reply, Stored
from farmctl.sim.machine import advance, fail
from farmctl.sim.memory import Memory
from farmctl.sim.script import Moves, Script

_TEN_MINUTES_US = 600_000_000


class Fault(StrEnum):
    """Everything that can be made to happen to a virtual printer."""

    FIRST_LAYER = "first_layer"
    ADHESION = "adhesion"
    SPAGHETTI = "spaghetti"
    NO_EXTRUSION = "no_extrusion"
    LAYER_SHIFT = "layer_shift"
    RUNOUT = "runout"
    THERMAL = "thermal"
    POWER_LOSS = "power_loss"
    RESTART = "restart"
    OFFLINE = "offline"
    ONLINE = "online"
    STARTED_AT_PANEL = "started_at_panel"
    PAUSED_AT_PANEL = "paused_at_panel"
    RESUMED_AT_PANEL = "resumed_at_panel"
    CANCELLED_AT_PANEL = "cancelled_at_panel"
    SWAPPED = "swapped"
    OTHER_NOZZLE = "other_nozzle"
    OTHER_SPOOL = "other_spool"
    OWN_QUEUE = "own_queue"
    AS_DECLARED = "as_declared"
    LOST_REQUEST = "lost_request"
    LOST_REPLY = "lost_reply"
    LATE_REQUEST = "late_request"
    LOST_SENSE = "lost_sense"


class Inapplicable(FarmctlError):  # noqa: N818 - reads as what it says
    """The machine is not in a state in which this can happen."""


def strike(machine: Machine, fault: Fault, now: datetime) -> Machine:
    """Return the machine after the fault. Raises Inapplicable.

    - `first_layer`, `adhesion`, `spaghetti`, `no_extrusion`, `layer_shift`: a person sees it and
      cancels at the panel: the job ends `cancelled`, without a reason that the machine knows.
    - `runout`: the filament sensor pauses the print; `resume` goes on.
    - `thermal`: a heater does not follow: the job fails, and the machine is in a fault until
      `restart`.
    - `power_loss`, `restart`: it comes back at once with a new boot; a job is `interrupted`.
    - `offline`: nobody hears from it, and it goes on printing, until `online`.
    - `…_at_panel`: what a person does at the machine; `started_at_panel` prints a file of theirs.
    - `swapped`: another machine answers at the same address.
    - `other_nozzle`, `other_spool`: a person changes it, and the machine knows: a nozzle of 0.8 mm,
      orange PLA in its first slot.
    - `own_queue`: a queue of its own is turned on, from which it would start prints by itself.
    - `as_declared`: nozzle, spool and queue are as they were.
    - `lost_request`, `lost_reply`, `lost_sense`, `late_request`: what happens to the next request
      on its way; a late start arrives half a minute after its sender gave up.
    """
    return _FAULTS[fault](advance(machine, now), now)


def inject(memory: Memory, fault: Fault) -> None:
    """Make a fault happen to the machine in a memory, for all who look. Raises Inapplicable."""
    memory.change(lambda machine, now: (strike(machine, fault, now), None))


def _by_person(machine: Machine, now: datetime) -> Machine:
    return _done(requests.cancel(machine, now), machine)


def _runout(machine: Machine, now: datetime) -> Machine:
    return _done(requests.pause(machine, now, message="Filament runout detected"), machine)


def _thermal(machine: Machine, _now: datetime) -> Machine:
    message = "Heater nozzle not heating at expected rate"
    return fail(machine, machine.uptime_us, message, reason="thermal")


def _started(machine: Machine, now: datetime) -> Machine:
    file = Stored("panel.gcode", digest_of(b""), 0)
    script = Script.of([Moves(_TEN_MINUTES_US, filament_um=4_000_000)])
    machine = _done(requests.store(machine, file, now), machine)
    return _done(requests.start(machine, file.name, script, now), machine)


def _paused(machine: Machine, now: datetime) -> Machine:
    return _done(requests.pause(machine, now, message="Paused at the panel"), machine)


def _resumed(machine: Machine, now: datetime) -> Machine:
    return _done(requests.resume(machine, now), machine)


def _swapped(machine: Machine, now: datetime) -> Machine:
    return Machine(f"{machine.serial}'", now, machine.speedup, machine.build)


def _other_nozzle(machine: Machine, _now: datetime) -> Machine:
    return replace(machine, nozzle_um=800)


def _other_spool(machine: Machine, _now: datetime) -> Machine:
    return replace(machine, loaded=(Loaded("PLA", "orange"),))


def _own_queue(machine: Machine, _now: datetime) -> Machine:
    return replace(machine, has_queue=True)


def _as_declared(machine: Machine, _now: datetime) -> Machine:
    return replace(machine, nozzle_um=None, loaded=None, has_queue=False)


def _done(answered: tuple[Machine, Reply], before: Machine) -> Machine:
    machine, reply = answered
    if reply is not Reply.OK:
        raise Inapplicable(
            f"{before.serial} is {before.state}: {reply}", "look with `farmctl status` first"
        )
    return machine


def _answers(*, answers: bool) -> Callable[[Machine, datetime], Machine]:
    return lambda machine, _now: replace(machine, answers=answers)


def _loses(lost: Lost) -> Callable[[Machine, datetime], Machine]:
    return lambda machine, _now: replace(machine, loses=lost)


_FAULTS: Mapping[Fault, Callable[[Machine, datetime], Machine]] = {
    Fault.FIRST_LAYER: _by_person,
    Fault.ADHESION: _by_person,
    Fault.SPAGHETTI: _by_person,
    Fault.NO_EXTRUSION: _by_person,
    Fault.LAYER_SHIFT: _by_person,
    Fault.RUNOUT: _runout,
    Fault.THERMAL: _thermal,
    Fault.POWER_LOSS: requests.restart,
    Fault.RESTART: requests.restart,
    Fault.OFFLINE: _answers(answers=False),
    Fault.ONLINE: _answers(answers=True),
    Fault.STARTED_AT_PANEL: _started,
    Fault.PAUSED_AT_PANEL: _paused,
    Fault.RESUMED_AT_PANEL: _resumed,
    Fault.CANCELLED_AT_PANEL: _by_person,
    Fault.SWAPPED: _swapped,
    Fault.OTHER_NOZZLE: _other_nozzle,
    Fault.OTHER_SPOOL: _other_spool,
    Fault.OWN_QUEUE: _own_queue,
    Fault.AS_DECLARED: _as_declared,
    Fault.LOST_REQUEST: _loses(Lost.REQUEST),
    Fault.LOST_REPLY: _loses(Lost.REPLY),
    Fault.LATE_REQUEST: _loses(Lost.LATE),
    Fault.LOST_SENSE: _loses(Lost.SENSE),
}
