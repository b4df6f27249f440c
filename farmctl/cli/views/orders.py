"""Orders, as people and programs read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from farmctl.cli.views.models import headline
from farmctl.farm.orders.filling import Scene
from farmctl.farm.orders.ordering import NewOrder, Prospect
from farmctl.geometry.report import Level
from farmctl.ledger.state import State
from farmctl.model.documents.order import Order
from farmctl.model.ids import OrderId, item_key


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Return `Fri 27 Nov 17:00` in the farm's time zone."""
    return moment.astimezone(zone).strftime("%a %-d %b %H:%M")


def new_order_lines(made: NewOrder, commit: str, zone: ZoneInfo) -> Iterator[str]:
    """Yield what was ordered, what was filled in, and where it can be made."""
    order = made.order
    parts = ", ".join(f"{each.quantity} × {each.name}" for each in order.items)
    first = order.items[0]
    why = f" ({made.why_filament})" if made.why_filament else ""
    due = f", due {local(order.due, zone)}" if order.due else ""
    paid = ", payment waived" if order.payment_status == "waived" else ""
    yield f"{order.id}: {parts}, {first.filaments[0].name}{why}, {first.quality}{due}{paid}"
    for each in made.prospects:
        yield from _prospect_lines(each)
    yield f"committed {', '.join(sorted(made.edit.files))} (commit {commit[:7]})"
    yield "next: farmctl plan"


def _prospect_lines(prospect: Prospect) -> Iterator[str]:
    report = prospect.model.report
    if prospect.printers:
        yield f"{headline(report)}, fits {', '.join(prospect.printers)}"
    else:
        yield headline(report)
        yield from _why_nowhere(prospect)
    for each in report.findings:
        if each.level is Level.WARN:
            yield f"  warn: {each.what}: {each.why}. {each.mend}"


def _why_nowhere(prospect: Prospect) -> Iterator[str]:
    if not prospect.refusals:
        yield "  nothing can make it yet: the farm has no printers: farmctl printer add NAME URL"
    for each in prospect.refusals:
        yield f"  not yet on {each.where}: {each.why}"


def order_items(scene: Scene, *, closed: bool) -> list[dict[str, object]]:
    """Return the farm's orders as items of a JSON list, by number."""
    found = [
        _order_item(scene.state, each.document)
        for _, each in sorted(scene.snapshot.orders.items(), key=lambda each: _number(each[0]))
    ]
    return [each for each in found if closed or each["state"] not in ("fulfilled", "canceled")]


def stopped(scene: Scene) -> Iterator[str]:
    """Yield a line for each order that stands still because something in its file is wrong."""
    for order, faults in sorted(scene.desired.stopped.items()):
        yield f"{order} stands still, {faults[0]}   farmctl validate"


def _number(order: OrderId) -> tuple[int, str]:
    digits = order.rpartition("-")[2]
    return (int(digits) if digits.isdigit() else 0, order)


def _order_item(state: State, order: Order) -> dict[str, object]:
    return {
        "id": order.id,
        "state": _state(state, order),
        "items": [
            {
                "name": each.name,
                "quantity": each.quantity,
                "good": _good(state, order, each.name),
                "filament": each.filaments[0].name,
                "quality": each.quality,
            }
            for each in order.items
        ],
        "due": order.due.isoformat() if order.due else None,
        "priority": order.priority,
        "external": order.external.key if order.external else None,
        "customer": order.customer,
    }


def _state(state: State, order: Order) -> str:
    record = state.orders.get(OrderId(order.id))
    closed = state.closed_order(OrderId(order.id))
    if record is not None:
        return record.phase.value
    if closed is not None:
        return closed.phase.value
    return "canceled" if order.canceled else "new"


def _good(state: State, order: Order, item: str) -> int:
    record = state.items.get(item_key(order.id, item))
    closed = state.closed_order(OrderId(order.id))
    if record is None and closed is not None:
        return sum(each.good for each in closed.made if each.name == item)
    return record.good if record else 0


def order_rows(items: list[dict[str, object]], zone: ZoneInfo) -> list[tuple[str, ...]]:
    """Return the rows of a table: id, state, due, priority, what."""
    return [
        (
            str(each["id"]),
            str(each["state"]),
            local(datetime.fromisoformat(str(each["due"])), zone) if each["due"] else "-",
            str(each["priority"]),
            _parts(each["items"]),
        )
        for each in items
    ]


def _parts(items: object) -> str:
    rows = items if isinstance(items, list) else []
    return ", ".join(
        f"{each['name']} {each['good']}/{each['quantity']} {each['filament']}" for each in rows
    )
