"""What `apply` and `run` do with the loop: until quiet, until all has ended, or for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from enum import Enum

from watchfiles import awatch

from farmctl.farm.acting.session import Session
from farmctl.farm.parts import Farm
from farmctl.ledger.state import State
from farmctl.model.recorded import RunRecord
from farmctl.model.states import PlatePhase, RunPhase

WAIT_S = 1.0
_FENCED_WITHIN_S = 15.0
_ON_THE_WAY = frozenset({RunPhase.QUEUED, RunPhase.UPLOADING, RunPhase.STAGED, RunPhase.STARTING})


class Idle(Enum):
    """Why nothing goes on by itself."""

    DONE = "done"
    WAITS_FOR_PERSON = "waits for a person"
    PRINTS_GO_ON = "prints go on"


Watcher = Callable[[Session], None]


async def until_started(session: Session, told: Watcher, max_time_s: float | None = None) -> bool:
    """Turn the loop until nothing can be done now and every start is confirmed or given up.

    Returns False when the time was up before that; what was sent is confirmed at the next turn.
    """
    clock = session.farm.clock
    began = clock.monotonic()
    while True:
        await session.loop.settle()
        told(session)
        runs = session.recorder.state.runs.values()
        if not any(run.phase in _ON_THE_WAY or _is_sought(session, run) for run in runs):
            return True
        if max_time_s is not None and clock.monotonic() - began > max_time_s:
            return False
        await session.loop.wait(WAIT_S)


async def until_idle(session: Session, told: Watcher, timeout_s: float | None = None) -> Idle:
    """Turn the loop until no print is under way and nothing more happens by itself."""
    clock = session.farm.clock
    began = clock.monotonic()
    while True:
        await session.loop.settle()
        told(session)
        idle = why_idle(session)
        if idle is not Idle.PRINTS_GO_ON:
            return idle
        if timeout_s is not None and clock.monotonic() - began > timeout_s:
            return Idle.PRINTS_GO_ON
        await session.loop.wait(WAIT_S)


async def for_ever(session: Session, told: Watcher) -> None:
    """Turn the loop until somebody stops it."""
    while True:
        await session.loop.settle()
        told(session)
        await session.loop.wait(WAIT_S)


def why_idle(session: Session) -> Idle:
    """Return whether anything is under way, and if not, whether a person is needed.

    A print that stays out of sight is waited for by a person, not by a program.
    """
    state = session.recorder.state
    still = (RunPhase.UNKNOWN, RunPhase.PAUSED)
    for run in state.runs.values():
        if _is_sought(session, run) or not (run.phase.is_over or run.phase in still):
            return Idle.PRINTS_GO_ON
    return _what_is_left(state)


def _is_sought(session: Session, run: RunRecord) -> bool:
    """Return whether looks and a fence will soon tell what became of a print out of sight."""
    if run.phase is not RunPhase.UNKNOWN:
        return False
    look = session.observer.looks.get(run.printer)
    if look is None:
        return run.printer in session.observer.drivers
    found_by = run.at + timedelta(seconds=look.patience.patience_s + _FENCED_WITHIN_S)
    return look.observation.is_reachable and session.farm.clock.now() < found_by


def _what_is_left(state: State) -> Idle:
    waiting = [
        plate
        for plate in state.plates.values()
        if plate.phase in (PlatePhase.COMPOSED, PlatePhase.SLICED)
    ]
    undone = [item for item in state.items.values() if item.good < item.quantity]
    open_runs = [run for run in state.runs.values() if not run.phase.is_over]
    if waiting or undone or open_runs or state.attentions:
        return Idle.WAITS_FOR_PERSON
    return Idle.DONE


@asynccontextmanager
async def woken_by_files(farm: Farm, session: Session) -> AsyncIterator[None]:
    """Wake the loop when git's branches or the journal change on disk, for as long as a block."""
    with farm.repository() as repository:
        folders = [repository.git_dir / "refs", farm.ledger_folder.journal]

    async def watch() -> None:
        async for _ in awatch(*folders, step=200, rust_timeout=1000):
            session.loop.wake()

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
