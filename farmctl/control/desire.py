"""From the files of a revision to what decisions read: the farm as git says it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.errors import InvalidDocuments
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.model.desired import ClassAt, Desired, PlanAt, PolicyAt, ProfileAt, SlicerAt
from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.model.digest import Digest
from farmctl.model.documents.farm import Farm
from farmctl.model.documents.order import Item, Order
from farmctl.model.events.orders import OrderedItem, OrderText
from farmctl.model.ids import OrderId


class Where(Struct, frozen=True):
    """Where a snapshot was found: the branch, and the platform whose slicers count."""

    branch: str
    platform: str


def desired_from(snapshot: Snapshot, where: Where) -> Desired:
    """Return the farm at a revision, in the form that decisions read.

    Raises InvalidDocuments when `farm.yaml` or its policy cannot be read at all.
    """
    farm = snapshot.farm
    policy = snapshot.policies.get(farm.automation.policy) if farm else None
    if farm is None or policy is None:
        raise InvalidDocuments("the farm cannot be read", "farmctl validate")
    faults = tuple(each for each in snapshot.diagnostics.of_farm if each.severity is Severity.ERROR)
    return Desired(
        commit=snapshot.commit or "",
        branch=where.branch,
        farm=farm,
        policy=PolicyAt(policy.document, policy.digest),
        classes=_classes(snapshot),
        profiles={
            name: ProfileAt(each.document, each.settings)
            for name, each in snapshot.profiles.items()
        },
        slicers=_slicers(farm, snapshot.catalogues, where.platform),
        orders={
            order: order_text(each.document, each.blob) for order, each in snapshot.orders.items()
        },
        order_blobs=snapshot.order_blobs,
        plans={item: PlanAt(each.document, each.digest) for item, each in snapshot.plans.items()},
        signed=snapshot.signed,
        models=frozenset(snapshot.models),
        stopped=_stopped(snapshot),
        faults=faults,
    )


def _classes(snapshot: Snapshot) -> dict[str, ClassAt]:
    found = (
        ClassAt(each.document, version, settings)
        for each in snapshot.classes.values()
        for version, settings in each.settings.items()
    )
    return {each.pin: each for each in found}


def _slicers(farm: Farm, catalogues: Mapping[Digest, bytes], platform: str) -> dict[str, SlicerAt]:
    found = {}
    for name, slicer in farm.slicers.items():
        digest = Digest(slicer.digests.get(platform, ""))
        if digest in catalogues:
            found[name] = SlicerAt(name, slicer.program, digest, catalogues[digest])
    return found


def _stopped(snapshot: Snapshot) -> dict[OrderId, tuple[str, ...]]:
    return {
        order: tuple(_said(each) for each in diagnostics)
        for order, diagnostics in snapshot.diagnostics.of_orders.items()
        if diagnostics
    }


def _said(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.where}: {diagnostic.message}"


def order_text(order: Order, blob: str) -> OrderText:
    """Return an order's document as the ledger keeps it."""
    return OrderText(
        order=OrderId(order.id),
        blob=blob,
        created=order.created,
        source=order.source,
        priority=order.priority,
        payment=order.payment_status,
        items=tuple(_ordered(each) for each in order.items),
        due=order.due,
        customer=order.customer,
        external=order.external.key if order.external else None,
        price_cents=order.price.cents if order.price else None,
        currency=order.price.currency if order.price else None,
        canceled=order.canceled.reason if order.canceled else None,
    )


def _ordered(item: Item) -> OrderedItem:
    return OrderedItem(
        name=item.name,
        model=item.model.digest,
        quantity=item.quantity,
        filaments=tuple(f"{each.material}/{each.color}" for each in item.filaments),
        quality=item.quality,
        use=item.use,
        model_path=item.model.path,
        profile=item.profile,
        constraints=tuple(item.constraints),
    )
