"""What facts about orders, items, models and build plans put into the tables."""

from __future__ import annotations

from farmctl.insight.rows import Rows, json_text, projects, utc
from farmctl.model.codec import encode
from farmctl.model.envelope import Event
from farmctl.model.events import orders as said
from farmctl.model.events import plans
from farmctl.model.ids import OrderId, item_key, order_of
from farmctl.model.states import OrderPhase


@projects(said.OrderAccepted)
def order_accepted(rows: Rows, event: Event, fact: said.OrderAccepted) -> None:
    """A new order."""
    rows.put("orders", fact.order, state=OrderPhase.CREATED.value, accepted_at=utc(event.time))
    _put_text(rows, fact.text)


@projects(said.OrderAmended)
def order_amended(rows: Rows, event: Event, fact: said.OrderAmended) -> None:
    """Items that the order no longer names are wanted no more."""
    named = {item_key(fact.order, each.name) for each in fact.text.items}
    for item in rows.read("orders", fact.order)["items"]:
        if item not in named:
            rows.put("items", item, quantity=0)
    rows.put("orders", fact.order, archived_at=None)
    _put_text(rows, fact.text)


def _put_text(rows: Rows, text: said.OrderText) -> None:
    rows.put(
        "orders",
        text.order,
        source=text.source,
        external=text.external,
        customer=text.customer,
        priority=text.priority,
        payment=text.payment,
        price_cents=text.price_cents,
        currency=text.currency,
        items=[item_key(text.order, each.name) for each in text.items],
        blob=text.blob,
        created_at=utc(text.created),
        due_at=utc(text.due),
    )
    for each in text.items:
        _put_item(rows, text.order, each)


def _put_item(rows: Rows, order: OrderId, item: said.OrderedItem) -> None:
    rows.put(
        "items",
        item_key(order, item.name),
        order_id=order,
        name=item.name,
        quantity=item.quantity,
        model=item.model,
        model_path=item.model_path,
        filaments=list(item.filaments),
        quality=item.quality,
        use_as=item.use,
        profile=item.profile,
        constraints=list(item.constraints),
    )


@projects(said.OrderOpened)
def order_opened(rows: Rows, event: Event, fact: said.OrderOpened) -> None:
    """It may be made."""
    rows.put("orders", fact.order, state=OrderPhase.OPEN.value)


@projects(said.OrderAwaitsPayment)
def order_awaits_payment(rows: Rows, event: Event, fact: said.OrderAwaitsPayment) -> None:
    """It waits."""
    rows.put("orders", fact.order, state=OrderPhase.AWAITING_PAYMENT.value)


@projects(said.OrderFulfilled)
def order_fulfilled(rows: Rows, event: Event, fact: said.OrderFulfilled) -> None:
    """It is made."""
    state, closed_at = OrderPhase.FULFILLED.value, utc(event.time)
    rows.put("orders", fact.order, state=state, reason=None, closed_at=closed_at)


@projects(said.OrderCanceled)
def order_canceled(rows: Rows, event: Event, fact: said.OrderCanceled) -> None:
    """It is no longer wanted."""
    rows.put(
        "orders",
        fact.order,
        state=OrderPhase.CANCELED.value,
        reason=fact.reason,
        closed_at=utc(event.time),
    )


@projects(said.OrderReopened)
def order_reopened(rows: Rows, event: Event, fact: said.OrderReopened) -> None:
    """It has work again."""
    state = OrderPhase.OPEN.value
    rows.put("orders", fact.order, state=state, reason=fact.why, closed_at=None)


@projects(said.OrderArchived)
def order_archived(rows: Rows, event: Event, fact: said.OrderArchived) -> None:
    """Its file is gone, and is read again when it comes back."""
    rows.put("orders", fact.order, blob=None, archived_at=utc(event.time))


@projects(said.ItemsJudged)
def items_judged(rows: Rows, event: Event, fact: said.ItemsJudged) -> None:
    """What became of parts on the plate of that run; a word without a mark keeps the mark."""
    plate = rows.read("runs", fact.run)["plate"]
    judged_at = utc(event.time)
    for each in fact.verdicts:
        rows.put(
            "plate_items",
            plate,
            each.instance,
            verdict=each.verdict,
            reason=each.reason,
            judged_by=fact.by,
            judged_at=judged_at,
        )
    marks = {"quality": fact.quality, "note": fact.note, "photo": fact.photo}
    given = {name: mark for name, mark in marks.items() if mark is not None}
    rows.put("runs", fact.run, judged_at=judged_at, **given)


@projects(said.ReprintAllowed)
def reprint_allowed(rows: Rows, event: Event, fact: said.ReprintAllowed) -> None:
    """Answered by itself."""
    rows.put(
        "requests",
        event.seq,
        verb="reprint",
        subject=f"item/{fact.item}",
        state="done",
        asked_by=fact.by,
        via=event.actor.via,
        detail=list(fact.instances),
        asked_at=utc(event.time),
        answered_at=utc(event.time),
    )


@projects(plans.ModelChecked)
def model_checked(rows: Rows, event: Event, fact: plans.ModelChecked) -> None:
    """The newest word of preflight."""
    rows.put(
        "models",
        fact.model,
        clean=fact.clean,
        verdict=fact.verdict,
        size_um=list(fact.size_um),
        volume_mm3=fact.volume_mm3,
        triangles=fact.triangles,
        findings=json_text(encode(fact.findings)),
        checked_at=utc(event.time),
    )


@projects(plans.PlanWritten)
def plan_written(rows: Rows, event: Event, fact: plans.PlanWritten) -> None:
    """The item is made by this revision from now on."""
    before = (rows.find("items", fact.item) or {}).get("plan_revision")
    if before is not None and before != fact.revision:
        rows.put("plans", fact.item, before, status="replaced")
    rows.put("items", fact.item, plan_revision=fact.revision)
    rows.put(
        "plans",
        fact.item,
        fact.revision,
        order_id=order_of(fact.item),
        status=fact.status,
        approved_by=fact.approved_by,
        sha256=fact.sha256,
        git_commit=fact.commit,
        model=fact.model,
        filaments=list(fact.filaments),
        tags=list(fact.tags),
        size_um=list(fact.size_um),
        rotate_mdeg=list(fact.rotate_mdeg),
        supports=fact.supports,
        written_at=utc(event.time),
        withdrawn_at=None,
        why=None,
    )
    for each in fact.variants:
        _put_variant(rows, fact, each)


def _put_variant(rows: Rows, plan: plans.PlanWritten, variant: plans.VariantPin) -> None:
    rows.put(
        "variants",
        plan.item,
        plan.revision,
        variant.digest,
        printer_class=variant.printer_class,
        profile=variant.profile,
        channel=variant.channel,
        nozzle_um=variant.nozzle_um,
        slicer=variant.slicer,
        settings=variant.settings,
    )


@projects(plans.PlanWithdrawn)
def plan_withdrawn(rows: Rows, event: Event, fact: plans.PlanWithdrawn) -> None:
    """The item has no plan."""
    revision = (rows.find("items", fact.item) or {}).get("plan_revision")
    if revision is None:
        return
    rows.put("items", fact.item, plan_revision=None)
    withdrawn_at = utc(event.time)
    rows.put(
        "plans", fact.item, revision, status="withdrawn", withdrawn_at=withdrawn_at, why=fact.why
    )
