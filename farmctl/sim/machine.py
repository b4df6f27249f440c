"""One printer, pure: state and time to state.

A machine is moved on by two things: time (`advance`), which runs the steps of the file it prints,
and what people and programs ask of it (`sim.requests`, `sim.faults`). Nothing here looks at a clock
or a disk, and every figure is an integer, so that time adds up: advancing in one step or in a
thousand gives the same machine.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from msgspec.structs import replace

from farmctl.model.observation import DeviceState, Ended
from farmctl.sim.device import HISTORY_LIMIT, Machine, Printing, Record, Reply
from farmctl.sim.script import Broken, Moves, Notice, Script, Stop, Target, Wait

_MICROSECOND = timedelta(microseconds=1)
_RESOLUTION = timedelta(milliseconds=1)
_US_PER_MS = 1_000


def advance(machine: Machine, now: datetime) -> Machine:
    """Return the machine at `now`: a wall clock that stepped back changes nothing."""
    if now < machine.at:
        return machine
    until_us = machine.uptime_us + (now - machine.at) // _MICROSECOND * machine.speedup
    while (due_us := _due_us(machine)) is not None and due_us <= until_us:
        machine = _happen(machine, due_us)
    return replace(machine, at=now, uptime_us=until_us)


def next_change(machine: Machine) -> datetime | None:
    """Return when a look will next show another state or job, if nobody touches the machine.

    At most a millisecond late, never early.
    """
    later = machine
    while (due_us := _due_us(later)) is not None:
        later = _happen(later, due_us)
        if (later.state, later.jobs, later.job is None) != (
            machine.state,
            machine.jobs,
            machine.job is None,
        ):
            return wall(machine, due_us) + _RESOLUTION
    return None


def wall(machine: Machine, at_us: int) -> datetime:
    """Return the wall time of an instant of the machine's clock, cut to milliseconds."""
    at = machine.at + (at_us - machine.uptime_us) // machine.speedup * _MICROSECOND
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)


def start_reply(machine: Machine, file: str) -> Reply:
    """Return what a machine says to a start.

    As Klipper, it refuses while it prints, not while it is paused: the paused job is discarded.
    """
    if machine.state is DeviceState.FAULT:
        return Reply.NOT_READY
    if machine.state is DeviceState.PRINTING:
        return Reply.BUSY
    return Reply.OK if machine.stored(file) else Reply.MISSING


def begin(machine: Machine, file: str, script: Script, at_us: int) -> Machine:
    """Return the machine with a new job: a physical start. A paused job is lost."""
    machine = end_job(machine, at_us, Ended.ABORTED, "cancelled")
    number = machine.jobs + 1
    job = Printing(number, file, script, wall(machine, at_us), started_us=at_us, since_us=at_us)
    return replace(machine, state=DeviceState.PRINTING, job=job, jobs=number, message="")


def end_job(
    machine: Machine, at_us: int, ended: Ended, words: str, *, reason: str | None = None
) -> Machine:
    """Return the machine without its job, which is history now; unchanged without one."""
    job = machine.job
    if job is None:
        return machine
    record = Record(
        number=job.number,
        file=job.file,
        ended=ended,
        words=words,
        reason=reason,
        print_ms=moved_us(job, at_us) // _US_PER_MS,
        filament_um=pushed_um(job, at_us),
        started_at=job.started_at,
        ended_at=wall(machine, at_us),
    )
    history = (*machine.history, record)[-HISTORY_LIMIT:]
    return replace(machine, state=DeviceState.READY, job=None, history=history)


def fail(machine: Machine, at_us: int, message: str, *, reason: str) -> Machine:
    """Return the machine in a fault: the job is lost, and nothing goes until a restart."""
    machine = end_job(machine, at_us, Ended.FAILED, "error", reason=reason)
    return replace(cooled(machine, at_us), state=DeviceState.FAULT, message=message)


def cooled(machine: Machine, at_us: int) -> Machine:
    """Return the machine with its heaters switched off."""
    off = tuple(heater.towards(0, at_us) for heater in machine.heaters)
    return replace(machine, heaters=off)


def moved_us(job: Printing, at_us: int) -> int:
    """Return how long a job has moved: heating, stops and pauses do not count."""
    step = job.current
    return job.moved_us + (_into(job, at_us) if isinstance(step, Moves) else 0)


def pushed_um(job: Printing, at_us: int) -> int:
    """Return the filament a job has used: within a step, in proportion to its time."""
    step = job.current
    if not isinstance(step, Moves) or not step.duration_us:
        return job.pushed_um
    return job.pushed_um + step.filament_um * _into(job, at_us) // step.duration_us


def _into(job: Printing, at_us: int) -> int:
    return (at_us if job.paused_us is None else job.paused_us) - job.since_us


def _due_us(machine: Machine) -> int | None:
    """Return when the next thing happens by itself, on the machine's clock."""
    late_us = None if machine.late is None else machine.late.due_us
    step_us = None
    if machine.job is not None and machine.state is DeviceState.PRINTING:
        step_us = _step_ends_us(machine, machine.job)
    return min((due_us for due_us in (late_us, step_us) if due_us is not None), default=None)


def _step_ends_us(machine: Machine, job: Printing) -> int:
    match job.current:
        case Moves() as moves:
            return job.since_us + moves.duration_us
        case Wait() as wait:
            ramp = machine.heater(wait.heater)
            return max(job.since_us, ramp.arrives_us) if ramp.target_mc else job.since_us
        case Target() | Stop() | Notice() | Broken() | None:
            return job.since_us
        case never:
            assert_never(never)


def _happen(machine: Machine, at_us: int) -> Machine:
    """Return the machine after the thing that is due at `at_us`."""
    late = machine.late
    if late is not None and late.due_us == at_us:
        machine = replace(machine, late=None)
        is_free = start_reply(machine, late.file) is Reply.OK
        return begin(machine, late.file, late.script, at_us) if is_free else machine
    job = machine.job
    return machine if job is None else _do_step(machine, job, at_us)


def _do_step(machine: Machine, job: Printing, at_us: int) -> Machine:
    step = job.current
    ahead = replace(machine, job=_next_step(job, at_us))
    match step:
        case Moves() | Wait():
            return ahead
        case Notice():
            return replace(ahead, message=step.text)
        case Stop():
            message = f"{step.command}: waits for a person"
            paused = replace(_next_step(job, at_us), paused_us=at_us)
            return replace(machine, state=DeviceState.PAUSED, job=paused, message=message)
        case Target():
            return _heat(ahead, step, at_us)
        case Broken():
            failed = end_job(machine, at_us, Ended.FAILED, "error", reason="printer_error")
            return replace(cooled(failed, at_us), message=step.text)
        case None:
            return end_job(machine, at_us, Ended.COMPLETED, "completed")
        case never:
            assert_never(never)


def _next_step(job: Printing, at_us: int) -> Printing:
    return replace(
        job,
        step=job.step + 1,
        since_us=at_us,
        moved_us=moved_us(job, at_us),
        pushed_um=pushed_um(job, at_us),
    )


def _heat(machine: Machine, step: Target, at_us: int) -> Machine:
    highest_mc = machine.build.highest_mc(step.heater)
    if step.target_mc > highest_mc:
        message = (
            f"{step.heater} target {step.target_mc / 1000:g} °C is above {highest_mc / 1000:g} °C"
        )
        return fail(machine, at_us, message, reason="printer_error")
    heaters = tuple(
        ramp.towards(step.target_mc, at_us) if ramp.heater is step.heater else ramp
        for ramp in machine.heaters
    )
    return replace(machine, heaters=heaters)
