"""After a restore no bed is known to be clear: what was printed since may have been forgotten."""

from __future__ import annotations

from contextlib import suppress

from farmctl.control.recorder import facts_of
from farmctl.errors import LedgerDamaged
from farmctl.ledger.aside import Said
from farmctl.ledger.fold import evolve_event
from farmctl.ledger.journal import Journal
from farmctl.ledger.restore import Onward, Survey
from farmctl.ledger.state import State
from farmctl.model.codec import Undecodable
from farmctl.model.envelope import Actor, Event
from farmctl.model.events.printers import BedDoubted
from farmctl.model.states import Bed

WHY = "the ledger was restored: what was printed since may be forgotten"
_RESTORE = Actor("controller", "farmctl", "restore")


def onward(source: Survey) -> Onward:
    """Return how a farm's ledger goes on from what is sound of it."""
    return Onward(_doubts(source), _Following(source))


def _doubts(source: Survey) -> tuple[Said, ...]:
    """Return the first facts of a ledger that goes on from `source`: its beds are doubted."""
    state = state_of(source)
    facts = [
        BedDoubted(name, WHY)
        for name, record in sorted(state.printers.items())
        if record.bed is not Bed.UNKNOWN
    ]
    return tuple(Said(each, _RESTORE) for each in facts_of(facts, state))


class _Following:
    """Tells whether events can follow from the sound part of a journal, one after another."""

    def __init__(self, source: Survey) -> None:
        self._state = state_of(source)

    def __call__(self, event: Event) -> str | None:
        """Take an event in, or return why it cannot follow: it is about what is over, or gone."""
        try:
            self._state = evolve_event(self._state, event)
        except (KeyError, ValueError, Undecodable) as error:
            return f"it can no longer follow ({error})"
        return None


def state_of(source: Survey) -> State:
    """Return what the sound part of a journal amounts to."""
    state = State()
    with suppress(LedgerDamaged):
        for event in Journal(source.folder, source.identity).read():
            if event.seq > source.place.seq:
                break
            state = evolve_event(state, event)
    return state
