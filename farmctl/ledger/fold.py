"""The fold: one event after another, in the order they were written."""

from __future__ import annotations

from datetime import datetime

from farmctl.ledger import fold_effects, fold_farm, fold_orders, fold_plates, fold_runs
from farmctl.ledger.reducer import Reducer
from farmctl.ledger.state import FOLDS, REDUCER, Draft, State, dump, load
from farmctl.model.envelope import Event
from farmctl.model.events import is_known, payload_of

__all__ = [
    "REDUCER_OF_FARM",
    "evolve",
    "fold_effects",
    "fold_farm",
    "fold_orders",
    "fold_plates",
    "fold_runs",
]


def evolve(state: State, payload: object, *, at: datetime, seq: int, actor: str) -> State:
    """Return the state after one fact.

    Raises KeyError for a payload that no fold knows, or one about something that does not exist,
    and ValueError for a step that no table allows.
    """
    draft = Draft(state, at=at, seq=seq, actor=actor)
    FOLDS[type(payload)](draft, payload)
    return draft.done()


def evolve_event(state: State, event: Event) -> State:
    """Return the state after one event of the journal."""
    payload = payload_of(event.type, event.data)
    return evolve(state, payload, at=event.time, seq=event.seq, actor=event.actor.id)


REDUCER_OF_FARM: Reducer[State] = Reducer(
    version=REDUCER,
    initial=State(),
    evolve=evolve_event,
    dump=dump,
    load=load,
    known=is_known,
)
