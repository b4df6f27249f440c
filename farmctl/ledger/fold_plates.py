"""What facts about build plates do to the state."""

from __future__ import annotations

from msgspec.structs import replace

from farmctl.ledger.settle import settle
from farmctl.ledger.state import Draft, folds
from farmctl.model.events import plates as said
from farmctl.model.ids import InstanceId, PlateId, item_of
from farmctl.model.recorded import InstanceRecord, PlateRecord
from farmctl.model.states import PlatePhase


@folds(said.PlateComposed)
def plate_composed(draft: Draft, fact: said.PlateComposed) -> None:
    """Put the parts on the plate; a part has its number from here on."""
    number = int(fact.plate.removeprefix("plate-"))
    draft.counts = replace(draft.counts, plate=max(draft.counts.plate, number))
    draft.plates[fact.plate] = PlateRecord(fact, PlatePhase.COMPOSED, draft.at)
    for placed in fact.placed:
        put_instance(draft, placed.instance, plate=fact.plate)


@folds(said.PlateSliced)
def plate_sliced(draft: Draft, fact: said.PlateSliced) -> None:
    """The plate has g-code."""
    draft.plates[fact.plate] = replace(
        draft.plates[fact.plate],
        phase=PlatePhase.SLICED,
        sliced=fact,
        failed_code=None,
        failed_message=None,
    )


@folds(said.PlateSliceFailed)
def plate_slice_failed(draft: Draft, fact: said.PlateSliceFailed) -> None:
    """The plate stays composed until an input changes."""
    draft.plates[fact.plate] = replace(
        draft.plates[fact.plate], failed_code=fact.code, failed_message=fact.message
    )


@folds(said.PlateVoided)
def plate_voided(draft: Draft, fact: said.PlateVoided) -> None:
    """Its parts are work again."""
    record = draft.plates.pop(fact.plate)
    for placed in record.composed.placed:
        put_instance(draft, placed.instance, plate=None)
    settle(draft)


def put_instance(draft: Draft, instance: InstanceId, *, plate: PlateId | None) -> None:
    """Put a part on a plate, or take it off."""
    item = item_of(instance)
    record = draft.items.get(item)
    if record is None:
        return
    known = record.instances.get(instance, InstanceRecord())
    draft.items[item] = replace(
        record,
        instances={**record.instances, instance: replace(known, plate=plate)},
        highest=max(record.highest, int(instance.rsplit("#", 1)[1])),
    )
