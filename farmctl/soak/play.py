"""One seed: a farm, its faults, then peace; what was violated, and whether the work got done."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.states import OrderPhase
from farmctl.printers.driver import PrinterDriver
from farmctl.soak.checker import Violation
from farmctl.soak.controller import Wrap
from farmctl.soak.faults import FAULTS
from farmctl.soak.faults_at_machines import NEVER_ON
from farmctl.soak.kinds import KINDS
from farmctl.soak.stage import Stage
from farmctl.system.entropy import dice

_VISITS_S = 240.0
_AN_ORDER_EVERY_S = 400.0
_A_FAULT_EVERY_S = 120.0
_STEP_S = 30.0
_STORM_S = 1800.0
PEACE_S = 24 * 3600.0


class Outcome(Struct, frozen=True):
    """What came of a play.

    Args:
        seed: Which.
        faults: What was made to happen, in order, each with its time and printer.
        violations: What must never happen, and did.
        starts: How often machines began one of our files.
        doubled: How many of these the transport doubled, or brought late, where nothing could stop
            it: farmctl can only see it.
        detected: How many of those it saw.
        orders: How many there were.
        fulfilled: How many of them were fulfilled.
        resolved: How many runs a person had to say the end of.
        trace: Digest of the whole journal: equal for equal seeds.
    """

    seed: int
    faults: tuple[str, ...]
    violations: tuple[Violation, ...]
    starts: int
    doubled: int
    detected: int
    orders: int
    fulfilled: int
    resolved: int
    trace: str


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
    return _Play(seed, faults, wrap, kinds).run(peace_s)


class _Play:
    def __init__(self, seed: int, faults: Sequence[str], wrap: Wrap, kinds: Sequence[str]) -> None:
        self._seed = seed
        self._dice = dice(seed)
        self._faults = faults
        self._struck: list[str] = []
        self._resolved = 0
        printers = [self._dice.choice(kinds) for _ in range(self._dice.randint(1, 3))]
        self._stage = Stage(printers, self._dice, wrap)

    def run(self, peace_s: float) -> Outcome:
        stage = self._stage
        try:
            stage.timeline.run_until_complete(self._acts(peace_s))
        finally:
            stage.timeline.close()
        state = stage.recorder().state
        return Outcome(
            seed=self._seed,
            faults=tuple(self._struck),
            violations=tuple(stage.checker.violations),
            starts=sum(stage.checker.starts.values()),
            doubled=stage.checker.doubled.number,
            detected=stage.checker.doubled.detected,
            orders=len(stage.orders),
            fulfilled=_made(state),
            resolved=self._resolved,
            trace=hashlib.sha256(stage.journal).hexdigest(),
        )

    async def _acts(self, peace_s: float) -> None:
        stage = self._stage
        stage.life.begin()
        await self._until(_STORM_S, strikes=True)
        self._calm_down()
        await self._until(peace_s, strikes=False)
        await stage.life.kill()
        stage.checker.check()

    async def _until(self, seconds: float, *, strikes: bool) -> None:
        """Let time pass with its faults and visits; in peace, only until all is made."""
        clock = self._stage.clock
        end, visit = clock.monotonic() + seconds, clock.monotonic()
        while clock.monotonic() < end and (strikes or not self._is_all_made()):
            if clock.monotonic() >= visit:
                self._visit()
                visit += _VISITS_S
            if strikes:
                await self._stir()
            await clock.sleep(_STEP_S)
            self._stage.pass_time()
            self._stage.life.raise_failed()
            self._stage.checker.check()

    async def _stir(self) -> None:
        """Another order now and then, and another fault."""
        is_due = self._dice.random() < _STEP_S / _AN_ORDER_EVERY_S
        if is_due or not self._stage.orders:
            self._stage.commit_order(self._dice.randint(1, 4))
        if self._faults and self._dice.random() < _STEP_S / _A_FAULT_EVERY_S:
            await self._strike()

    async def _strike(self) -> None:
        stage = self._stage
        fault = self._dice.choice(self._faults)
        name = self._dice.choice(sorted(stage.machines))
        if (fault, stage.kinds[name]) not in NEVER_ON:
            self._struck.append(f"{stage.clock.monotonic():.0f} s  {name}  {fault}")
            await FAULTS[fault](stage, name)

    def _calm_down(self) -> None:
        """Everything is plugged in, and nothing more goes wrong."""
        self._stage.calm_down()

    def _visit(self) -> None:
        person = self._stage.person
        before = len(person.resolved)
        person.come_by()
        self._stage.life.wake()
        self._resolved += len(person.resolved) - before

    def _is_all_made(self) -> bool:
        return _made(self._stage.person.state) == len(self._stage.orders)


def _made(state: State) -> int:
    """Return how many orders are fulfilled, those that the ledger put away included."""
    fulfilled = (each.phase is OrderPhase.FULFILLED for each in state.orders.values())
    return len(state.closed) + sum(fulfilled)
