"""All that a farm's files say, and everything that is wrong with it. Reading stops at nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from farmctl.farmrepo.check_farm import Known, check_canaries, check_farm
from farmctl.farmrepo.check_orders import (
    Models,
    Named,
    check_external_ids,
    check_order,
    check_plan,
)
from farmctl.farmrepo.check_profiles import Settings, check_class, check_profile
from farmctl.farmrepo.check_tree import check_tree
from farmctl.farmrepo.collect_golden import read_baselines, read_golden
from farmctl.farmrepo.drafts import drafts_in, with_drafts
from farmctl.farmrepo.faults import Fault
from farmctl.farmrepo.layout import FARM, Layout, catalogue_path, folder_of, lay_out, settings_path
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.signed import signed_versions
from farmctl.farmrepo.snapshot import (
    ClassFiles,
    Diagnostics,
    OrderFile,
    PlanFile,
    PolicyFile,
    ProfileFiles,
    Snapshot,
)
from farmctl.model.desired import SignedVersions
from farmctl.model.digest import Digest
from farmctl.model.documents.common import Version
from farmctl.model.documents.farm import Farm
from farmctl.model.documents.order import Order
from farmctl.model.documents.plan import Plan
from farmctl.model.documents.policy import Policy
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.model.documents.profile import Profile
from farmctl.model.ids import ItemKey, OrderId, item_key


class Wanted(Struct, frozen=True):
    """What need not be read, and what nobody here knows.

    Args:
        skip: Git's ids of order files that are closed and unchanged.
        drivers: Names of drivers; empty when nobody says.
        golden: Whether golden models and their figures are read: nothing is made of them.
        uncommitted: Whether files that differ from the commit are looked for: git reads them all.
    """

    skip: Collection[str] = frozenset()
    drivers: Collection[str] = ()
    golden: bool = False
    uncommitted: bool = True


def collect(reading: Reading, wanted: Wanted) -> Snapshot:
    """Return the farm that the files are, with its diagnostics."""
    entries = reading.files.entries
    layout = lay_out(entries)
    reading.take(check_tree(entries, layout))
    farm = _read_farm(reading)
    classes = _read_classes(reading, layout)
    profiles = _read_profiles(reading, layout, classes)
    policies = _read_policies(reading, layout)
    if farm:
        known = Known(_documents(classes), layout.policies, entries, wanted.drivers)
        reading.take(check_farm(farm, known))
        reading.take(_canaries(farm, layout, profiles))
    named = Named(layout.profiles, drafts_in(entries, layout), _printers(farm))
    orders = _read_orders(reading, layout, wanted, named)
    plans = _read_plans(reading, layout, wanted)
    golden = read_golden(reading, layout, profiles, classes) if wanted.golden else {}
    baselines = read_baselines(reading, layout, profiles) if wanted.golden else {}
    return Snapshot(
        commit=None,
        farm=farm,
        classes={name: each for name, each in classes.items() if each},
        profiles=with_drafts(reading.files, profiles, orders),
        catalogues=_catalogues(reading, farm),
        policies=policies,
        orders=orders,
        order_blobs={OrderId(name): entries[path].blob for name, path in layout.orders.items()},
        plans=plans,
        golden=golden,
        baselines=baselines,
        signed=_signed(reading, farm, policies, profiles, plans),
        models=_models(reading, orders),
        diagnostics=Diagnostics(reading.diagnostics()),
        entries=entries,
    )


def _signed(
    reading: Reading,
    farm: Farm | None,
    policies: Mapping[str, PolicyFile],
    profiles: Mapping[str, ProfileFiles],
    plans: Mapping[ItemKey, PlanFile],
) -> SignedVersions | None:
    """Return who signed what is used; None where the farm's policy does not ask for it."""
    policy = policies.get(farm.automation.policy) if farm else None
    if policy is None or not policy.document.profiles.require_signature:
        return None
    return signed_versions(reading.files, profiles, [each.document for each in plans.values()])


def _read_farm(reading: Reading) -> Farm | None:
    if FARM in reading.files.entries:
        return reading.document(Farm, FARM)
    mend = "make a farm: `farmctl init DIR`, or commit what is there: `farmctl commit`"
    reading.take([Fault(FARM, "no-farm", "there is no farm.yaml", mend)])
    return None


def _read_classes(reading: Reading, layout: Layout) -> dict[str, ClassFiles | None]:
    """Return the classes by name; one that cannot be read is None, which is not unknown."""
    classes: dict[str, ClassFiles | None] = {}
    for name, path in layout.classes.items():
        document = reading.document(PrinterClass, path)
        classes[name] = None
        if document:
            reading.take(check_class(document, name, _settings_beside(reading, layout, path)))
            classes[name] = ClassFiles(document, _texts(reading, path, document.versions))
    return classes


def _documents(classes: Mapping[str, ClassFiles | None]) -> dict[str, PrinterClass | None]:
    return {name: each.document if each else None for name, each in classes.items()}


def _read_profiles(
    reading: Reading, layout: Layout, classes: Mapping[str, ClassFiles | None]
) -> dict[str, ProfileFiles]:
    made_for = _documents(classes)
    profiles = {}
    for name, path in layout.profiles.items():
        document = reading.document(Profile, path)
        if document:
            settings = _settings_beside(reading, layout, path)
            reading.take(check_profile(document, name, settings, made_for))
            profiles[name] = ProfileFiles(document, _texts(reading, path, document.versions))
    return profiles


def _settings_beside(reading: Reading, layout: Layout, path: str) -> Settings:
    found = layout.settings.get(folder_of(path), frozenset())
    return Settings(path, found, lambda version: reading.digest(settings_path(path, version)))


def _texts(reading: Reading, path: str, versions: Mapping[str, Version]) -> dict[str, bytes]:
    paths = {version: settings_path(path, version) for version in versions}
    entries = reading.files.entries
    return {version: reading.files.read(at) for version, at in paths.items() if at in entries}


def _read_policies(reading: Reading, layout: Layout) -> dict[str, PolicyFile]:
    policies = {}
    for name, path in layout.policies.items():
        document = reading.document(Policy, path)
        if document is None:
            continue
        policies[name] = PolicyFile(document, reading.digest(path))
        if document.name != name:
            message = f"it says `{document.name}`, but its file is called `{name}`"
            mend = f"write `{name}`, or rename the file"
            reading.take([Fault(path, "name-differs", message, mend, ("name",))])
    return policies


def _canaries(farm: Farm, layout: Layout, profiles: Mapping[str, ProfileFiles]) -> Iterator[Fault]:
    for name, each in profiles.items():
        yield from check_canaries(layout.profiles[name], each.document, farm)


def _catalogues(reading: Reading, farm: Farm | None) -> dict[Digest, bytes]:
    digests = [each for s in farm.slicers.values() for each in s.digests.values()] if farm else []
    entries = reading.files.entries
    return {
        digest: reading.files.read(catalogue_path(digest))
        for digest in sorted(digests)
        if catalogue_path(digest) in entries
    }


def _printers(farm: Farm | None) -> list[str] | None:
    return [each.name for each in farm.printers] if farm else None


def _read_orders(
    reading: Reading, layout: Layout, wanted: Wanted, named: Named
) -> dict[OrderId, OrderFile]:
    entries = reading.files.entries
    models = Models(entries, reading.digest, reading.files.read)
    documents: dict[str, Order] = {}
    for name, path in layout.orders.items():
        if entries[path].blob in wanted.skip:
            continue
        document = reading.document(Order, path)
        if document:
            documents[name] = document
            reading.take(check_order(document, name, models, named))
    reading.take(check_external_ids(documents))
    return {
        OrderId(name): OrderFile(document, entries[layout.orders[name]].blob)
        for name, document in documents.items()
    }


def _read_plans(reading: Reading, layout: Layout, wanted: Wanted) -> dict[ItemKey, PlanFile]:
    entries = reading.files.entries
    closed = {name for name, path in layout.orders.items() if entries[path].blob in wanted.skip}
    plans = {}
    for (order, item), path in layout.plans.items():
        blob = entries[path].blob
        if order in closed or blob in wanted.skip:
            continue
        document = reading.document(Plan, path)
        if document:
            reading.take(check_plan(document, order, item))
            plans[item_key(order, item)] = PlanFile(document, reading.digest(path), blob)
    return plans


def _models(reading: Reading, orders: Mapping[OrderId, OrderFile]) -> dict[Digest, str]:
    """Return the files of the ordered models that are what their orders say."""
    found: dict[Digest, str] = {}
    for model in (item.model for order in orders.values() for item in order.document.items):
        path = model.path
        if path in reading.files.entries and path and reading.digest(path) == model.digest:
            found[model.digest] = path
    return found
