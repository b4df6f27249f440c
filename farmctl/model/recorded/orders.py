"""What the ledger remembers of orders, their parts and their build plans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct, field

from farmctl.model.events.orders import OrderText
from farmctl.model.events.plans import PlanWritten
from farmctl.model.ids import InstanceId, ItemKey, OrderId, PlateId, RunId
from farmctl.model.states import OrderPhase, Verdict


class InstanceRecord(Struct, frozen=True):
    """One ordered part: where it is and what became of it.

    Args:
        plate: The plate that holds it, until that plate is void or its run over.
        run: The last run that counted as a try for it.
        verdict: What became of it there.
        reason: Why it failed.
        tries: Runs that counted, the first included.
        is_work: Whether a failed part may be made again.
    """

    plate: PlateId | None = None
    run: RunId | None = None
    verdict: Verdict = Verdict.PENDING
    reason: str | None = None
    tries: int = 0
    is_work: bool = True

    @property
    def is_good(self) -> bool:
        """Return whether the part counts as made."""
        return self.verdict is Verdict.SUCCESS

    @property
    def is_in_flight(self) -> bool:
        """Return whether it is on a plate, or made with an outcome nobody knows yet."""
        return self.plate is not None or self.verdict is Verdict.UNKNOWN

    @property
    def is_closed(self) -> bool:
        """Return whether it failed and waits for the gate `reprint` or a person."""
        return not (self.is_good or self.is_in_flight or self.is_work)

    @property
    def is_free(self) -> bool:
        """Return whether it can be put on a plate."""
        return not (self.is_good or self.is_in_flight) and self.is_work


class ItemRecord(Struct, frozen=True, dict=True):
    """One item of an order, by its parts.

    Args:
        item: `ord-1042/bracket`.
        quantity: How many are wanted now.
        instances: Every part that was ever put on a plate, by its number.
        made_before: Good parts of an earlier life of the order, remembered as a sum.
        highest: The highest number a part was ever given.
    """

    item: ItemKey
    quantity: int
    instances: Mapping[InstanceId, InstanceRecord] = field(default_factory=dict)
    made_before: int = 0
    highest: int = 0

    @cached_property
    def good(self) -> int:
        """Return how many are made."""
        return self.made_before + sum(each.is_good for each in self.instances.values())

    @cached_property
    def in_flight(self) -> int:
        """Return how many are on plates or of unknown outcome."""
        return sum(each.is_in_flight for each in self.instances.values())

    @cached_property
    def closed(self) -> int:
        """Return how many failed and wait for a word."""
        return sum(each.is_closed for each in self.instances.values())

    @cached_property
    def need(self) -> int:
        """Return how many must still be put on plates: never below 0."""
        return max(0, self.quantity - self.good - self.in_flight - self.closed)

    @property
    def is_done(self) -> bool:
        """Return whether all that are wanted are made."""
        return self.good >= self.quantity


class OrderRecord(Struct, frozen=True):
    """An order that has work or had some lately."""

    text: OrderText
    phase: OrderPhase
    accepted_at: datetime
    closed_at: datetime | None = None
    held: str | None = None


class PlanRecord(Struct, frozen=True):
    """The current revision of a build plan."""

    written: PlanWritten
    at: datetime


class Answered(Struct, frozen=True):
    """The last answer of a policy to one question: written again only when it changes."""

    decision: str
    outcome: str
    explanations: tuple[str, ...]


class ItemTally(Struct, frozen=True):
    """How many of an item were wanted and made."""

    name: str
    quantity: int
    good: int
    highest: int


class ClosedOrder(Struct, frozen=True):
    """An order that is over, in one line.

    Args:
        order: Its id.
        blob: Git's object id of its file: unchanged, it is not parsed again.
        phase: fulfilled or canceled.
        closed_at: When.
        made: Item names with how many were wanted, how many are good, and the highest number used.
        runs: Runs that made them.
    """

    order: OrderId
    blob: str
    phase: OrderPhase
    closed_at: datetime
    made: tuple[ItemTally, ...]
    runs: tuple[RunId, ...] = ()
