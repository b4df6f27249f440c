"""The story: an order of two prints, in which everything happens once that ever does.

The first print is paused, goes on, is aborted, and made again; a start gets lost and is fenced;
where the machine can, one part is left out of a print, and made again; a print ends while nobody
listens, and its machine is switched off and on; nights pass. Each turn waits for its moment, and
where a crash has made it impossible the story goes on without it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from msgspec import Struct

from farmctl.control.excluding import exclude
from farmctl.control.requests import abort, pause, resume
from farmctl.ledger.state import State
from farmctl.model.ids import RunId
from farmctl.model.recorded import RunRecord
from farmctl.model.states import OrderPhase, RunPhase
from farmctl.soak.crash.theatre import CAN_LEAVE_OUT, Theatre

WANTED = 2
_STEP_S = 5.0
_VISITS_S = 300.0
_MOMENT_S = 3600.0
_END_S = 6 * 3600.0
_NIGHT_S = 24 * 3600.0


class Turn(Struct, frozen=True):
    """Something that happens in the story, as soon as a print is in that phase.

    Args:
        phase: Of any print.
        happen: What happens then to that print.
        only_on: On which kinds of machines; on all where none is named.
    """

    phase: RunPhase
    happen: Callable[[Theatre, RunId], Awaitable[None]]
    only_on: tuple[str, ...] = ()

    def can_begin(self, run: RunRecord) -> bool:
        """Return whether a print is in the phase, and what was asked of it before is done."""
        return run.phase is self.phase and not (run.outstanding or run.asked)


async def _typed(theatre: Theatre, run: RunId, verb: Callable[..., list[object]]) -> None:
    theatre.stage.person.tell(lambda state: verb(state, run, "the story wants it"))
    theatre.stage.host.life.wake()


async def _lose_next_start(theatre: Theatre, _run: RunId) -> None:
    theatre.lose_next_start()


async def _night(theatre: Theatre, _run: RunId) -> None:
    """The host is switched off at once, and on in the morning."""
    await theatre.stage.host.kill()
    await theatre.stage.clock.sleep(_NIGHT_S)
    await theatre.begin_anew()


async def _night_with_a_power_cut(theatre: Theatre, _run: RunId) -> None:
    """The host dies while it writes; the print ends, and the printer is off and on again."""
    await theatre.stage.host.kill()
    theatre.tear_line()
    await theatre.stage.clock.sleep(_NIGHT_S)
    theatre.machine.restart()
    await theatre.begin_anew()


async def _leave_one_out(theatre: Theatre, run: RunId) -> None:
    """One of two parts fails; a print of one part is left as it is."""
    theatre.stage.person.tell(lambda state: exclude(state, run, ["P02"], "adhesion"))
    theatre.stage.host.life.wake()


STORY = (
    Turn(RunPhase.PRINTING, partial(_typed, verb=pause)),
    Turn(RunPhase.PAUSED, partial(_typed, verb=resume)),
    Turn(RunPhase.PRINTING, partial(_typed, verb=abort)),
    Turn(RunPhase.ABORTED, _lose_next_start),
    Turn(RunPhase.PRINTING, _leave_one_out, only_on=CAN_LEAVE_OUT),
    Turn(RunPhase.PRINTING, _night_with_a_power_cut),
    Turn(RunPhase.PRINTING, _night),
)


class Story:
    """Plays the story once.

    Attributes:
        deaths: What controllers died of by themselves.
        resolved: How many prints a person had to say the end of.
    """

    def __init__(self, theatre: Theatre) -> None:
        self.deaths: list[BaseException] = []
        self._theatre = theatre
        self._turns = [each for each in STORY if theatre.kind in (each.only_on or (theatre.kind,))]
        self._waits_since = 0.0
        self._visit_at = 0.0

    @property
    def resolved(self) -> int:
        """Return how many prints a person had to say the end of."""
        return sum(each.type.startswith("run.resolved.") for each in self._theatre.stage.events())

    async def play(self) -> None:
        """Play to the end, or until it will never come."""
        stage = self._theatre.stage
        stage.commit_order(quantity=WANTED)
        self._theatre.begin()
        end = stage.clock.monotonic() + _END_S + 2 * _NIGHT_S
        while stage.clock.monotonic() < end and not self.is_over:
            await stage.clock.sleep(_STEP_S)
            stage.pass_time()
            await self._mind_the_controller()
            await self._come_by()
            await self._take_turn()
            stage.checker.check()
        await stage.end()
        stage.checker.end()

    async def _mind_the_controller(self) -> None:
        """Start a controller that is gone; one that said why it went on its own is noted."""
        main = self._theatre.stage.host.life.main
        if main is None or not main.done():
            return
        error = None if main.cancelled() else main.exception()
        if error is not None:
            self.deaths.append(error)
        await self._theatre.begin_anew()

    async def _come_by(self) -> None:
        """Somebody sees to the host's disk and to the printer."""
        now = self._theatre.stage.clock.monotonic()
        if now >= self._visit_at:
            self._theatre.stage.host.disk.room_b = None
            await self._theatre.stage.person.come_by()
            self._theatre.stage.host.life.wake()
            self._visit_at = now + _VISITS_S

    async def _take_turn(self) -> None:
        now = self._theatre.stage.clock.monotonic()
        if not self._turns or self._theatre.stage.host.disk.room_b is not None:
            return
        turn = self._turns[0]
        state = self._theatre.stage.person.state
        run = next((run for run, each in state.runs.items() if turn.can_begin(each)), None)
        if run is None and now - self._waits_since < _MOMENT_S:
            return
        self._turns.pop(0)
        if run is not None:
            await turn.happen(self._theatre, run)
        self._waits_since = self._theatre.stage.clock.monotonic()

    @property
    def is_over(self) -> bool:
        """Return whether all turns were taken, the order is fulfilled, and no file is left."""
        state = self._theatre.stage.person.state
        return not self._turns and _is_made(state) and _is_tidy(state)


def _is_made(state: State) -> bool:
    made = sum(each.phase is OrderPhase.FULFILLED for each in state.orders.values())
    return len(state.closed) + made == 1


def _is_tidy(state: State) -> bool:
    return all(run.is_off_device for run in state.runs.values())
