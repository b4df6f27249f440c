"""One seed: a farm, its faults, then peace; what was violated, and whether the work got done."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Sequence

from msgspec.structs import replace

from farmctl.model.envelope import Event
from farmctl.model.states import OrderPhase
from farmctl.printers.driver import PrinterDriver
from farmctl.soak.aims import Aims
from farmctl.soak.asked import Seed
from farmctl.soak.controller import Wrap
from farmctl.soak.faults import FARM_WIDE, FAULTS, LASTING
from farmctl.soak.handed import handed_over
from farmctl.soak.invariants import Violation
from farmctl.soak.kinds import KINDS
from farmctl.soak.outcome import Handed, Outcome, Struck
from farmctl.soak.pace import made_ms
from farmctl.soak.reach import takes_evidence, why_never
from farmctl.soak.stage import Stage
from farmctl.soak.steps import Step
from farmctl.soak.wire import Fate
from farmctl.system.entropy import dice

_VISITS_S = 240.0
_AN_ORDER_EVERY_S = 400.0
_A_FAULT_EVERY_S = 300.0
_STEP_S = 30.0
_STORM_S = 2700.0
_LOOKED_AT_S = 240.0  # how long after a start a look has shown it: a Bambu takes up to 135 s
PEACE_S = 24 * 3600.0
_OVER = (OrderPhase.FULFILLED, OrderPhase.CANCELED)


def as_it_is(driver: PrinterDriver) -> PrinterDriver:
    """Return the driver itself: nothing is put around it."""
    return driver


def play(
    seed: int,
    faults: Sequence[str] = tuple(FAULTS),
    wrap: Wrap = as_it_is,
    peace_s: float = PEACE_S,
    kinds: Sequence[str] = tuple(KINDS),
) -> Outcome:
    """Play one seed, with some of these faults, and return what came of it.

    Args:
        seed: What the dice start from: the same seed is the same play, to the byte.
        faults: Names in `FAULTS`; none is a quiet day.
        wrap: Puts something around each driver: a protocol that is known to be bad.
        peace_s: How long nothing goes wrong in the end, unless all is made before.
        kinds: Names in `KINDS`: what machines the farm may have.
    """
    return perform(Seed(seed, tuple(faults), tuple(kinds)), wrap, peace_s)


def perform(
    seed: Seed,
    wrap: Wrap = as_it_is,
    peace_s: float = PEACE_S,
    *,
    keeps_journal: bool = False,
) -> Outcome:
    """Play a seed as it is asked for; with `keeps_journal`, return all events too."""
    performance = _Play(seed, wrap)
    outcome = performance.run(peace_s)
    return replace(outcome, journal=performance.journal()) if keeps_journal else outcome


class _Play:
    def __init__(self, seed: Seed, wrap: Wrap) -> None:
        self._seed = seed.seed
        self._dice = dice(seed.seed)
        self._faults = seed.faults
        self._struck: list[Struck] = []
        count = self._dice.randint(1, 4)
        machines = [self._dice.choice(seed.kinds) for _ in range(seed.printers or count)]
        self._stage = stage = Stage(machines, self._dice, wrap)
        self._aims = Aims(seed.seed, self._dice, seed.faults, stage.kinds)
        stage.hears_fact, stage.hears_fate = self._aims.watch, self._met

    def run(self, peace_s: float) -> Outcome:
        stage = self._stage
        try:
            stage.timeline.run_until_complete(self._acts(peace_s))
        finally:
            stage.timeline.close()
        strays = stage.checker.strays
        return Outcome(
            seed=self._seed,
            strikes=tuple(self._struck),
            violations=tuple(stage.checker.violations),
            starts=sum(stage.checker.starts.values()),
            doubled=stage.checker.doubled.number,
            detected=stage.checker.doubled.detected,
            orders=len(stage.orders),
            fulfilled=self._made(),
            runs=stage.person.state.counts.run,
            strays=len(strays),
            strays_seen=sum(each.is_seen for each in strays),
            handed=self._handed(),
            print_ms=0 if self._faults else stage.print_ms(),
            made_ms=0 if self._faults else made_ms(stage.events()),
            trace=hashlib.sha256(stage.journal).hexdigest(),
        )

    def _handed(self) -> Handed:
        journal = self._stage.journal
        if b"run.resolved" not in journal and b'"reason":"lost"' not in journal:
            return Handed()  # and nothing to be read again
        return handed_over(self._stage.events(), self._struck)

    def journal(self) -> tuple[Event, ...]:
        """Return all events of the journal."""
        return self._stage.events()

    async def _acts(self, peace_s: float) -> None:
        stage = self._stage
        stage.host.begin()
        try:
            await self._until(_STORM_S, strikes=True)
            self._calm_down()
            await self._until(peace_s, strikes=False)
        except Exception as error:  # noqa: BLE001 - whatever kills a controller is looked for
            stage.checker.violations.append(Violation("died", _in_words(error)))
        await stage.end()
        stage.checker.end()

    async def _until(self, seconds: float, *, strikes: bool) -> None:
        """Let time pass with its faults and visits; in peace, only until all is over."""
        clock = self._stage.clock
        end, visit = clock.monotonic() + seconds, clock.monotonic()
        while clock.monotonic() < end and (strikes or not self._is_over()):
            if clock.monotonic() >= visit:
                await self._stage.person.come_by()
                self._stage.host.life.wake()
                visit += _VISITS_S
            if strikes:
                await self._stir()
            await self._pass(_STEP_S)
            self._stage.pass_time()
            await self._stage.tend()
            self._stage.checker.check()
            if not strikes:
                self._stage.checker.check_peace(clock.monotonic())

    async def _stir(self) -> None:
        """Another order now and then, and another fault."""
        is_due = self._dice.random() < _STEP_S / _AN_ORDER_EVERY_S
        if is_due or not self._stage.orders:
            self._stage.commit_order(self._dice.randint(1, 4))
        if self._faults and self._dice.random() < _STEP_S / _A_FAULT_EVERY_S:
            fault = self._dice.choice(self._faults)
            await self._strike(fault, self._dice.choice(sorted(self._stage.machines)))

    async def _pass(self, seconds: float) -> None:
        """Let time pass, and strike at the moments that are aimed at."""
        until_s = self._stage.clock.monotonic() + seconds
        while (aim := await self._aims.next(until_s)) is not None:
            if aim.is_end:
                await FAULTS[aim.fault](self._stage, aim.printer)
            else:
                await self._strike(aim.fault, aim.printer, is_aimed=True)

    async def _strike(self, fault: str, name: str, *, is_aimed: bool = False) -> None:
        is_on_the_line = fault in set(Fate)  # and met when a request goes out
        if is_on_the_line and is_aimed:
            self._stage.aimed[name].append(Fate(fault))
            return
        if not is_on_the_line:
            if self._never(fault, name):
                return
            for each in sorted(self._stage.kinds) if fault in FARM_WIDE else (name,):
                self._met(each, fault)
        await FAULTS[fault](self._stage, name)
        if fault in LASTING:
            self._aims.end_later(name, fault)

    def _never(self, fault: str, name: str) -> bool:
        """Tell whether a fault cannot strike a printer now.

        A journal that was cut may go on from before the answer that its controller knows, and a
        host that was taken over may be about to start something that nobody else knows of.
        """
        kind, steps = self._stage.kinds[name], [self._aims.step(name)]
        is_forgotten = takes_evidence(fault, kind) and self._stage.checker.is_cut
        is_beside = fault == "started by hand" and self._stage.older is not None
        if is_forgotten or is_beside:
            steps.append(Step.START)
        return any(why_never(fault, step, kind) for step in steps)

    def _met(self, name: str, fault: str) -> None:
        at_s, seq = self._stage.clock.monotonic(), self._aims.seq
        step = self._aims.step(name)
        self._struck.append(Struck(at_s, seq, name, self._stage.kinds[name], fault, step))

    def _calm_down(self) -> None:
        """Everything is plugged in, and nothing more goes wrong."""
        self._aims.rest()
        self._stage.calm_down()

    def _is_over(self) -> bool:
        """Tell whether all is made, and whatever began was looked at since."""
        return self._made() == len(self._stage.orders) and self._stage.is_still(_LOOKED_AT_S)

    def _made(self) -> int:
        """Return how many orders are made, or canceled."""
        state = self._stage.person.state
        return len(state.closed) + sum(each.phase in _OVER for each in state.orders.values())


def _in_words(error: Exception) -> str:
    return " ".join(traceback.format_exception_only(error)).strip()
