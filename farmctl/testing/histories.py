"""Histories that could have happened: legal by construction, as long as one likes.

A history is walked: in each state that the ledger's own fold comes to, every legal next move is
known, and a number picks one. So a list of numbers is a history, whatever the numbers, and
hypothesis shrinks one by shrinking the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain

from msgspec import Struct

from farmctl.control.recorder import correlation_of
from farmctl.ledger.fold import evolve
from farmctl.ledger.state import State
from farmctl.model.envelope import Actor, Fact
from farmctl.model.events import EventType, data_of, event_types, subject_of, type_of
from farmctl.testing.moves_farm import farm_moves, knowledge_moves, printer_moves
from farmctl.testing.moves_orders import Move, order_moves, plan_moves
from farmctl.testing.moves_plates import plate_moves
from farmctl.testing.moves_runs import ending_moves, run_moves, verdict_moves, word_moves

BEGINNING = datetime(2025, 1, 6, 10, tzinfo=UTC)
ADA = Actor("person", "ada@example.org", "cli")
CONTROLLER = Actor("controller", "farmctl", "run")
_BETWEEN = timedelta(seconds=90)
_ROOMS = (  # what is picked from, and how often beside the others
    (run_moves, 12),
    (word_moves, 3),
    (ending_moves, 1),
    (verdict_moves, 2),
    (plate_moves, 3),
    (plan_moves, 2),
    (order_moves, 2),
    (printer_moves, 4),
    (farm_moves, 1),
    (knowledge_moves, 1),
)
_MOST = 4_000  # moves in which `every_event` must have come by every type
_FIRST = {  # what makes way for facts that a walk seldom comes by
    "run.cancel_rejected": "run.cancel_intended",
    "run.cancel_unknown": "run.cancel_intended",
    "run.exclude_accepted": "run.exclude_intended",
    "run.exclude_intended": "run.exclude_requested",
    "run.exclude_rejected": "run.exclude_intended",
    "run.exclude_unknown": "run.exclude_intended",
    "run.fence_seen": "run.start_unknown",
    "run.pause_rejected": "run.pause_intended",
    "run.pause_unknown": "run.pause_intended",
    "run.paused": "run.pause_requested",
    "run.resume_intended": "run.resume_requested",
    "run.resume_rejected": "run.resume_intended",
    "run.resume_requested": "run.reconciled",
    "run.resume_unknown": "run.resume_intended",
    "run.resumed": "run.resume_requested",
}


class Happening(Struct, frozen=True):
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
    """Return every legal move, by what it moves: runs, plates, orders, printers, the farm."""
    return tuple(tuple(each(state)) for each, _ in _ROOMS)


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
    """A move that brings what is wanted, else one that makes way for it, else any."""
    names = wanted
    while names:
        for move in chain.from_iterable(rooms):
            if any(type_of(each).name in names for each in move):
                return move
        names = {_FIRST[name] for name in names if name in _FIRST}
    return _picked(rooms, int.from_bytes(hashlib.sha256(b"%d" % number).digest()[:12]))


def _picked(rooms: Sequence[Sequence[Move]], choice: int) -> Move:
    """The lowest of three draws: what leads on stands first, and should happen most of the time."""
    able = [
        room for room, (_, often) in zip(rooms, _ROOMS, strict=True) for _ in range(often) if room
    ]
    choice, place = divmod(choice, len(able))
    room = able[place]
    return room[min(_drawn(choice, len(room)))]


def _drawn(choice: int, sides: int) -> Iterator[int]:
    for _ in range(3):
        choice, drawn = divmod(choice, sides)
        yield drawn


def _happen(state: State, move: Move) -> Iterator[Happening]:
    for payload in move:
        at = BEGINNING + _BETWEEN * state.seq
        actor = ADA if _is_asked(type_of(payload)) else CONTROLLER
        correlation = correlation_of(payload, state)
        state = evolve(state, payload, at=at, seq=state.seq + 1, actor=actor.id)
        yield Happening(payload, at, actor, correlation, state)


def _is_asked(row: EventType) -> bool:
    return row.owner == "cli" or row.name.endswith(("_requested", ".resolved", ".judged"))
