"""A farm as it was read at one revision: frozen, with everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from farmctl.farmrepo.files import Entry
from farmctl.farmrepo.layout import GOLDEN_MODELS
from farmctl.model.baseline import Baseline
from farmctl.model.desired import SignedVersions
from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.model.digest import Digest
from farmctl.model.documents.farm import Farm, Printer
from farmctl.model.documents.golden import Golden
from farmctl.model.documents.order import Order
from farmctl.model.documents.plan import Plan
from farmctl.model.documents.policy import Policy
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.model.documents.profile import Profile
from farmctl.model.ids import ItemKey, OrderId


class ClassFiles(Struct, frozen=True):
    """A printer class with the settings of its versions."""

    document: PrinterClass
    settings: Mapping[str, bytes] = field(default_factory=dict)


class ProfileFiles(Struct, frozen=True):
    """A profile with the settings of its versions."""

    document: Profile
    settings: Mapping[str, bytes] = field(default_factory=dict)


class PolicyFile(Struct, frozen=True):
    """A policy with the digest of its file."""

    document: Policy
    digest: Digest


class OrderFile(Struct, frozen=True):
    """An order with git's id of its file."""

    document: Order
    blob: str


class PlanFile(Struct, frozen=True):
    """A build plan with the digest and git's id of its file."""

    document: Plan
    digest: Digest
    blob: str


class Diagnostics(Struct, frozen=True):
    """Everything that is wrong, sorted, and what it stops. Only errors stop anything."""

    all: tuple[Diagnostic, ...] = ()

    @property
    def of_farm(self) -> tuple[Diagnostic, ...]:
        """What stops all automatic effects: nothing is made of golden models."""
        return tuple(
            each
            for each in self._errors
            if order_of(each.file) is None and not each.file.startswith(f"{GOLDEN_MODELS}/")
        )

    @property
    def of_orders(self) -> Mapping[OrderId, tuple[Diagnostic, ...]]:
        """What stops one order each."""
        stopped: dict[OrderId, tuple[Diagnostic, ...]] = {}
        for each in self._errors:
            order = order_of(each.file)
            if order is not None:
                stopped[order] = (*stopped.get(order, ()), each)
        return stopped

    @property
    def _errors(self) -> tuple[Diagnostic, ...]:
        return tuple(each for each in self.all if each.severity is Severity.ERROR)


def order_of(file: str) -> OrderId | None:
    """Return the order that a fault in this file stops; None when it stops the whole farm."""
    folder, _, rest = file.partition("/")
    if folder == "orders" and rest:
        return OrderId(rest.partition(".")[0])
    if folder == "plans" and rest:
        return OrderId(rest.partition("/")[0])
    return None


class Snapshot(Struct, frozen=True):
    """A farm at one revision.

    Args:
        commit: Which commit; None for the work tree.
        farm: `farm.yaml`, or None when it cannot be read.
        classes: Printer classes by name.
        profiles: Profiles by name.
        catalogues: The pinned slicers' complete settings by the slicer's digest.
        policies: Policies by name.
        orders: Faultless and faulty-but-readable orders by id; see `diagnostics`.
        order_blobs: Git's id of every order's file, also of those not parsed or not readable.
        plans: Build plans by `ord-1042/bracket`.
        golden: Golden models by name; none where nobody wanted them.
        baselines: Their figures by profile and version; the same.
        signed: The signed versions of profiles; None where the policy does not ask for them.
        models: Files of ordered models by digest.
        diagnostics: Everything that is wrong.
        uncommitted: Files of the farm that differ from the commit, and so are not read.
        entries: Every file.
    """

    commit: str | None
    farm: Farm | None
    classes: Mapping[str, ClassFiles] = field(default_factory=dict)
    profiles: Mapping[str, ProfileFiles] = field(default_factory=dict)
    catalogues: Mapping[Digest, bytes] = field(default_factory=dict)
    policies: Mapping[str, PolicyFile] = field(default_factory=dict)
    orders: Mapping[OrderId, OrderFile] = field(default_factory=dict)
    order_blobs: Mapping[OrderId, str] = field(default_factory=dict)
    plans: Mapping[ItemKey, PlanFile] = field(default_factory=dict)
    golden: Mapping[str, Golden] = field(default_factory=dict)
    baselines: Mapping[tuple[str, str], Baseline] = field(default_factory=dict)
    signed: SignedVersions | None = None
    models: Mapping[Digest, str] = field(default_factory=dict)
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    uncommitted: tuple[str, ...] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def nozzle_mm(self, printer: Printer) -> float:
        """Return the printer's nozzle; where it says none, the only one of its class."""
        if printer.nozzle_mm is not None:
            return printer.nozzle_mm
        return self.classes[printer.class_.partition("@")[0]].document.nozzles_mm[0]
