"""What a printer itself says, whatever the ledger knows of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Observation
from farmctl.planning.machines import Around


def seen_now(around: Around, name: PrinterName) -> Iterator[str]:
    """Yield what a printer itself says, whatever the ledger knows of it."""
    look = around.looks.get(name)
    if look is None:
        return
    seen, record = look.observation, around.state.printers[name]
    pinned = record.declared.identity
    is_other = seen.is_reachable and pinned is not None and seen.identity != pinned
    other = f"another machine ({seen.identity}), " if is_other else ""
    yield f"  seen now: {other}{_device(around.state, seen)}"
    if record.seen is None or (record.seen.state, record.seen.job_file) != _told(seen):
        yield "  that is not recorded yet: the loop does it: farmctl run"


def _told(seen: Observation) -> tuple[str, str | None]:
    return seen.state, seen.job.file if seen.job else None


def _device(state: State, seen: Observation) -> str:
    said = f": {seen.message}" if seen.message else ""
    match seen.state:
        case DeviceState.READY:
            return f"idle{said}"
        case DeviceState.PRINTING | DeviceState.PAUSED:
            return f"{seen.state.value} {_job(state, seen)}{said}"
        case DeviceState.FAULT:
            return f"a fault{said}"
        case DeviceState.OFFLINE:
            return f"does not answer{said}"
        case DeviceState.UNKNOWN:
            return f"does not say what it is doing{said}"
    assert_never(seen.state)


def _job(state: State, seen: Observation) -> str:
    """Return what a printer prints, by our name for it where it is ours, and how far it is."""
    job = seen.job
    if job is None:
        return "something"
    ours = next((each.run for each in state.runs.values() if each.file == job.file), None)
    return f"{ours or job.file}, at {job.progress_permille // 10} %"
