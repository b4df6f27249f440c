"""The part of a policy that one gate reads, small enough to be recorded with every decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, assert_never

from msgspec import Struct

from farmctl.model.predicates import PREDICATES, Asks, Gate

if TYPE_CHECKING:
    from farmctl.model.documents import policy as documents


class Condition(Struct, frozen=True):
    """One thing that a line asks about; only the field of its kind is set.

    Args:
        predicate: Its name in the closed list.
        names: One of these.
        flag: Exactly this.
        at_least: This or more.
    """

    predicate: str
    names: tuple[str, ...] = ()
    flag: bool | None = None
    at_least: int | None = None


class Line(Struct, frozen=True):
    """A line of `require_approval`: it matches when all its conditions hold.

    Args:
        number: Its place in the policy, from 1.
        conditions: What it asks; none, and it always matches.
    """

    number: int
    conditions: tuple[Condition, ...]


class Rules(Struct, frozen=True):
    """What a policy says at one gate.

    Args:
        is_automatic: Whether it happens without asking, if nothing below says otherwise.
        lines: What must be asked about.
        reasons: At `reprint`, the failures after which a part is made again.
        max_tries: At `reprint`, how often a part may be tried, the first time included.
    """

    is_automatic: bool
    lines: tuple[Line, ...] = ()
    reasons: tuple[str, ...] = ()
    max_tries: int = 1


def rules_at(policy: documents.Policy, gate: Gate) -> Rules:
    """Return what the policy says at a gate."""
    lines = tuple(
        Line(number, tuple(_conditions(line)))
        for number, line in enumerate(policy.require_approval, 1)
        if line.gate == gate
    )
    auto = policy.auto
    match gate:
        case Gate.APPROVE_PLAN:
            return Rules(auto.approve_plan, lines)
        case Gate.SLICE:
            return Rules(auto.slice, lines)
        case Gate.DISPATCH:
            return Rules(auto.dispatch, lines)
        case Gate.REPRINT:
            reasons = tuple(sorted(auto.reprint.reasons))
            return Rules(bool(reasons), lines, reasons, auto.reprint.max_tries)
        case _:
            assert_never(gate)


def _conditions(line: documents.Line) -> Iterator[Condition]:
    for name, predicate in sorted(PREDICATES.items()):
        asked = getattr(line, name) if predicate.is_computed else None
        if asked is None:
            continue
        match predicate.asks:
            case Asks.NAMES:
                yield Condition(name, names=tuple(sorted(asked)))
            case Asks.FLAG:
                yield Condition(name, flag=asked)
            case Asks.COUNT:
                yield Condition(name, at_least=asked)
            case _:
                assert_never(predicate.asks)
