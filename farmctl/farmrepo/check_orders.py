"""Do orders and build plans fit their names, their models and each other?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping

from msgspec import Struct

from farmctl.farmrepo.check_tree import is_lfs_pointer
from farmctl.farmrepo.faults import Fault
from farmctl.farmrepo.files import SUBMODULE, SYMLINK, Entry
from farmctl.farmrepo.findings import Path
from farmctl.farmrepo.layout import order_path, plan_path, profile_path, settings_path
from farmctl.farmrepo.suggest import close_to, mend_name
from farmctl.model.digest import Digest
from farmctl.model.documents.order import Item, Order
from farmctl.model.documents.plan import Plan
from farmctl.model.drafts import DRAFT, is_draft


class Models(Struct, frozen=True):
    """The files that orders may name.

    Args:
        entries: Every file.
        digest: Gives the digest of one.
        beginning: Gives the bytes of one that is not what an order says.
    """

    entries: Mapping[str, Entry]
    digest: Callable[[str], Digest]
    read: Callable[[str], bytes]


class Named(Struct, frozen=True):
    """What else orders may name.

    Args:
        profiles: Names of profiles.
        drafts: Names of profiles that have a draft.
        printers: Names of printers; None where `farm.yaml` cannot be read.
    """

    profiles: Collection[str]
    drafts: Collection[str] = ()
    printers: Collection[str] | None = None


def check_order(order: Order, name: str, models: Models, known: Named) -> Iterator[Fault]:
    """Yield what does not fit in an order."""
    file = order_path(name)
    if order.id != name:
        message = f"it says `{order.id}`, but its file is called `{name}`"
        yield Fault(file, "name-differs", message, f"write `{name}`, or rename the file", ("id",))
    seen: set[str] = set()
    for number, item in enumerate(order.items):
        if item.name in seen:
            message = f"there are two items `{item.name}`"
            yield Fault(file, "same-name", message, "rename one", ("items", number, "name"))
        seen.add(item.name)
        yield from _check_profile(file, item, number, known)
        yield from _check_printers(file, item, number, known)
        yield from _check_model(file, item, ("items", number, "model"), models)


def _check_profile(file: str, item: Item, number: int, known: Named) -> Iterator[Fault]:
    if item.profile_ is None:
        return
    where = ("items", number, "profile")
    name = item.profile_.removesuffix(f"@{DRAFT}")
    if name not in known.profiles:
        message = f"there is no profile `{name}`"
        yield Fault(
            file, "unknown-profile", message, mend_name(name, known.profiles, "profiles"), where
        )
    elif is_draft(item.profile_) and name not in known.drafts:
        path = settings_path(profile_path(name), DRAFT)
        message = f"`{name}` has no draft: there is no file {path}"
        mend = f"farmctl profile set {name} KEY=VALUE begins one; then commit it"
        yield Fault(file, "no-draft", message, mend, where)


def _check_printers(file: str, item: Item, number: int, known: Named) -> Iterator[Fault]:
    if known.printers is None:
        return
    for place, each in enumerate(item.printers):
        if each not in known.printers:
            message = f"there is no printer `{each}`"
            mend = mend_name(each, known.printers, "printers")
            where = ("items", number, "printers", place)
            yield Fault(file, "unknown-printer", message, mend, where)


def _check_model(file: str, item: Item, here: Path, models: Models) -> Iterator[Fault]:
    path = item.model.path
    if path is None:
        return
    entry = models.entries.get(path)
    where = (*here, "path")
    if entry is None:
        close = close_to(path, [each for each in models.entries if each.startswith("models/")])
        mend = f"did you mean `{close}`?" if close else "add the file and commit it"
        yield Fault(file, "no-model", f"{path} is not in the farm", mend, where)
    elif entry.mode in (SYMLINK, SUBMODULE):
        message = f"{path} is a link, which is not followed"
        yield Fault(file, "symlink", message, "put the file itself there", where)
    elif models.digest(path) != item.model.digest:
        yield _other_bytes(file, path, here, models)


def _other_bytes(file: str, path: str, here: Path, models: Models) -> Fault:
    if is_lfs_pointer(models.read(path)):
        message = f"{path} is a pointer of Git LFS, not the model itself"
        mend = f"keep models in plain git: `git lfs untrack {path}` and commit it again"
        return Fault(file, "lfs-pointer", message, mend, (*here, "path"))
    digest = models.digest(path).removeprefix("sha256:")
    message = f"{path} is not the file that was ordered"
    mend = f"put that file back, or order this one: sha256 {digest}"
    return Fault(file, "model-changed", message, mend, (*here, "sha256"))


def check_external_ids(orders: Mapping[str, Order]) -> Iterator[Fault]:
    """Yield orders that claim to be the same one of another system."""
    keys = {name: order.external.key for name, order in orders.items() if order.external}
    counts = Counter(keys.values())
    for name, key in keys.items():
        if counts[key] > 1:
            others = ", ".join(each for each in sorted(keys) if keys[each] == key and each != name)
            yield Fault(
                order_path(name),
                "same-external-id",
                f"{key} is also order {others}",
                "keep one: adding it twice is the same order",
                ("external", "id"),
            )


def check_plan(plan: Plan, order: str, item: str) -> Iterator[Fault]:
    """Yield what does not fit in a build plan."""
    file = plan_path(order, item)
    for field, said, name in (("order", plan.order, order), ("item", plan.item, item)):
        if said != name:
            message = f"it says `{said}`, but it lies at `{order}/{item}`"
            yield Fault(file, "name-differs", message, f"write `{name}`, or move it", (field,))
