"""What git says the farm is and shall make, at one revision: all that decisions read of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field

from farmctl.model.diagnostics import Diagnostic
from farmctl.model.drafts import is_draft
from farmctl.model.events.orders import OrderText
from farmctl.model.ids import ItemKey, OrderId

if TYPE_CHECKING:  # decisions work on documents that were read before; pydantic is not needed
    from farmctl.model.documents.farm import Farm
    from farmctl.model.documents.plan import Plan
    from farmctl.model.documents.policy import Policy
    from farmctl.model.documents.printer_class import PrinterClass
    from farmctl.model.documents.profile import Profile

T = TypeVar("T")


class ClassAt(Struct, frozen=True):
    """One version of a printer class.

    Args:
        document: `class.yaml`.
        version: `3.0.0`.
        settings: `3.0.0.ini`.
    """

    document: PrinterClass
    version: str
    settings: bytes

    @property
    def pin(self) -> str:
        """Return `voron-350@3.0.0`."""
        return f"{self.document.name}@{self.version}"


class ProfileAt(Struct, frozen=True):
    """A profile with the settings of its versions.

    Args:
        document: `profile.yaml`.
        settings: `<version>.ini` by version; those that a channel or a plan names, at least, and
            `draft` where an order names the draft.
    """

    document: Profile
    settings: Mapping[str, bytes]


class SignedVersions(Struct, frozen=True):
    """The versions of profiles that somebody signed who may: what policy asks for.

    Args:
        by: Who signed, by `petg-0.4-standard@1.8.2`.
        why_not: Why a version that was looked at does not count as signed.
    """

    by: Mapping[str, str] = field(default_factory=dict)
    why_not: Mapping[str, str] = field(default_factory=dict)

    def lack(self, pin: str) -> str:
        """Return why a version may not be used, or nothing. One nobody looked at may not."""
        if pin in self.by:
            return ""
        if is_draft(pin):
            return f"{pin} is a draft, and the policy asks for signed versions"
        return f"{pin} {self.why_not.get(pin, 'is in no channel, so nobody asked who signed it')}"


class SlicerAt(Struct, frozen=True):
    """A slicer as it is pinned for this platform.

    Args:
        name: Its name in farm.yaml, `default`.
        program: `prusaslicer`.
        digest: Of the program's bytes on this platform.
        catalogue: The file of its complete settings with their defaults.
    """

    name: str
    program: str
    digest: str
    catalogue: bytes


class PolicyAt(Struct, frozen=True):
    """The policy that decides, and the digest of its file."""

    document: Policy
    digest: str

    @property
    def name(self) -> str:
        """Return `default@sha256:…`."""
        return f"{self.document.name}@{self.digest}"


class PlanAt(Struct, frozen=True):
    """A build plan as it stands in git: farmctl's own words, or a person's after them."""

    document: Plan
    sha256: str


class Desired(Struct, frozen=True, dict=True):
    """The farm at one revision.

    Args:
        commit: Which.
        branch: Where it was found.
        farm: `farm.yaml`.
        policy: The policy that `farm.yaml` names.
        classes: By `voron-350@3.0.0`.
        profiles: By name.
        slicers: By name; those that are pinned for this platform.
        orders: What each order's file says. Closed orders whose file is the same as when they
            closed are left out.
        order_blobs: Git's object id of every order's file, also of those left out or stopped.
        plans: By item.
        signed: The signed versions of profiles; None where the policy does not ask for them.
        models: Digests of the models whose bytes can be had.
        stopped: Orders that go no further until their file or plan is mended, and why.
        faults: What is wrong with the farm itself: nothing happens by itself until it is mended.
    """

    commit: str
    branch: str
    farm: Farm
    policy: PolicyAt
    classes: Mapping[str, ClassAt] = field(default_factory=dict)
    profiles: Mapping[str, ProfileAt] = field(default_factory=dict)
    slicers: Mapping[str, SlicerAt] = field(default_factory=dict)
    orders: Mapping[OrderId, OrderText] = field(default_factory=dict)
    order_blobs: Mapping[OrderId, str] = field(default_factory=dict)
    plans: Mapping[ItemKey, PlanAt] = field(default_factory=dict)
    signed: SignedVersions | None = None
    models: frozenset[str] = frozenset()
    stopped: Mapping[OrderId, tuple[str, ...]] = field(default_factory=dict)
    faults: tuple[Diagnostic, ...] = ()

    def __repr__(self) -> str:
        """Return little: asyncio makes one of what a task returned."""
        return f"Desired({self.commit})"

    def once(self, derive: Callable[[Desired], T]) -> T:
        """Return what a function makes of this revision: computed when first asked for, then kept.

        Decisions are taken several times a second, and a revision changes with a commit.
        """
        kept: dict[Any, Any] = self.__dict__
        if derive not in kept:
            kept[derive] = derive(self)
        found: T = kept[derive]
        return found

    @property
    def is_closed(self) -> bool:
        """Return whether farmctl may do nothing by itself; people's verbs go on working."""
        return bool(self.faults)
