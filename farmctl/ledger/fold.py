"""The fold: one event after another, in the order they were written."""

from __future__ import annotations

from datetime import datetime

from farmctl.ledger import fold_effects, fold_farm, fold_orders, fold_plates, fold_runs
from farmctl.ledger.state import FOLDS, Draft, State

__all__ = ["evolve", "fold_effects", "fold_farm", "fold_orders", "fold_plates", "fold_runs"]


def evolve(state: State, payload: object, *, at: datetime, seq: int, actor: str) -> State:
    """Return the state after one fact.

    Raises KeyError for a payload that no fold knows, or one about something that does not exist,
    and ValueError for a step that no table allows.
    """
    draft = Draft(state, at=at, seq=seq, actor=actor)
    FOLDS[type(payload)](draft, payload)
    return draft.done()
