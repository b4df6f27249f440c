"""What people and programs ask of a machine: pure, each with the machine's answer.

The traps are a device's own: a start while it prints is refused, a start while it is paused throws
the paused job away, `cancel` ends whatever is there, a file in use is not deleted, and a file that
is stored twice is the newer one. Drivers must be built for that.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from farmctl.model.observation import DeviceState, Ended
from farmctl.sim.device import Machine, Reply, Stored
from farmctl.sim.machine import advance, begin, cooled, end_job, start_reply
from farmctl.sim.script import Script

Answered = tuple[Machine, Reply]


def store(machine: Machine, file: Stored, now: datetime) -> Answered:
    """Store a file; one of the same name is replaced unless it is being printed."""
    machine = advance(machine, now)
    if _is_in_use(machine, file.name):
        return machine, Reply.IN_USE
    others = tuple(each for each in machine.files if each.name != file.name)
    return replace(machine, files=(*others, file)), Reply.OK


def delete(machine: Machine, name: str, now: datetime) -> Answered:
    """Delete a stored file that is not being printed."""
    machine = advance(machine, now)
    if _is_in_use(machine, name):
        return machine, Reply.IN_USE
    if machine.stored(name) is None:
        return machine, Reply.MISSING
    others = tuple(each for each in machine.files if each.name != name)
    return replace(machine, files=others), Reply.OK


def start(machine: Machine, file: str, script: Script, now: datetime) -> Answered:
    """Print a stored file; `script` is what its bytes say."""
    machine = advance(machine, now)
    reply = start_reply(machine, file)
    if reply is not Reply.OK:
        return machine, reply
    return begin(machine, file, script, machine.uptime_us), Reply.OK


def pause(machine: Machine, now: datetime, *, message: str = "") -> Answered:
    """Stand still where it is, heaters on."""
    machine = advance(machine, now)
    job = machine.job
    if job is None or machine.state is not DeviceState.PRINTING:
        return machine, Reply.NO_JOB
    paused = replace(job, paused_us=machine.uptime_us)
    return replace(machine, state=DeviceState.PAUSED, job=paused, message=message), Reply.OK


def resume(machine: Machine, now: datetime) -> Answered:
    """Go on from where it stands."""
    machine = advance(machine, now)
    job = machine.job
    if job is None or job.paused_us is None:
        return machine, Reply.NO_JOB
    stood_us = machine.uptime_us - job.paused_us
    job = replace(job, paused_us=None, since_us=job.since_us + stood_us)
    return replace(machine, state=DeviceState.PRINTING, job=job, message=""), Reply.OK


def cancel(machine: Machine, now: datetime) -> Answered:
    """End whatever is printed, and switch the heaters off."""
    machine = advance(machine, now)
    if machine.job is None:
        return machine, Reply.NO_JOB
    ended = end_job(machine, machine.uptime_us, Ended.ABORTED, "cancelled")
    return replace(cooled(ended, machine.uptime_us), message=""), Reply.OK


def restart(machine: Machine, now: datetime) -> Machine:
    """Switch off and on again: a job is interrupted, a fault is gone, history and files stay."""
    machine = advance(machine, now)
    machine = end_job(machine, machine.uptime_us, Ended.FAILED, "interrupted", reason="interrupted")
    machine = cooled(machine, machine.uptime_us)
    return replace(machine, state=DeviceState.READY, message="", boots=machine.boots + 1)


def _is_in_use(machine: Machine, name: str) -> bool:
    return machine.job is not None and machine.job.file == name
