"""Build plans as values, as facts and as documents: the same content in three forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from farmctl.model.events.plans import PlanWritten, VariantPin
from farmctl.model.ids import ItemKey
from farmctl.model.states import PlanStatus
from farmctl.planning.settings import Scalar

if TYPE_CHECKING:
    from farmctl.model.documents.plan import Plan


class Chosen(Struct, frozen=True):
    """What a person may choose in a plan; farmctl keeps it from revision to revision.

    Args:
        rotate_mdeg: Turned about x, then y, then z, in thousandths of a degree.
        chosen_by: person or farmctl.
        why: Why it lies so.
        supports: none or auto.
        overrides: Settings for this part alone, sorted.
        tags: What a printer must have.
    """

    rotate_mdeg: tuple[int, int, int] = (0, 0, 0)
    chosen_by: str = "farmctl"
    why: str | None = None
    supports: str = "none"
    overrides: tuple[tuple[str, Scalar], ...] = ()
    tags: tuple[str, ...] = ()


class PlanDraft(Struct, frozen=True):
    """A build plan as it should be.

    Args:
        item: `ord-1042/bracket`.
        revision: From 1; raised only when the content changes.
        model: Digest of the model's bytes.
        filaments: `PETG/black`, slot by slot.
        size_um: Width, depth, height as it lies.
        chosen: What a person may choose.
        variants: How it is made on each class.
        slicers: Name and digest of each slicer.
        is_new: Whether the content differs from the revision before; otherwise only a yes is due.
        status: draft or approved.
        approved_by: A policy with its digest, or a person.
        settings: The artifact of each settings digest.
    """

    item: ItemKey
    revision: int
    model: str
    filaments: tuple[str, ...]
    size_um: tuple[int, int, int]
    chosen: Chosen
    variants: tuple[VariantPin, ...]
    slicers: tuple[tuple[str, str], ...]
    is_new: bool = True
    status: PlanStatus = PlanStatus.DRAFT
    approved_by: str | None = None
    settings: Mapping[str, bytes] = field(default_factory=dict)


def content(draft: PlanDraft) -> tuple[object, ...]:
    """Return what makes a revision: everything but its number and its status."""
    return (draft.model, draft.filaments, draft.size_um, draft.chosen, draft.variants)


def plan_written(draft: PlanDraft, sha256: str, commit: str | None = None) -> PlanWritten:
    """Return the fact that the draft's document, with this digest, was written."""
    return PlanWritten(
        item=draft.item,
        revision=draft.revision,
        sha256=sha256,
        status=draft.status.value,
        approved_by=draft.approved_by,
        model=draft.model,
        filaments=draft.filaments,
        tags=draft.chosen.tags,
        size_um=draft.size_um,
        rotate_mdeg=draft.chosen.rotate_mdeg,
        supports=draft.chosen.supports,
        variants=draft.variants,
        commit=commit,
    )


def plan_document(draft: PlanDraft) -> dict[str, Any]:
    """Return the draft as the words of `plans/<order>/<item>.yaml`, in their order."""
    order, item = draft.item.split("/", 1)
    chosen = draft.chosen
    names = {digest: name for name, digest in draft.slicers}
    return {
        "schema": "plan/v1",
        "order": order,
        "item": item,
        "revision": draft.revision,
        "status": draft.status.value,
        "approved_by": draft.approved_by,
        "model": {"sha256": draft.model.removeprefix("sha256:")},
        "orientation": {
            "rotate_deg": [_short(each) for each in chosen.rotate_mdeg],
            "chosen_by": chosen.chosen_by,
            "why": chosen.why,
        },
        "supports": chosen.supports,
        "overrides": dict(chosen.overrides),
        "requires": {
            "filaments": [_filament(each) for each in draft.filaments],
            "size_mm": [each / 1000 for each in draft.size_um],
            "tags": list(chosen.tags),
        },
        "variants": [_variant(each, names[each.slicer]) for each in draft.variants],
    }


def chosen_in(document: Plan) -> Chosen:
    """Return what a plan's document chooses."""
    x, y, z = (round(each * 1000) for each in document.orientation.rotate_deg)
    return Chosen(
        rotate_mdeg=(x, y, z),
        chosen_by=document.orientation.chosen_by,
        why=document.orientation.why,
        supports=document.supports,
        overrides=tuple(sorted(document.overrides.items())),
        tags=tuple(document.requires.tags),
    )


def is_said_by(document: Plan, draft: PlanDraft) -> bool:
    """Return whether a document has the draft's content, whatever its revision and status."""
    said = document.model_dump(mode="json", by_alias=True)
    asked = plan_document(draft)
    for words in (said, asked):
        for key in ("revision", "status", "approved_by"):
            del words[key]
    return said == asked


def is_recorded_by(written: PlanWritten, draft: PlanDraft) -> bool:
    """Return whether the ledger's plan has the draft's content as far as it knows it."""
    fact = plan_written(draft, written.sha256)
    known = ("model", "filaments", "tags", "size_um", "rotate_mdeg", "supports", "variants")
    return all(getattr(written, each) == getattr(fact, each) for each in known)


def _short(thousandths: int) -> int | float:
    whole, rest = divmod(thousandths, 1000)
    return thousandths / 1000 if rest else whole


def _filament(name: str) -> dict[str, str]:
    material, _, color = name.partition("/")
    return {"material": material, "color": color}


def _variant(pin: VariantPin, slicer: str) -> dict[str, Any]:
    return {
        "class": pin.printer_class,
        "profile": pin.profile,
        "channel": pin.channel,
        "nozzle_mm": pin.nozzle_um / 1000,
        "slicer": {"name": slicer, "digest": pin.slicer},
        "settings": pin.settings,
    }
