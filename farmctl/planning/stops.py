"""Why work goes no further whatever the printers do: what people or documents said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.ids import ItemKey, OrderId
from farmctl.model.recorded import PlanRecord, PlateRecord
from farmctl.model.states import OrderPhase
from farmctl.planning.urgency import orders_on

if TYPE_CHECKING:
    from farmctl.model.documents.common import Version


def plate_stops(state: State, desired: Desired, plate: PlateRecord) -> Iterator[str]:
    """Yield why a plate may be neither sliced nor started, for people."""
    composed = plate.composed
    yield from order_stops(state, desired, orders_on(plate))
    yield from version_stops(state, desired, composed.profile, composed.printer_class)


def order_stops(state: State, desired: Desired, orders: Iterable[OrderId]) -> Iterator[str]:
    """Yield why orders are not worked on."""
    for order in orders:
        record = state.orders.get(order)
        if record is None or record.phase is not OrderPhase.OPEN:
            yield f"{order} is {record.phase.replace('_', ' ') if record else 'closed'}"
        elif record.held is not None:
            yield f"{order} is held: {record.held}"
        elif order in desired.stopped:
            yield f"{order}: {desired.stopped[order][0]}"


def version_stops(
    state: State, desired: Desired, profile: str, printer_class: str
) -> Iterator[str]:
    """Yield why a profile or class version is not used now; nothing falls back by itself."""
    hold = state.profile_holds.get(profile)
    if hold is not None:
        yield f"{profile} is held by {hold.by}: {hold.reason}"
    unsigned = desired.signed.lack(profile) if desired.signed else ""
    if unsigned:
        yield unsigned
    name, _, version = profile.partition("@")
    known = desired.profiles.get(name)
    if _is_revoked(known.document.versions if known else {}, version):
        yield f"{profile} is revoked"
    at = desired.classes.get(printer_class)
    if at is not None and _is_revoked(at.document.versions, at.version):
        yield f"{printer_class} is revoked"


def retired_in(desired: Desired, item: ItemKey, record: PlanRecord | None) -> tuple[str, ...]:
    """Return the retired profile versions that an item's build plan has: it stays with them."""
    retired = desired.once(_retired)
    if not retired:
        return ()
    at = desired.plans.get(item)
    in_git = {each.profile for each in at.document.variants} if at else set()
    in_ledger = {each.profile for each in record.written.variants} if record else set()
    return tuple(sorted(retired & (in_git | in_ledger)))


def _retired(desired: Desired) -> frozenset[str]:
    return frozenset(
        f"{name}@{version}"
        for name, at in desired.profiles.items()
        for version, said in at.document.versions.items()
        if said.state == "retired"
    )


def _is_revoked(versions: Mapping[str, Version], version: str) -> bool:
    known = versions.get(version)
    return known is not None and known.state == "revoked"
