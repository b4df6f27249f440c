"""From what a person types to an order: what is clear is filled in, what is not is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from msgspec import Struct

from farmctl.errors import InvalidDocuments, UsageError
from farmctl.farm.edits import Edit, checked
from farmctl.farm.orders.drafts import check_printers, check_profile, name_in, with_draft
from farmctl.farm.orders.due import parse_due
from farmctl.farm.orders.filling import Scene, filament, quality
from farmctl.farm.orders.models import NewModel, new_models
from farmctl.farm.parts import Farm
from farmctl.farm.questions import Ask, check_known
from farmctl.farmrepo.emit import emit
from farmctl.farmrepo.layout import order_path
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.farmrepo.write import schema_line
from farmctl.model.desired import Desired
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.documents.common import Filament, Quality, Use
from farmctl.model.documents.kinds import Kind
from farmctl.model.documents.order import Item, Order, Priority
from farmctl.model.ids import OrderId
from farmctl.planning.drafts import entrusted
from farmctl.planning.variants import Part, Refusal, ways
from farmctl.profiles.resolve import need_of

_NUMBERED = re.compile(r"ord-(\d{1,9})(?:\.yaml)?")


class Wish(Struct, frozen=True):
    """What a person asks for; what is None is filled in.

    Args:
        models: The files.
        quantity: How many of each.
        filament: `PETG/black`, or a material alone.
        quality: draft, standard, fine.
        use: cosmetic, functional.
        due: A day or time, as people type it.
        priority: low, normal, high, urgent.
        external: `etsy:3187604421`.
        profile: A profile by name, or its draft, `petg@draft`.
        on: The printers that may print the draft; none named, virtual ones.
        customer: A reference.
    """

    models: tuple[Path, ...]
    quantity: int = 1
    filament: str | None = None
    quality: str | None = None
    use: str = "functional"
    due: str | None = None
    priority: str | None = None
    external: str | None = None
    profile: str | None = None
    on: tuple[str, ...] = ()
    customer: str | None = None


class Prospect(Struct, frozen=True):
    """A model of a new order, the printers that can make it, and why others cannot."""

    model: NewModel
    printers: tuple[str, ...]
    refusals: tuple[Refusal, ...]


class NewOrder(Struct, frozen=True):
    """An order that is ready to be committed.

    Args:
        order: The document.
        edit: The files.
        prospects: Each model, and where it can be made.
        why_filament: Why it was taken, where nobody named it.
    """

    order: Order
    edit: Edit
    prospects: tuple[Prospect, ...]
    why_filament: str


def known_as(snapshot: Snapshot, external: str) -> OrderId | None:
    """Return the order that another system's order is already, or None."""
    for order, each in snapshot.orders.items():
        if each.document.external is not None and each.document.external.key == external:
            return order
    return None


def new_order(farm: Farm, scene: Scene, wish: Wish, ask: Ask) -> NewOrder:
    """Return the order for a wish.

    Raises:
        UsageError: Something is missing, misspelt, or no file.
        NoSuchThing: There is no such profile.
        Refused: A model fails preflight, or there is no such draft.
    """
    _check_words(scene, wish)
    scene = with_draft(farm, scene, wish.profile)
    order_id = next_id(farm, scene)
    head = _head(scene, wish, order_id)
    models = tuple(new_models(farm, wish.models, scene.desired))
    profile = name_in(wish.profile)
    of, why = filament(scene, wish.filament, profile, ask)
    how = wish.quality or quality(scene, of, profile, ask)
    text = _text({**head, "items": [_item(each, wish, of, how) for each in models]}, order_id)
    order = _checked(text, order_id)
    parts = ", ".join(f"{each.quantity} × {each.name}" for each in order.items)
    files = {**{each.path: each.raw for each in models}, order_path(order_id): text.encode()}
    return NewOrder(
        order=order,
        edit=Edit(files, f"orders: {order_id}, {parts}"),
        prospects=tuple(
            prospect(scene.desired, each, item)
            for each, item in zip(models, order.items, strict=True)
        ),
        why_filament=why,
    )


def next_id(farm: Farm, scene: Scene) -> str:
    """Return the next free `ord-<n>`: above all that the farm or its ledger ever had."""
    names = [
        *scene.snapshot.order_blobs,
        *farm.disk.list(farm.folder / "orders"),
        *scene.state.orders,
        *scene.state.closed,
    ]
    numbers = [int(found[1]) for found in map(_NUMBERED.fullmatch, names) if found]
    return f"ord-{max(numbers, default=0) + 1}"


def prospect(desired: Desired, model: NewModel, item: Item) -> Prospect:
    """Return where an item can be made."""
    mesh = model.report.mesh
    if mesh is None:
        return Prospect(model, (), ())
    need = need_of(item.filaments[0].material, item.quality, item.profile)
    found, refused = ways(desired, Part(item.model.digest, need, mesh.size_um))
    classes = {each.pin.printer_class for each in found}
    able = [each.name for each in desired.farm.printers if each.class_ in classes]
    if need.is_of_draft:
        able = [each for each in able if each in entrusted(desired, need.printers)]
    return Prospect(model, tuple(able), refused)


def _check_words(scene: Scene, wish: Wish) -> None:
    check_known(wish.quality or "standard", get_args(Quality), "quality")
    check_known(wish.use, get_args(Use), "use")
    check_known(wish.priority or "normal", get_args(Priority), "priority")
    if wish.profile is not None:
        check_profile(scene, wish.profile)
    check_printers(scene, wish.profile, wish.on)
    if wish.quantity < 1:
        raise UsageError(f"{wish.quantity} is no quantity", "say -q 1 or more")


def _head(scene: Scene, wish: Wish, order_id: str) -> Mapping[str, object]:
    due = parse_due(wish.due, scene.now, scene.zone).isoformat() if wish.due else None
    said = {
        "schema": "order/v1",
        "id": order_id,
        "created": scene.now.astimezone(scene.zone).replace(microsecond=0).isoformat(),
        "source": "manual",
        "external": _external(wish.external) if wish.external else None,
        "customer": wish.customer,
        "due": due,
        "priority": wish.priority,
    }
    return {key: value for key, value in said.items() if value is not None}


def _external(text: str) -> Mapping[str, str]:
    system, colon, number = text.partition(":")
    if not colon:
        raise UsageError(f"`{text}` names no order of another system", "write --for etsy:318760")
    return {"system": system, "id": number}


def _item(model: NewModel, wish: Wish, of: Filament, how: str) -> Mapping[str, object]:
    said = {
        "name": model.item,
        "model": {"path": model.path, "sha256": hexdigits(digest_of(model.raw))},
        "quantity": wish.quantity,
        "filaments": [{"material": of.material, "color": of.color}],
        "quality": how,
        "use": wish.use,
        "profile": wish.profile,
        "printers": list(dict.fromkeys(wish.on)) or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _text(said: Mapping[str, object], order_id: str) -> str:
    return schema_line(Kind.ORDER, order_path(order_id)) + emit(said)


def _checked(text: str, order_id: str) -> Order:
    try:
        return checked(Order, text, order_path(order_id))
    except InvalidDocuments as error:
        raise UsageError(error.message.partition(": ")[2], error.mend) from None
