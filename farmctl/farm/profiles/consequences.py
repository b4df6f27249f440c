"""What moving a channel leads to: build plans, orders, printers, queued plates. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.digest import Digest
from farmctl.model.documents.profile import Profile
from farmctl.model.events.plans import VariantPin
from farmctl.model.ids import ItemKey, OrderId, PlateId, PrinterName, RunId, item_of, order_of
from farmctl.model.recorded import PlateRecord
from farmctl.planning.plans import PlanDraft, plan_steps
from farmctl.planning.stale import NOT_STARTED
from farmctl.profiles.channels import is_for
from farmctl.profiles.room import ceiling_of, room_of
from farmctl.slicing.key import PlacedPart
from farmctl.slicing.request import PlateRequest

IsSliced = Callable[[PlateRequest], bool]
"""Tells whether a plate is in the slice cache already."""


class Consequences(Struct, frozen=True):
    """What follows.

    Args:
        plans: The build plans that get a new revision, and which.
        plates: The queued plates that slice again.
        cached: How many of them were sliced just so before.
        printers: The printers that are touched.
        printing: Prints with the replaced version that go on.
        known: Whether there is a ledger that tells of orders and prints.
    """

    plans: Mapping[ItemKey, int]
    plates: tuple[PlateId, ...]
    cached: int
    printers: tuple[PrinterName, ...]
    printing: tuple[RunId, ...]
    known: bool = True

    @property
    def orders(self) -> tuple[OrderId, ...]:
        """Return the orders of those plans."""
        return tuple(sorted({order_of(item) for item in self.plans}))


def with_profile(desired: Desired, document: Profile) -> Desired:
    """Return the farm with another `profile.yaml`."""
    at = replace(desired.profiles[document.name], document=document)
    return replace(desired, profiles={**desired.profiles, document.name: at})


def consequences(
    state: State, before: Desired, after: Desired, name: str, is_sliced: IsSliced
) -> Consequences:
    """Return what follows from a profile's channels being others than before."""
    drafts = dict(revised(state, before, after))
    plates = tuple(plate for plate, _ in queued(state, drafts))
    again = [_request(state.plates[each], drafts, after) for each in plates]
    channels = before.profiles[name].document.channels
    old = {f"{name}@{each.version}" for each in (channels.production, channels.canary) if each}
    new = after.profiles[name].document.channels
    old -= {f"{name}@{each.version}" for each in (new.production, new.canary) if each}
    return Consequences(
        plans={item: draft.revision for item, draft in sorted(drafts.items())},
        plates=plates,
        cached=sum(is_sliced(each) for each in again if each is not None),
        printers=_touched(before, after, name),
        printing=tuple(
            run
            for run, record in state.runs.items()
            if record.phase.may_be_printing
            and state.plates[record.queued.plate].composed.profile in old
        ),
        known=state.seq > 0,
    )


def revised(state: State, before: Desired, after: Desired) -> Iterator[tuple[ItemKey, PlanDraft]]:
    """Yield the drafts that the change alone leads to, of items that have a plan."""
    due = {each.item: each for each in plan_steps(state, before) if isinstance(each, PlanDraft)}
    for step in plan_steps(state, after):
        if not isinstance(step, PlanDraft) or not step.is_new or step.item not in state.plans:
            continue
        known = due.get(step.item)
        if known is None or known.variants != step.variants:
            yield step.item, step


def queued(
    state: State, drafts: Mapping[ItemKey, PlanDraft]
) -> Iterator[tuple[PlateId, PlateRecord]]:
    """Yield the plates not started yet that hold a part which is made another way then."""
    kept = {item: {each.digest for each in draft.variants} for item, draft in drafts.items()}
    for plate, record in state.plates.items():
        if record.phase in NOT_STARTED and any(
            placed.variant not in kept[item_of(placed.instance)]
            for placed in record.composed.placed
            if item_of(placed.instance) in kept
        ):
            yield plate, record


def _request(
    record: PlateRecord, drafts: Mapping[ItemKey, PlanDraft], after: Desired
) -> PlateRequest | None:
    """Return the plate as it would be with the same parts in the same places."""
    composed = record.composed
    drafted = [drafts.get(item_of(each.instance)) for each in composed.placed]
    draft = next((each for each in drafted if each is not None), None)
    pin = _pin_for(draft, composed.printer_class) if draft else None
    at = after.classes.get(composed.printer_class)
    if draft is None or pin is None or at is None:
        return None
    parts = tuple(
        PlacedPart(each.label, Digest(each.mesh), each.x_um, each.y_um, each.rotate_mdeg)
        for each in composed.placed
    )
    settings, slicer = draft.settings[pin.settings], Digest(pin.slicer)
    return PlateRequest(parts, settings, room_of(at.document), ceiling_of(at.document), slicer)


def _pin_for(draft: PlanDraft, printer_class: str) -> VariantPin | None:
    fitting = [each for each in draft.variants if each.printer_class == printer_class]
    return next((each for each in fitting if each.channel != "canary"), None)


def _touched(before: Desired, after: Desired, name: str) -> tuple[PrinterName, ...]:
    """Return the printers that may then get another version than before."""
    old, new = (each.profiles[name].document for each in (before, after))
    fitting = [PrinterName(each.name) for each in after.farm.printers if is_for(new, each)]
    if old.channels.production != new.channels.production:
        return tuple(sorted(fitting))
    canaries = [each.channels.canary for each in (old, new) if each.channels.canary]
    named = {name for each in canaries for name in each.printers}
    return tuple(sorted(each for each in fitting if each in named or not named))
