"""The loop: look at what is due, decide from the whole present, act, wait for a change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Protocol, assert_never

from msgspec import Struct

from farmctl.control.actions import (
    Act,
    Action,
    CheckModel,
    Dispatch,
    Record,
    SlicePlate,
    WritePlan,
)
from farmctl.control.decide.decide import decide
from farmctl.control.effects import Effects, Intent, after_restart
from farmctl.control.observe import Observer
from farmctl.control.recorder import Recorder
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.system.clock import Clock

POLL = timedelta(seconds=5)
TICK_S = 0.5  # the loop wakes at most twice a second


class DesiredSource(Protocol):
    """Where the farm's documents come from."""

    async def current(self, state: State) -> Desired:
        """Return what git says now; unchanged, the same object."""
        ...


class Work(Protocol):
    """Blocking work with models, plans and slices, beside the loop."""

    async def check_model(self, action: CheckModel) -> None:
        """Read, clean, judge, and record what was found."""
        ...

    async def write_plans(self, actions: Sequence[WritePlan], desired: Desired) -> None:
        """Write the plans' files, commit them together, and record them."""
        ...

    async def slice_plate(self, action: SlicePlate, desired: Desired) -> None:
        """Slice, or take from the cache, and record what was measured."""
        ...


class Hands(Struct, frozen=True):
    """Everything the loop acts with."""

    recorder: Recorder
    observer: Observer
    effects: Effects
    work: Work
    source: DesiredSource
    clock: Clock


class Loop:
    """One controller of one farm. Level-triggered: what woke it does not matter.

    Args:
        hands: What it acts with.
        poll: How old a look may get while nothing pushes.
        allow: Which actions may be done; `apply` narrows it to what was shown.
    """

    def __init__(
        self,
        hands: Hands,
        *,
        poll: timedelta = POLL,
        allow: Callable[[Action], bool] = lambda _action: True,
    ) -> None:
        self.desired: Desired | None = None
        self._decided_on = 0
        self._hands = hands
        self._poll = poll
        self._allow = allow
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._tried: dict[str, tuple[Desired, int]] = {}
        self._watching: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()

    async def begin(self) -> None:
        """Answer what a dead process left open, and listen to the printers."""
        recorder = self._hands.recorder
        left_open = after_restart(recorder.refresh())
        if left_open:
            recorder.append(*left_open)
        for name in sorted(self._hands.observer.drivers):
            self._watching.append(asyncio.create_task(self._watch(name)))

    async def end(self) -> None:
        """Let go: wait for answers that are owed, close connections; prints go on."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        await self._hands.observer.end()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)
        for driver in self._hands.observer.drivers.values():
            with suppress(Exception):  # a driver that breaks here keeps nobody else open
                await driver.close()

    async def tick(self) -> bool:
        """Do everything that can be done now, once; return whether more may follow from it.

        That is so when anything was recorded. A call or a slice that was begun wakes the loop.
        """
        recorder, observer = self._hands.recorder, self._hands.observer
        self.raise_failed()
        state = recorder.refresh()
        self.desired = await self._hands.source.current(state)
        await observer.take_turn(state, self._poll, self.wake)
        state = recorder.refresh()
        self._decided_on = state.seq
        actions = decide(self.desired, state, observer.looks, self._hands.clock.now())
        allowed = [each for each in actions if self._allow(each)]
        self._write([each for each in allowed if isinstance(each, WritePlan)])
        recorded = [self._perform(action, self.desired) for action in allowed]
        return any(recorded)

    async def settle(self) -> None:
        """Tick until nothing more can be done now, all were seen, and no call is under way.

        What is not answered holds up its own printer alone: the others are looked at meanwhile.
        Work that came to nothing, as a build plan that waits for a person's own changes to be
        committed, is tried again only when something changed, or the next time.
        """
        observer = self._hands.observer
        self._tried.clear()
        while True:
            self._wake.clear()
            if await self.tick() or observer.is_behind:
                continue
            if not (self._busy or observer.is_blind):
                return
            if not self._busy:  # a device that pushes at each look must not turn the loop
                await self._hands.clock.sleep(TICK_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll.total_seconds()):
                    await self._wake.wait()

    async def wait(self, seconds: float) -> None:
        """Return when something changed or after `seconds`; at most twice a second."""
        await self._hands.clock.sleep(min(TICK_S, seconds))
        if self._hands.observer.is_behind:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds - TICK_S)):
                await self._wake.wait()
        self._wake.clear()

    def wake(self) -> None:
        """Look again soon."""
        self._wake.set()

    @property
    def is_busy(self) -> bool:
        """Return whether a call or a slice is under way."""
        return bool(self._busy)

    def raise_failed(self) -> None:
        """Raise what a task ended with: a failure beside the loop is a failure of the loop."""
        for subject, task in list(self._busy.items()):
            if task.done():
                del self._busy[subject]
                task.result()

    def _perform(self, action: Action, desired: Desired) -> bool:
        """Do or begin it; return whether anything was recorded that more may follow from."""
        match action:
            case Record(facts=facts) | Dispatch(facts=facts):
                return self._record(facts)
            case Act():
                self._act(action)
            case CheckModel():
                self._work(action.subject, partial(self._hands.work.check_model, action), desired)
            case WritePlan():
                pass  # written together, in one commit
            case SlicePlate():
                slices = partial(self._hands.work.slice_plate, action, desired)
                self._work(action.subject, slices, desired)
            case _:
                assert_never(action)
        return False

    def _write(self, plans: Sequence[WritePlan]) -> None:
        """Write what is due; what becomes due meanwhile is written together afterwards."""
        if plans and self.desired is not None:
            desired = self.desired
            self._work("plans", partial(self._hands.work.write_plans, plans, desired), desired)

    def _record(self, facts: Sequence[object]) -> bool:
        """Record, unless somebody else wrote since the decision: then decide again.

        What was recorded of the same decision just before may have left nothing to say: a canceled
        order that is closed with another one, for example.
        """
        recorder = self._hands.recorder
        before = recorder.state.seq

        def why_not(state: State) -> str | None:
            return None if state.seq == before else "somebody else wrote"

        try:
            return recorder.append_if(why_not, *facts) is None
        except (KeyError, ValueError):
            if before == self._decided_on:
                raise
            return True

    def _act(self, action: Act) -> None:
        """One effect at a time on a printer; a cancel or a pause may overtake a start."""
        overtakes = action.effect in (Effect.CANCEL, Effect.PAUSE)
        subject = f"{action.printer}!" if overtakes else action.printer
        if subject in self._busy:
            return
        look = self._hands.observer.looks.get(action.printer)
        intent = self._hands.effects.intend(action, look)
        if intent is not None:
            self._beside(subject, partial(self._carry_out, intent))

    async def _carry_out(self, intent: Intent) -> None:
        """Call, with no look that was taken before or during the call left behind."""
        observer = self._hands.observer
        name = intent.act.printer
        observer.forget(name)
        try:
            await self._hands.effects.carry_out(intent, observer.drivers[name])
        finally:
            observer.forget(name)

    def _work(self, subject: str, work: Callable[[], Awaitable[None]], desired: Desired) -> None:
        """Work for the farm, unless it was tried on the very same documents and ledger already."""
        known = self._tried.get(subject)
        if known is not None and known[0] is desired and known[1] == self._decided_on:
            return
        if subject not in self._busy:
            self._tried[subject] = (desired, self._decided_on)
            self._beside(subject, work)

    def _beside(self, subject: str, work: Callable[[], Awaitable[None]]) -> None:
        if subject not in self._busy:
            self._busy[subject] = asyncio.ensure_future(_then(work, self.wake))

    async def _watch(self, name: PrinterName) -> None:
        """Wake at what a device pushes; where its driver breaks over it, listen anew after a while.

        Looks go on meanwhile: a push is only a reason to look sooner.
        """
        while True:
            with suppress(Exception):
                async for _ in self._hands.observer.drivers[name].watch():
                    self._hands.observer.forget(name)
                    self.wake()
                return
            await self._hands.clock.sleep(self._poll.total_seconds())


async def _then(work: Callable[[], Awaitable[None]], wake: Callable[[], None]) -> None:
    try:
        await work()
    finally:
        wake()
