"""Facts about orders: promises to customers, and what became of them."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from farmctl.model.events.registry import fact
from farmctl.model.ids import InstanceId, ItemKey, OrderId, RunId


class OrderedItem(Struct, frozen=True):
    """One item of an order as it was accepted.

    Args:
        name: The item's name in its order.
        model_path: Where the model lies in the farm; None when it is only named by digest.
        model: Digest of the model's bytes.
        quantity: How many.
        filaments: `PETG/black`, one for each slot.
        quality: draft, standard or fine.
        use: cosmetic or functional.
        profile: A person's own choice, or None.
        constraints: What the part must keep.
    """

    name: str
    model: str
    quantity: int
    filaments: tuple[str, ...]
    quality: str
    use: str
    model_path: str | None = None
    profile: str | None = None
    constraints: tuple[str, ...] = ()


class OrderText(Struct, frozen=True):
    """The whole order as it was accepted, so that the ledger stands without git.

    Args:
        order: Its id.
        blob: Git's object id of the file: an unchanged one is not parsed again.
        created: When it was made.
        source: manual, shopify, …
        priority: low, normal, high, urgent.
        payment: pending, paid, waived, refunded.
        items: What is ordered.
        due: When it must be ready.
        customer: A reference, never personal data.
        external: `etsy:3187604421`.
        price_cents: Of the whole order, in the currency's hundredths.
        currency: ISO 4217.
        canceled: A reason code, or None.
    """

    order: OrderId
    blob: str
    created: datetime
    source: str
    priority: str
    payment: str
    items: tuple[OrderedItem, ...]
    due: datetime | None = None
    customer: str | None = None
    external: str | None = None
    price_cents: int | None = None
    currency: str | None = None
    canceled: str | None = None


@fact("order.accepted", subject="order/{order}")
class OrderAccepted(Struct, frozen=True):
    """An order was seen for the first time."""

    order: OrderId
    text: OrderText


@fact("order.amended", subject="order/{order}")
class OrderAmended(Struct, frozen=True):
    """An order's file changed."""

    order: OrderId
    text: OrderText


@fact("order.opened", subject="order/{order}")
class OrderOpened(Struct, frozen=True):
    """An order may be made from now on."""

    order: OrderId


@fact("order.awaits_payment", subject="order/{order}")
class OrderAwaitsPayment(Struct, frozen=True):
    """An order waits for its payment."""

    order: OrderId


@fact("order.fulfilled", subject="order/{order}")
class OrderFulfilled(Struct, frozen=True):
    """Every ordered part is made."""

    order: OrderId
    good: int


@fact("order.canceled", subject="order/{order}")
class OrderCanceled(Struct, frozen=True):
    """An order was canceled: what is not started is dropped, what prints goes on."""

    order: OrderId
    reason: str


@fact("order.reopened", subject="order/{order}")
class OrderReopened(Struct, frozen=True):
    """A closed order has work again: more is wanted, or a verdict changed."""

    order: OrderId
    why: str


@fact("order.archived", subject="order/{order}")
class OrderArchived(Struct, frozen=True):
    """The file of a closed order was deleted; what was made is remembered."""

    order: OrderId


class ItemVerdict(Struct, frozen=True):
    """What became of one ordered part.

    Args:
        instance: Which part.
        verdict: success, failed, unknown or skipped.
        reason: A reason code for a failed one.
    """

    instance: InstanceId
    verdict: str
    reason: str | None = None


@fact("item.judged", subject="run/{run}")
class ItemsJudged(Struct, frozen=True):
    """The parts of an ended run were judged, by a person or presumed by policy."""

    run: RunId
    verdicts: tuple[ItemVerdict, ...]
    by: str
    quality: int | None = None
    note: str | None = None
    photo: str | None = None


@fact("reprint.allowed", subject="item/{item}")
class ReprintAllowed(Struct, frozen=True):
    """Failed parts are work again, by the gate `reprint` or by a person."""

    item: ItemKey
    instances: tuple[InstanceId, ...]
    by: str
    replaces: str | None = None
