"""What can be done next: a change set is a list of these, shown, applied or simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from farmctl.model.events.runs import Effect
from farmctl.model.ids import ItemKey, PlateId, PrinterName, RunId

if TYPE_CHECKING:
    from farmctl.planning.plans import PlanDraft


class Record(Struct, frozen=True):
    """Append facts that follow from what is known; nothing outside changes.

    Args:
        kind: What it is to people: `accept-order`, `bed-doubted`, …
        subject: `order/ord-1042`.
        facts: The payloads.
    """

    kind: str
    subject: str
    facts: tuple[object, ...]


class CheckModel(Struct, frozen=True):
    """Read, clean and judge the model of an order item."""

    item: ItemKey
    model: str
    path: str | None

    @property
    def subject(self) -> str:
        """Return `artifact/sha256:…`."""
        return f"artifact/{self.model}"


class WritePlan(Struct, frozen=True):
    """Write a build plan's file, commit it, and record the revision and who approved it."""

    draft: PlanDraft

    @property
    def subject(self) -> str:
        """Return `plan/ord-1042/bracket`."""
        return f"plan/{self.draft.item}"


class SlicePlate(Struct, frozen=True):
    """Slice a composed plate, or take it from the cache."""

    plate: PlateId

    @property
    def subject(self) -> str:
        """Return `plate/plate-12`."""
        return f"plate/{self.plate}"


class Dispatch(Struct, frozen=True):
    """Give a sliced plate to a printer: the decision and the run.

    Args:
        plate: Which.
        printer: Where.
        run: The run's number.
        facts: The decision, then `run.queued`.
        not_chosen: Why each other printer was not chosen, for people.
    """

    plate: PlateId
    printer: PrinterName
    run: RunId
    facts: tuple[object, ...] = ()
    not_chosen: tuple[tuple[str, str], ...] = ()

    @property
    def subject(self) -> str:
        """Return `plate/plate-12`."""
        return f"plate/{self.plate}"


class Act(Struct, frozen=True):
    """Do something to a printer for a run: intended, tried once, answered.

    Args:
        effect: What.
        run: For which run.
        printer: To which printer.
        part: The label of the part that is left out; None for what is about a whole print.
    """

    effect: Effect
    run: RunId
    printer: PrinterName
    part: str | None = None

    @property
    def subject(self) -> str:
        """Return `run/run-17`."""
        return f"run/{self.run}"


Action = Record | CheckModel | WritePlan | SlicePlate | Dispatch | Act
