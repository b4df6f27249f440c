"""After a restore no bed is known to be clear: what was printed since may have been forgotten."""

from __future__ import annotations

from contextlib import suppress

from farmctl.control.recorder import facts_of
from farmctl.errors import LedgerDamaged
from farmctl.ledger.aside import Said
from farmctl.ledger.fold import evolve_event
from farmctl.ledger.journal import Journal
from farmctl.ledger.restore import Survey
from farmctl.ledger.state import State
from farmctl.model.envelope import Actor
from farmctl.model.events.printers import BedDoubted
from farmctl.model.states import Bed

WHY = "the ledger was restored: what was printed since may be forgotten"
_RESTORE = Actor("controller", "farmctl", "restore")


def doubts(source: Survey) -> tuple[Said, ...]:
    """Return the first facts of a ledger that goes on from `source`: its clear beds are doubted."""
    state = state_of(source)
    facts = [
        BedDoubted(name, WHY)
        for name, record in sorted(state.printers.items())
        if record.bed is Bed.CLEAR
    ]
    return tuple(Said(each, _RESTORE) for each in facts_of(facts, state))


def state_of(source: Survey) -> State:
    """Return what the sound part of a journal amounts to."""
    state = State()
    with suppress(LedgerDamaged):
        for event in Journal(source.folder, source.identity).read():
            if event.seq > source.place.seq:
                break
            state = evolve_event(state, event)
    return state
