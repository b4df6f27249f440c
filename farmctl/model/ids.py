"""Names of things, as people type them and as the ledger stores them."""

from __future__ import annotations

from typing import NewType

PrinterName = NewType("PrinterName", str)  # voron-1
OrderId = NewType("OrderId", str)  # ord-1042
ItemKey = NewType("ItemKey", str)  # ord-1042/bracket
InstanceId = NewType("InstanceId", str)  # ord-1042/bracket#7
PlateId = NewType("PlateId", str)  # plate-12
RunId = NewType("RunId", str)  # run-17
DecisionId = NewType("DecisionId", str)  # dec-31
AttentionId = NewType("AttentionId", str)  # att-4


def item_key(order: str, item: str) -> ItemKey:
    """Return `ord-1042/bracket`."""
    return ItemKey(f"{order}/{item}")


def instance_id(item: ItemKey, number: int) -> InstanceId:
    """Return `ord-1042/bracket#7`."""
    return InstanceId(f"{item}#{number}")


def item_of(instance: InstanceId) -> ItemKey:
    """Return the item that an instance is one of."""
    return ItemKey(instance.rsplit("#", 1)[0])


def order_of(subject: ItemKey | InstanceId) -> OrderId:
    """Return the order that an item or instance belongs to."""
    return OrderId(subject.split("/", 1)[0])
