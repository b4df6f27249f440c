"""What the ledger needs to know about a state in order to keep one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct

from farmctl.errors import LedgerDamaged
from farmctl.ledger.damage import JournalDamaged
from farmctl.ledger.lines import Place
from farmctl.model.codec import Json, Undecodable
from farmctl.model.envelope import Event

S = TypeVar("S")


class Reducer(Struct, Generic[S], frozen=True):
    """A pure fold of events into a state, and how to put that state into a snapshot.

    Args:
        version: Raised with every change of what the fold makes of events.
        initial: The state before the first event.
        evolve: The state after an event. Raises KeyError, ValueError or Undecodable for one that
            cannot follow.
        dump: The state as canonical JSON values.
        load: The state that `dump` of the same version made values of.
        known: Whether an event's type means something to this farmctl.
    """

    version: int
    initial: S
    evolve: Callable[[S, Event], S]
    dump: Callable[[S], Json]
    load: Callable[[Json], S]
    known: Callable[[str], bool]


class UnknownEvent(LedgerDamaged):
    """A newer farmctl wrote something that this one would have to leave out."""

    def __init__(self, event: Event) -> None:
        super().__init__(
            f"event {event.seq} is a {event.type}, which this farmctl does not know",
            "install the farmctl that wrote it, or a newer one",
        )
        self.type = event.type


def evolved(reducer: Reducer[S], state: S, event: Event, place: Place) -> S:
    """Return the state after an event of the journal that ends at `place`.

    Raises UnknownEvent, and JournalDamaged for an event that cannot follow from the state.
    """
    if not reducer.known(event.type):
        raise UnknownEvent(event)
    try:
        return reducer.evolve(state, event)
    except (KeyError, ValueError, Undecodable) as error:
        what = f"{event.type} of {event.subject} cannot follow ({error})"
        raise JournalDamaged(place.segment, place.line, what) from error
