"""What `apply` may do: what was shown, expected lines included, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from farmctl.control.actions import (
    Act,
    Action,
    CheckModel,
    Dispatch,
    Record,
    SlicePlate,
    WritePlan,
)
from farmctl.model.events.plates import PlateComposed

Key = tuple[object, ...]


def only_shown(shown: Iterable[Action]) -> Callable[[Action], bool]:
    """Return what tells whether an action is one of a change set that a person saw.

    Facts, looks and the way of a print that was shown are always allowed. A plate is what was
    shown by its parts and class, so that what is sliced and started is too.
    """
    known = {key for each in shown for key in [_key(each)] if key is not None}

    def allow(action: Action) -> bool:
        key = _key(action)
        return key is None or key in known

    return allow


def _key(action: Action) -> Key | None:
    match action:
        case WritePlan(draft=draft):
            pins = tuple(each.digest for each in draft.variants)
            return ("write-plan", draft.item, draft.revision, pins)
        case SlicePlate(plate=plate):
            return ("slice", plate)
        case Dispatch(plate=plate):
            return ("start", plate)
        case Record(facts=facts):
            plates = (each for each in facts if isinstance(each, PlateComposed))
            return next((_composed(each) for each in plates), None)
        case CheckModel() | Act():
            return None
        case _:
            assert_never(action)


def _composed(fact: PlateComposed) -> Key:
    parts = tuple((each.instance, each.variant) for each in fact.placed)
    return ("compose", fact.plate, fact.printer_class, parts)
