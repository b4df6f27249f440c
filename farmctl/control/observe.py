"""Looking at printers: together, with time-outs, and asking for evidence where it is needed.

A printer that hangs is waited for by nobody but its own look: what the others show is decided on
meanwhile. Of a thousand printers a part is looked at in each turn, so that turns stay short: those
without a look first, as one has that just pushed, then those whose look is oldest.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from farmctl.control.broken import Unusable, in_time
from farmctl.control.decide.runs import our_job
from farmctl.control.doctoring import Doctors
from farmctl.control.envelope import is_strange
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.look import Look, Patience
from farmctl.model.observation import DeviceState, Observation
from farmctl.model.recorded import RunRecord
from farmctl.printers.driver import PrinterDriver
from farmctl.system.clock import Clock

SOON_S = 1.0
"""How long a turn waits for the looks that it began."""
AT_ONCE = 100
"""How many looks are begun together: more would wait for this processor, and time out by that."""


class Whose(Struct, frozen=True):
    """Whose files are ours: the ledger's id and epoch."""

    ledger_id: str
    epoch: int


class Observer:
    """Holds the last look at each printer; decisions see nothing else of the machines.

    Args:
        drivers: The printers.
        clock: When they are looked at.
        whose: Whose files are ours.
        told: Is called with every look, to be kept for people who ask later.
        doctors: Who is asked what must be mended before a start; None asks nobody.

    Attributes:
        looks: The last look at each.
        is_behind: Whether the last turn left printers whose look was due to the next one.
    """

    def __init__(
        self,
        drivers: Mapping[PrinterName, PrinterDriver],
        clock: Clock,
        whose: Whose,
        told: Callable[[Look], None] = lambda _look: None,
        doctors: Doctors | None = None,
    ) -> None:
        self.drivers = dict(drivers)
        self._told = told
        self._doctors = doctors
        self.looks: dict[PrinterName, Look] = {}
        self.is_behind = False
        self._clock = clock
        self._whose = whose
        self._swept: set[PrinterName] = set()
        self._changes: Counter[PrinterName] = Counter()
        self._under_way: dict[PrinterName, asyncio.Task[None]] = {}

    async def look(self, names: Iterable[PrinterName], state: State) -> None:
        """Look at these printers now, together; return when each answered or was given up."""
        free = asyncio.Semaphore(AT_ONCE)

        async def in_turn(looking: Coroutine[Any, Any, None]) -> None:
            async with free:
                await looking

        wanted = [name for name in sorted(set(names)) if name in self.drivers]
        await asyncio.gather(*(in_turn(self._begin(name, state)) for name in wanted))

    async def take_turn(
        self, state: State, every: timedelta, heard: Callable[[], None] = lambda: None
    ) -> None:
        """Look at printers whose last look is too old, and wait for what they say soon.

        Args:
            state: What the ledger knows of them.
            every: How old a look may get.
            heard: Is called when one that hangs has answered, or was given up, later than that.
        """
        self._raise_failed()
        due = [name for name in self.due(state, every) if name not in self._under_way]
        self.is_behind = len(due) > AT_ONCE
        begun = {name: asyncio.create_task(self._begin(name, state)) for name in self._first(due)}
        self._under_way |= begun
        if begun:
            _, late = await asyncio.wait(begun.values(), timeout=SOON_S)
            for task in late:
                task.add_done_callback(lambda _task: heard())
        self._raise_failed()

    @property
    def is_blind(self) -> bool:
        """Return whether a printer was not seen yet, or not since something changed there."""
        return not self.drivers.keys() <= self.looks.keys()

    async def end(self) -> None:
        """Give up the looks that are under way."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def due(self, state: State, every: timedelta) -> list[PrinterName]:
        """Return the printers whose last look is too old, or older than our last effect there."""
        now = self._clock.now()
        return [name for name in sorted(self.drivers) if self._is_due(name, state, now - every)]

    def forget(self, name: PrinterName) -> None:
        """Drop the last look, and one that is under way: something changed, or was just done."""
        self.looks.pop(name, None)
        self._changes[name] += 1

    def _is_due(self, name: PrinterName, state: State, since: datetime) -> bool:
        look = self.looks.get(name)
        record = state.printers.get(name)
        if look is None:
            return True
        is_stale = record is not None and not look.is_fresh(record)
        return is_stale or look.observation.seen_at <= since

    def _first(self, due: Sequence[PrinterName]) -> list[PrinterName]:
        """Return those that this turn looks at."""
        if len(due) <= AT_ONCE:
            return list(due)
        return sorted(sorted(due, key=self._seen_at)[:AT_ONCE])

    def _seen_at(self, name: PrinterName) -> float:
        look = self.looks.get(name)
        return look.observation.seen_at.timestamp() if look else 0.0

    def _raise_failed(self) -> None:
        """Raise what a look ended with: a failure beside the turn is a failure of the turn."""
        for name, task in list(self._under_way.items()):
            if task.done():
                del self._under_way[name]
                task.result()

    def _begin(self, name: PrinterName, state: State) -> Coroutine[Any, Any, None]:
        return self._keep(name, state, self._changes[name])

    async def _keep(self, name: PrinterName, state: State, before: int) -> None:
        look = await self._look(name, state)
        if self._changes[name] == before:
            self.looks[name] = look
        self._told(look)

    async def _look(self, name: PrinterName, state: State) -> Look:
        """Look; a driver that breaks on what a device answers is a device that does not answer."""
        began, patience = self._clock.now(), _BROKEN
        try:
            patience = _patience(self.drivers[name])
            return await self._whole_look(name, state, patience)
        except Unusable as error:
            return Look(
                Observation(name, began, DeviceState.OFFLINE, message=error.message), patience
            )

    async def _whole_look(self, name: PrinterName, state: State, patience: Patience) -> Look:
        driver = self.drivers[name]
        seen = await in_time(name, "look", driver.look)
        patience = replace(patience, excludes=patience.excludes and seen.can_exclude)
        look = Look(seen, patience, strange_files=await self._sweep(name, seen, state))
        if self._doctors is not None and seen.state is DeviceState.READY:
            look = replace(look, objections=await self._doctors.objections(name, driver))
        run = _run_on(state, name)
        if run is None or run.file is None or not seen.is_reachable or our_job(run, look):
            return look
        ending = await in_time(name, "evidence", partial(driver.evidence, run.file))
        return replace(look, asked_file=run.file, ending=ending)

    async def _sweep(self, name: PrinterName, seen: Observation, state: State) -> tuple[str, ...]:
        """Once in a tenure, look for files of another controller, or of a lost tail of ours."""
        if name in self._swept or not seen.is_reachable:
            return ()
        files = await in_time(name, "files", self.drivers[name].files)
        self._swept.add(name)
        return tuple(
            file
            for file in files
            if is_strange(
                file,
                ledger=self._whose.ledger_id,
                epoch=self._whose.epoch,
                highest_run=state.counts.run,
            )
        )


def _run_on(state: State, name: PrinterName) -> RunRecord | None:
    record = state.printers.get(name)
    run = state.runs.get(record.run) if record and record.run else None
    return run if run is not None and run.phase.may_be_printing else None


_A_YEAR_S = 365 * 86_400.0
_BROKEN = Patience(_A_YEAR_S, deletion_fences=False, survives_restart=False)
"""What is expected of a driver that cannot even say what it promises: nothing is concluded."""


def _patience(driver: PrinterDriver) -> Patience:
    try:
        promises = driver.promises
        return Patience(
            promises.patience_s,
            promises.deletion_fences,
            promises.survives_restart,
            promises.excludes,
        )
    except Exception as error:
        raise Unusable("its driver does not say what it promises") from error
