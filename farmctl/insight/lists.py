"""Every list that can be asked for."""

from __future__ import annotations

from collections.abc import Mapping

from farmctl.errors import UsageError
from farmctl.insight import lists_orders, lists_prints
from farmctl.insight.kinds import Kind

KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        lists_orders.ORDERS,
        lists_orders.ITEMS,
        lists_orders.PLANS,
        lists_orders.PLATES,
        lists_prints.RUNS,
        lists_prints.PRINTERS,
        lists_prints.DECISIONS,
        lists_prints.REQUESTS,
        lists_prints.ATTENTIONS,
        lists_prints.ARTIFACTS,
        lists_prints.EVENTS,
    )
}


def kind_named(name: str) -> Kind:
    """Return a kind. Raises UsageError with the names there are."""
    kind = KINDS.get(name)
    if kind is None:
        raise UsageError(f"there is no list of `{name}`", f"one of {', '.join(KINDS)}")
    return kind
