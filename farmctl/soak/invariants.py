"""What must never happen, by the names that the guarantees are known by."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Invariant(Struct, frozen=True):
    """One thing that must always hold.

    Args:
        says: What, in a sentence.
        is_active: Whether plays check it.
        note: Why it is not, or what it does not say.
    """

    says: str
    is_active: bool = True
    note: str = ""


INVARIANTS: Mapping[str, Invariant] = {
    "I1": Invariant("a file is started at most once"),
    "I2": Invariant(
        "every effect has an earlier intent, and every start one for an allowed decision on those"
        " bytes and that printer"
    ),
    "I3": Invariant(
        "nothing is composed beyond what is wanted, and no part is made again without a word that"
        " allows it, across restarts",
        note="what a restore forgot may be made again",
    ),
    "I4": Invariant("a run that is called started did start; it ends once, and stays as it ended"),
    "I5": Invariant(
        "nothing starts onto a part, throws a paused print away, or is forbidden by what was"
        " written before its intent"
    ),
    "I6": Invariant("every effect on a printer follows from a look after the effect before it"),
    "I7": Invariant("the journal folded again is what the controller knows, byte for byte"),
    "I8": Invariant("chain, head and the newest checkpoint agree"),
    "I9": Invariant(
        "what is reserved and used is never more than the stock",
        is_active=False,
        note="comes with its issue",
    ),
    "I10": Invariant(
        "only signed profiles and an approved slicer reach a printer",
        is_active=False,
        note="comes with its issue",
    ),
    "I11": Invariant(
        "a run that is called void never printed, and never will",
        note="a restore may have forgotten its start: then its file is another's on the printer",
    ),
    "I12": Invariant("in peace every run ends, or a person is asked, within six hours"),
    "parts": Invariant(
        "a part is left out of a print only because somebody wanted it, never the last one, and"
        " only a person calls it good"
    ),
    "lock": Invariant("on one host, one controller acts"),
    "hosts": Invariant(
        "what a host starts that was taken over is seen at the next look",
        note="it is detected, not prevented: the starts are counted beside this",
    ),
    "died": Invariant("a controller ends by itself only for a reason that is documented"),
}
"""By name; `I1` to `I12` are those of the dispatch guarantee."""


class Violation(Struct, frozen=True):
    """Something that must never happen has happened.

    Args:
        invariant: A name in `INVARIANTS`.
        what: What was seen.
    """

    invariant: str
    what: str
