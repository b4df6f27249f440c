"""Which faults can strike at which step on which kind of machine; where not, why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import product

from msgspec import Struct

from farmctl.soak.faults_at_machines import NEVER_ON
from farmctl.soak.steps import Step
from farmctl.soak.wire import Fate

_NOTHING_SENT = "only looks are sent then, and a look that is lost is a later look"
_NO_JOB = "no print of ours is on the machine then"
_BUSY = "somebody who looks sees that the machine is in use"
_NO_FENCE = "a deleted file may start there all the same, so none is deleted for a fence"
_UNWATCHED = "what a hand does between the last look and the start is seen by nobody: not promised"
_UNBOUND = (
    "sizes are asked for just before a start, but after a restart nobody knows them, and no"
    " interface binds a start to bytes: not promised"
)

UNFENCED = ("bambu",)
"""Kinds of machines on which a deleted file may start all the same."""

_ON_THE_LINE = dict.fromkeys(
    (Step.QUEUED, Step.LOOK, Step.UNKNOWN, Step.CONFIRM, Step.PRINT), _NOTHING_SENT
)
_BEFORE_IT_PRINTS = dict.fromkeys((Step.UPLOAD, Step.LOOK, Step.FENCE), _NO_JOB)

NEVER_AT: Mapping[str, Mapping[Step, str]] = {
    **{fate.value: _ON_THE_LINE for fate in Fate},
    "heater fails": _BEFORE_IT_PRINTS,
    "paused by hand": _BEFORE_IT_PRINTS,
    "ended by hand": _BEFORE_IT_PRINTS,
    "started by hand": {
        **dict.fromkeys((Step.CONFIRM, Step.PRINT, Step.END), _BUSY),
        Step.START: _UNWATCHED,
    },
    "files overwritten": dict.fromkeys((Step.LOOK, Step.START), _UNBOUND),
}
"""By fault and step, why the two never meet, whatever the kind of machine."""


_NOTHING_LEFT = (
    "a Moonraker that forgets its history while a start is unanswered, and never had one, leaves"
    " nothing to look at: not promised"
)
_NEVER_MET: Mapping[tuple[str, Step, str], str] = {
    ("power cycle without history", step, "moonraker"): _NOTHING_LEFT
    for step in (Step.START, Step.UNKNOWN, Step.FENCE)
}


def why_never(fault: str, step: Step, kind: str) -> str | None:
    """Return why a fault cannot strike a machine of a kind at a step, or None where it can."""
    if step is Step.FENCE and kind in UNFENCED:
        return _NO_FENCE
    met = NEVER_ON.get((fault, kind)) or _NEVER_MET.get((fault, step, kind))
    return met or NEVER_AT.get(fault, {}).get(step)


def takes_evidence(fault: str, kind: str) -> bool:
    """Return whether a fault takes along what a machine of a kind knows of its prints."""
    if fault == "power cycle without history":
        return True
    forgets = kind == "octoprint" or ("power cycle without history", kind) in NEVER_ON
    return forgets and fault in ("power cycle", "printer swapped")


def can_strike(faults: Sequence[str], step: Step, kind: str) -> list[str]:
    """Return the faults that can strike a machine of a kind at a step."""
    return [each for each in faults if why_never(each, step, kind) is None]


class Never(Struct, frozen=True):
    """Cells that need not be hit, and why: all of these faults at all of these steps."""

    reason: str
    faults: tuple[str, ...]
    steps: tuple[Step, ...]
    kinds: tuple[str, ...]


def never_together(faults: Sequence[str], kinds: Sequence[str]) -> list[Never]:
    """Return what never meets, in as few groups as say it."""
    steps: defaultdict[tuple[str, str, str], list[Step]] = defaultdict(list)
    for fault, kind, step in product(faults, kinds, Step):
        reason = why_never(fault, step, kind)
        if reason is not None:
            steps[reason, fault, kind].append(step)
    of_kinds: defaultdict[tuple[str, str, tuple[Step, ...]], list[str]] = defaultdict(list)
    for (reason, fault, kind), where in steps.items():
        of_kinds[reason, fault, tuple(where)].append(kind)
    groups: defaultdict[tuple[str, tuple[Step, ...], tuple[str, ...]], list[str]]
    groups = defaultdict(list)
    for (reason, fault, at), whose in of_kinds.items():
        groups[reason, at, tuple(whose)].append(fault)
    return [
        Never(reason, tuple(struck), at, whose) for (reason, at, whose), struck in groups.items()
    ]
