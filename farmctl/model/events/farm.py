"""Facts about the farm as a whole: who acts on which revision, what is held or needs a person."""

from __future__ import annotations

from msgspec import Struct

from farmctl.model.events.registry import fact
from farmctl.model.ids import AttentionId, OrderId, PrinterName


@fact("controller.started", subject="farm/{farm}")
class ControllerStarted(Struct, frozen=True):
    """A process took the farm's controls."""

    farm: str
    version: str
    host: str
    pid: int
    revision: str | None = None


@fact("controller.stopped", subject="farm/{farm}")
class ControllerStopped(Struct, frozen=True):
    """The process let go of the controls; prints go on without it."""

    farm: str
    why: str


@fact("revision.accepted", subject="farm/{farm}")
class RevisionAccepted(Struct, frozen=True):
    """A commit is what the farm is acted on from now."""

    farm: str
    commit: str
    branch: str
    policy: str


@fact("farm.held", subject="farm/{farm}", owner="cli")
class FarmHeld(Struct, frozen=True):
    """Nothing starts anywhere until it is lifted."""

    farm: str
    reason: str


@fact("farm.unheld", subject="farm/{farm}", owner="cli")
class FarmUnheld(Struct, frozen=True):
    """The hold on the farm is lifted."""

    farm: str
    reason: str


@fact("printer.held", subject="printer/{printer}")
class PrinterHeld(Struct, frozen=True):
    """Nothing starts on the printer until it is lifted, by a person or a safety rule."""

    printer: PrinterName
    reason: str
    by: str


@fact("printer.unheld", subject="printer/{printer}", owner="cli")
class PrinterUnheld(Struct, frozen=True):
    """The hold on a printer is lifted."""

    printer: PrinterName
    reason: str


@fact("profile.held", subject="profile/{profile}", owner="cli")
class ProfileHeld(Struct, frozen=True):
    """Nothing starts with this profile version (`petg@1.9.0`) until it is lifted."""

    profile: str
    reason: str


@fact("profile.unheld", subject="profile/{profile}", owner="cli")
class ProfileUnheld(Struct, frozen=True):
    """The hold on a profile version is lifted."""

    profile: str
    reason: str


@fact("order.held", subject="order/{order}", owner="cli")
class OrderHeld(Struct, frozen=True):
    """Nothing of the order starts until it is lifted."""

    order: OrderId
    reason: str


@fact("order.unheld", subject="order/{order}", owner="cli")
class OrderUnheld(Struct, frozen=True):
    """The hold on an order is lifted."""

    order: OrderId
    reason: str


@fact("attention.opened", subject="attention/{attention}")
class AttentionOpened(Struct, frozen=True):
    """Something needs a person.

    Args:
        attention: `att-4`.
        kind: A code of the closed list, each with a page in the runbook.
        about: What is typed after the command: `voron-1`, `ord-1042`, `run-17`.
        evidence: What was seen.
        command: What to type after `farmctl` to end it.
    """

    attention: AttentionId
    kind: str
    about: str
    evidence: str
    command: str


@fact("attention.acknowledged", subject="attention/{attention}", owner="cli")
class AttentionAcknowledged(Struct, frozen=True):
    """A person has seen it."""

    attention: AttentionId


@fact("attention.resolved", subject="attention/{attention}")
class AttentionResolved(Struct, frozen=True):
    """What needed a person no longer does."""

    attention: AttentionId
    how: str
