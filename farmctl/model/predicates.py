"""What a policy may ask about: a closed, versioned list. farmctl computes each; none is a formula.

A policy's line holds when all its conditions do. A condition on names holds when one of them is
true of one of the things decided on; a condition on a count holds from that number up.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from farmctl.model.states import PrinterPhase

PREDICATES_VERSION = 1


class Gate(StrEnum):
    """What a policy is asked for."""

    APPROVE_PLAN = "approve_plan"
    SLICE = "slice"
    DISPATCH = "dispatch"
    REPRINT = "reprint"


class Asks(StrEnum):
    """How a condition is written."""

    NAMES = "names"  # a list, one of which must be true
    FLAG = "flag"  # true or false
    COUNT = "count"  # a whole number: so many or more


class Predicate(Struct, frozen=True):
    """One thing that a policy may ask about.

    Args:
        name: As a policy writes it.
        asks: How the condition is written.
        gates: Where it is known.
        meaning: What it says, in a sentence.
        allowed: The names it can have; empty when they are open.
        is_computed: Whether anything computes it yet; a policy may not ask for what nothing does.
    """

    name: str
    asks: Asks
    gates: frozenset[Gate]
    meaning: str
    allowed: tuple[str, ...] = ()
    is_computed: bool = True


_EVERY = frozenset(Gate)

_ALL = (
    Predicate(
        "preflight",
        Asks.NAMES,
        _EVERY,
        "What preflight says of the model.",
        allowed=("pass", "warn", "fail"),
    ),
    Predicate("risk", Asks.COUNT, _EVERY, "How likely it is to fail.", is_computed=False),
    Predicate("material", Asks.NAMES, _EVERY, "A material it is made of."),
    Predicate(
        "quality",
        Asks.NAMES,
        _EVERY,
        "The quality that is ordered.",
        allowed=("draft", "standard", "fine"),
    ),
    Predicate(
        "use", Asks.NAMES, _EVERY, "What the part is for.", allowed=("cosmetic", "functional")
    ),
    Predicate(
        "slice_warnings",
        Asks.NAMES,
        frozenset({Gate.DISPATCH}),
        "A code that slicing warned with.",
    ),
    Predicate(
        "profile_is_new",
        Asks.FLAG,
        frozenset({Gate.APPROVE_PLAN, Gate.SLICE, Gate.DISPATCH}),
        "No good part was made yet with this profile version on this printer class.",
    ),
    Predicate(
        "printer_state",
        Asks.NAMES,
        frozenset({Gate.DISPATCH}),
        "What the printer is doing.",
        allowed=tuple(sorted(PrinterPhase)),
    ),
    Predicate(
        "tries_24h",
        Asks.COUNT,
        frozenset({Gate.SLICE, Gate.DISPATCH, Gate.REPRINT}),
        "How often one of the parts was tried within 24 hours.",
    ),
    Predicate(
        "due_slack_min", Asks.COUNT, _EVERY, "Minutes to spare until due.", is_computed=False
    ),
)

PREDICATES: Mapping[str, Predicate] = {each.name: each for each in _ALL}
