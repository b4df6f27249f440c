"""What came of a play."""

from __future__ import annotations

from msgspec import Struct

from farmctl.model.envelope import Event
from farmctl.soak.invariants import Violation
from farmctl.soak.steps import Step


class Struck(Struct, frozen=True):
    """A fault, and what it met.

    Args:
        at_s: When, in seconds since the beginning.
        seq: The last event that the controller knew.
        printer: Whose.
        kind: What kind of machine that is.
        fault: A name in `FAULTS`.
        step: Where the newest run on that printer stood.
    """

    at_s: float
    seq: int
    printer: str
    kind: str
    fault: str
    step: Step


class Handed(Struct, frozen=True):
    """Runs that were handed to a person.

    Args:
        resolved: Whose end a person had to say.
        lost: That ended without evidence, so that a person says how the parts are.
        resolved_in_vain: Resolved ones that nothing made necessary: the evidence was there.
        lost_in_vain: Lost ones of that kind.
    """

    resolved: int = 0
    lost: int = 0
    resolved_in_vain: int = 0
    lost_in_vain: int = 0


class Outcome(Struct, frozen=True):
    """What came of a play.

    Args:
        seed: Which.
        strikes: What was made to happen, in order.
        violations: What must never happen, and did.
        starts: How often machines began one of our files.
        doubled: How many of these the transport doubled, or brought late, where nothing could stop
            it: farmctl can only see it.
        detected: How many of those it saw.
        strays: How many starts were made by a host that had been taken over: farmctl on the other
            can only see them.
        strays_seen: How many of those it saw.
        orders: How many there were.
        fulfilled: How many of them were fulfilled, or canceled by people.
        runs: How many runs there were.
        handed: Those of them that were handed to a person.
        print_ms: On a quiet day, how long the machines printed our files by their own account.
        made_ms: How long these prints took from their decision to their recorded end.
        trace: Digest of the whole journal: equal for equal seeds.
        journal: Its events, where somebody asked for them.
    """

    seed: int
    strikes: tuple[Struck, ...]
    violations: tuple[Violation, ...]
    starts: int = 0
    doubled: int = 0
    detected: int = 0
    strays: int = 0
    strays_seen: int = 0
    orders: int = 0
    fulfilled: int = 0
    runs: int = 0
    handed: Handed = Handed()
    print_ms: int = 0
    made_ms: int = 0
    trace: str = ""
    journal: tuple[Event, ...] = ()
