"""Each open item gets one build plan: how it is made on every class of the farm that can."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from farmctl.geometry.footprint import rotation
from farmctl.ledger.state import State
from farmctl.model.desired import Desired, PlanAt
from farmctl.model.events.orders import OrderedItem
from farmctl.model.events.plans import ModelChecked, PlanWithdrawn, PlanWritten
from farmctl.model.ids import ItemKey, OrderId, item_key, order_of
from farmctl.model.recorded import PlanRecord
from farmctl.model.states import OrderPhase, PlanStatus, PlatePhase
from farmctl.planning.plan_text import (
    Chosen,
    PlanDraft,
    chosen_in,
    is_recorded_by,
    is_said_by,
    plan_written,
)
from farmctl.planning.stops import order_stops, retired_in
from farmctl.planning.variants import Kind, Part, Refusal, Way, ways
from farmctl.profiles.resolve import need_of

__all__ = ["PlanDraft", "PlanProblem", "PlanStep", "Unchecked", "plan_steps"]


class Unchecked(Struct, frozen=True):
    """A model that nobody has read yet.

    Args:
        item: What is ordered.
        model: Digest of its bytes.
        path: Where it lies in the farm, or None.
    """

    item: ItemKey
    model: str
    path: str | None


class PlanProblem(Struct, frozen=True):
    """Why an item has no build plan until a person acts.

    Args:
        item: Which.
        kind: A code of the closed list of attentions.
        message: What is wrong, for each class.
    """

    item: ItemKey
    kind: str
    message: str


PlanStep = Unchecked | PlanDraft | PlanWritten | PlanWithdrawn | PlanProblem


def plan_steps(state: State, desired: Desired) -> Iterator[PlanStep]:
    """Yield what build plans need, by item: at most a step and a problem for each.

    - `Unchecked`: its model must be read first.
    - `PlanDraft`: to be decided on by policy, and written when it is new or a yes is due.
    - `PlanWritten`: a document that a person changed is taken note of.
    - `PlanWithdrawn`: the item is gone, or nothing can make it any more.
    - `PlanProblem`: needs a person.
    """
    yield from _gone(state, desired)
    for order in sorted(state.orders):
        if _is_planned(state, desired, order):
            yield from _steps_of_order(state, desired, order)


def _steps_of_order(state: State, desired: Desired, order: OrderId) -> Iterator[PlanStep]:
    ordered = {item_key(order, each.name): each for each in state.orders[order].text.items}
    for item, text in sorted(ordered.items()):
        if _is_wanted(state, item):
            yield from _steps_of(state, desired, item, text)


def _is_planned(state: State, desired: Desired, order: OrderId) -> bool:
    record = state.orders.get(order)
    is_open = record is not None and record.phase is OrderPhase.OPEN
    return is_open and not any(order_stops(state, desired, [order]))


def _gone(state: State, desired: Desired) -> Iterator[PlanWithdrawn]:
    for item in sorted(state.plans):
        order = order_of(item)
        if _is_planned(state, desired, order):
            ordered = {item_key(order, each.name) for each in state.orders[order].text.items}
            if item not in ordered:
                yield PlanWithdrawn(item, "it is no longer ordered")


def _is_wanted(state: State, item: ItemKey) -> bool:
    """Return whether the item has parts still to be put on plates, or on plates not started."""
    record = state.items[item]
    waiting = (each.plate for each in record.instances.values() if each.plate is not None)
    return record.need > 0 or any(
        state.plates[plate].phase in (PlatePhase.COMPOSED, PlatePhase.SLICED) for plate in waiting
    )


def _steps_of(
    state: State, desired: Desired, item: ItemKey, text: OrderedItem
) -> Iterator[PlanStep]:
    checked = state.models.get(text.model)
    if checked is None:
        yield Unchecked(item, text.model, text.model_path)
        return
    if checked.verdict == "fail" or checked.clean is None:
        yield PlanProblem(item, "model-fails", _worst(checked))
        return
    record = state.plans.get(item)
    draft = _draft(desired, item, text, checked, retired_in(desired, item, record))
    if isinstance(draft, PlanDraft):
        yield from _revised(desired, record, draft)
        return
    if record is not None and all(each.kind is Kind.CANNOT for each in draft):
        yield PlanWithdrawn(item, _said(draft))
    yield PlanProblem(item, "no-way-to-make", _said(draft))


def _worst(checked: ModelChecked) -> str:
    said = [each.message for each in checked.findings if each.level == "fail"]
    return "; ".join(said) or "preflight fails"


def _said(refusals: tuple[Refusal, ...]) -> str:
    return "; ".join(f"{each.where}: {each.why}" for each in refusals) or "the farm has no printer"


def _draft(
    desired: Desired,
    item: ItemKey,
    text: OrderedItem,
    checked: ModelChecked,
    keeps: tuple[str, ...],
) -> PlanDraft | tuple[Refusal, ...]:
    """Return the plan as it should be, or why there can be none."""
    at = desired.plans.get(item)
    chosen = chosen_in(at.document) if at else Chosen()
    size_um = size_as_laid(checked.size_um, chosen.rotate_mdeg)
    if len(text.filaments) > 1:
        why = "parts of more than one filament are not made yet"
        return (Refusal(Kind.CANNOT, item, why),)
    material = text.filaments[0].partition("/")[0]
    part = Part(
        model=text.model,
        need=need_of(material, text.quality, text.profile, keeps),
        size_um=size_um,
        rotate_mdeg=chosen.rotate_mdeg,
        supports=chosen.supports,
        overrides=chosen.overrides,
        tags=chosen.tags,
    )
    found, refused = ways(desired, part)
    several = tuple(each for each in refused if each.kind is Kind.SEVERAL)
    if several or not found:
        return several or refused
    return _drafted(item, text, part, chosen, found)


def _drafted(
    item: ItemKey, text: OrderedItem, part: Part, chosen: Chosen, found: tuple[Way, ...]
) -> PlanDraft:
    return PlanDraft(
        item=item,
        revision=1,
        model=part.model,
        filaments=text.filaments,
        size_um=part.size_um,
        chosen=chosen,
        variants=tuple(each.pin for each in found),
        slicers=tuple(sorted({(each.slicer, each.pin.slicer) for each in found})),
        settings={each.pin.settings: each.settings for each in found},
    )


@lru_cache(maxsize=1024)
def size_as_laid(
    size_um: tuple[int, ...], rotate_mdeg: tuple[int, int, int]
) -> tuple[int, int, int]:
    """Return the size of the box around the turned box of a part: never too small.

    Exact for quarter turns; for others the part itself may be smaller.
    """
    x_deg, y_deg, z_deg = (each / 1000 for each in rotate_mdeg)
    width, depth, height = (
        -int(-sum(abs(share) * length for share, length in zip(row, size_um, strict=True)) // 1)
        for row in rotation((x_deg, y_deg, z_deg))
    )
    return width, depth, height


def _revised(
    desired: Desired, record: PlanRecord | None, draft: PlanDraft
) -> Iterator[PlanDraft | PlanWritten]:
    """Compare the draft with git and the ledger: nothing, when both say the same already."""
    written = record.written if record else None
    at = _newest(desired.plans.get(draft.item), written)
    is_known = written is not None and is_recorded_by(written, draft)
    if at is not None and is_said_by(at.document, draft):
        if is_known or written is None or at.document.revision > written.revision:
            yield from _as_in_git(written, draft, at)
            return
    elif at is None and written is not None and is_known:
        if written.status == PlanStatus.DRAFT:
            yield replace(draft, revision=written.revision, is_new=False)
        return
    recorded, in_git = written.revision if written else 0, at.document.revision if at else 0
    yield replace(draft, revision=max(recorded, in_git) + 1)


def _newest(at: PlanAt | None, written: PlanWritten | None) -> PlanAt | None:
    """Return git's plan, unless git is behind the ledger: then the ledger's stands."""
    if at is not None and written is not None and at.document.revision < written.revision:
        return None
    return at


def _as_in_git(
    written: PlanWritten | None, draft: PlanDraft, at: PlanAt
) -> Iterator[PlanDraft | PlanWritten]:
    """Take note of a document that is right; a draft waits for a yes."""
    document = at.document
    status = PlanStatus(document.status)
    draft = replace(draft, revision=document.revision, is_new=False)
    if written is None or written.sha256 != at.sha256:
        adopted = replace(draft, status=status, approved_by=document.approved_by)
        yield plan_written(adopted, at.sha256)
    elif status is PlanStatus.DRAFT:
        yield draft
