"""Facts about orders: promises to customers, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farmctl.model.events.registry import fact
from farmctl.model.ids import InstanceId, ItemKey, OrderId, RunId


@dataclass(frozen=True, slots=True)
class OrderedItem:
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


@dataclass(frozen=True, slots=True)
class OrderText:
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
@dataclass(frozen=True, slots=True)
class OrderAccepted:
    """An order was seen for the first time."""

    order: OrderId
    text: OrderText


@fact("order.amended", subject="order/{order}")
@dataclass(frozen=True, slots=True)
class OrderAmended:
    """An order's file changed."""

    order: OrderId
    text: OrderText


@fact("order.opened", subject="order/{order}")
@dataclass(frozen=True, slots=True)
class OrderOpened:
    """An order may be made from now on."""

    order: OrderId


@fact("order.awaits_payment", subject="order/{order}")
@dataclass(frozen=True, slots=True)
class OrderAwaitsPayment:
    """An order waits for its payment."""

    order: OrderId


@fact("order.fulfilled", subject="order/{order}")
@dataclass(frozen=True, slots=True)
class OrderFulfilled:
    """Every ordered part is made."""

    order: OrderId
    good: int


@fact("order.canceled", subject="order/{order}")
@dataclass(frozen=True, slots=True)
class OrderCanceled:
    """An order was canceled: what is not started is dropped, what prints goes on."""

    order: OrderId
    reason: str


@fact("order.reopened", subject="order/{order}")
@dataclass(frozen=True, slots=True)
class OrderReopened:
    """A closed order has work again: more is wanted, or a verdict changed."""

    order: OrderId
    why: str


@fact("order.archived", subject="order/{order}")
@dataclass(frozen=True, slots=True)
class OrderArchived:
    """The file of a closed order was deleted; what was made is remembered."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class ItemVerdict:
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
@dataclass(frozen=True, slots=True)
class ItemsJudged:
    """The parts of an ended run were judged, by a person or presumed by policy."""

    run: RunId
    verdicts: tuple[ItemVerdict, ...]
    by: str
    quality: int | None = None
    note: str | None = None
    photo: str | None = None


@fact("reprint.allowed", subject="item/{item}")
@dataclass(frozen=True, slots=True)
class ReprintAllowed:
    """Failed parts are work again, by the gate `reprint` or by a person."""

    item: ItemKey
    instances: tuple[InstanceId, ...]
    by: str
    replaces: str | None = None
