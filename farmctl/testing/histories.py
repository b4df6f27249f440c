"""Histories that could have happened: legal by construction, as long as one likes.

A history is walked: in each state that the ledger's own fold comes to, every legal next move is
known, and a number picks one. So a list of numbers is a history, whatever the numbers, and
hypothesis shrinks one by shrinking the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from farmctl.control.recorder import correlation_of
from farmctl.ledger.fold import evolve
from farmctl.ledger.state import State
from farmctl.model.envelope import Actor, Fact
from farmctl.model.events import data_of, event_types, subject_of, type_of
from farmctl.testing.moves_farm import farm_moves, knowledge_moves, printer_moves
from farmctl.testing.moves_orders import Move, order_moves, plan_moves, plate_moves
from farmctl.testing.moves_runs import run_moves

BEGINNING = datetime(2026, 11, 21, 10, tzinfo=UTC)
ADA = Actor("person", "ada@example.org", "cli")
CONTROLLER = Actor("controller", "farmctl", "run")
_BETWEEN = timedelta(seconds=90)
_MOST = 4_000  # moves in which `every_event` must have come by every type


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact of a history.

    Args:
        payload: What happened.
        at: When.
        actor: Who made it happen.
        correlation: The order that it serves alone, if any.
        state: What the ledger amounts to afterwards.
    """

    payload: object
    at: datetime
    actor: Actor
    correlation: str | None
    state: State

    @property
    def name(self) -> str:
        """Return `run.started`."""
        return type_of(self.payload).name

    @property
    def fact(self) -> Fact:
        """Return it as the journal takes it."""
        return Fact(
            type=type_of(self.payload).full_name,
            subject=subject_of(self.payload),
            data=data_of(self.payload),
            time=self.at,
            correlation=self.correlation,
        )


def walk(choices: Iterable[int], state: State | None = None) -> Iterator[Happening]:
    """Yield a legal history, a move for each number.

    Args:
        choices: Whatever numbers.
        state: What went before; nothing if it is left out.
    """
    state = state or State()
    for choice in choices:
        for happening in _happen(state, _picked(moves(state), choice)):
            yield happening
            state = happening.state


def moves(state: State) -> tuple[Sequence[Move], ...]:
    """Return every legal move, by what it moves: runs, plates, plans, orders, printers."""
    return tuple(
        tuple(each(state))
        for each in (
            run_moves,
            plate_moves,
            plan_moves,
            order_moves,
            printer_moves,
            farm_moves,
            knowledge_moves,
        )
    )


@cache
def every_event() -> tuple[Happening, ...]:
    """Return a history that holds every event type: what is new is done first."""
    wanted = {row.name for row in event_types()}
    told: list[Happening] = []
    state = State()
    for number in range(_MOST):
        if not wanted:
            return tuple(told)
        for happening in _happen(state, _newest(moves(state), wanted, number)):
            told.append(happening)
            state = happening.state
            wanted.discard(happening.name)
    raise AssertionError(f"no legal history came by {', '.join(sorted(wanted))}")


def _newest(rooms: Sequence[Sequence[Move]], wanted: set[str], number: int) -> Move:
    new = [
        move
        for room in rooms
        for move in room
        if any(type_of(each).name in wanted for each in move)
    ]
    if new:
        return new[0]
    return _picked(rooms, int.from_bytes(hashlib.sha256(b"%d" % number).digest()[:6]))


def _picked(rooms: Sequence[Sequence[Move]], choice: int) -> Move:
    """The lower of two draws: what leads on stands first, and should happen most of the time."""
    able = [room for room in rooms if room]
    choice, room = _lower_of_two(choice, len(able))
    return able[room][_lower_of_two(choice, len(able[room]))[1]]


def _lower_of_two(choice: int, sides: int) -> tuple[int, int]:
    choice, first = divmod(choice, sides)
    choice, second = divmod(choice, sides)
    return choice, min(first, second)


def _happen(state: State, move: Move) -> Iterator[Happening]:
    for payload in move:
        at = BEGINNING + _BETWEEN * state.seq
        actor = ADA if type_of(payload).owner == "cli" else CONTROLLER
        correlation = correlation_of(payload, state)
        state = evolve(state, payload, at=at, seq=state.seq + 1, actor=actor.id)
        yield Happening(payload, at, actor, correlation, state)
