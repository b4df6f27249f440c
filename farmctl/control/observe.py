"""Looking at printers: together, with time-outs, and asking for evidence where it is needed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from farmctl.control.decide.runs import our_job
from farmctl.control.envelope import is_strange
from farmctl.ledger.state import State
from farmctl.model.ids import PrinterName
from farmctl.model.look import Look, Patience
from farmctl.model.observation import DeviceState, Observation
from farmctl.model.recorded import RunRecord
from farmctl.printers.driver import PrinterDriver
from farmctl.system.clock import Clock

LOOK_TIMEOUT_S = 10.0


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
    """

    def __init__(
        self,
        drivers: Mapping[PrinterName, PrinterDriver],
        clock: Clock,
        whose: Whose,
        told: Callable[[Look], None] = lambda _look: None,
    ) -> None:
        self.drivers = dict(drivers)
        self._told = told
        self.looks: dict[PrinterName, Look] = {}
        self._clock = clock
        self._whose = whose
        self._swept: set[PrinterName] = set()
        self._changes: Counter[PrinterName] = Counter()

    async def look(self, names: Iterable[PrinterName], state: State) -> None:
        """Look at these printers now, all together."""
        wanted = [name for name in sorted(set(names)) if name in self.drivers]
        before = Counter(self._changes)
        looks = await asyncio.gather(*(self._look(name, state) for name in wanted))
        for name, look in zip(wanted, looks, strict=True):
            if self._changes[name] == before[name]:
                self.looks[name] = look
            self._told(look)

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

    async def _look(self, name: PrinterName, state: State) -> Look:
        driver = self.drivers[name]
        seen = await self._observation(name, driver)
        promises = driver.promises
        patience = Patience(
            promises.patience_s,
            promises.deletion_fences,
            promises.survives_restart,
            promises.excludes and seen.can_exclude,
        )
        look = Look(seen, patience, strange_files=await self._sweep(name, seen, state))
        run = _run_on(state, name)
        if run is None or run.file is None or not seen.is_reachable or our_job(run, look):
            return look
        ending = await driver.evidence(run.file)
        return Look(seen, patience, run.file, ending, look.strange_files)

    async def _observation(self, name: PrinterName, driver: PrinterDriver) -> Observation:
        began = self._clock.now()
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                return await driver.look()
        except TimeoutError:
            message = f"no answer in {LOOK_TIMEOUT_S:.0f} s"
            return Observation(name, began, DeviceState.OFFLINE, message=message)

    async def _sweep(self, name: PrinterName, seen: Observation, state: State) -> tuple[str, ...]:
        """Once in a tenure, look for files of another controller, or of a lost tail of ours."""
        if name in self._swept or not seen.is_reachable:
            return ()
        self._swept.add(name)
        return tuple(
            file
            for file in await self.drivers[name].files()
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
