"""Everything that can need a person: a closed list, each with the command that ends it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class AttentionKind(Struct, frozen=True):
    """One thing that can need a person.

    Args:
        code: Stable; its page in the runbook is `docs/runbook/<code>.md`.
        label: What people read.
        command: What to type after `farmctl`, a template over `{about}`.
    """

    code: str
    label: str
    command: str


_ALL = (
    AttentionKind("bed-not-clear", "its bed is not known to be clear", "clear {about}"),
    AttentionKind("check-parts", "take the parts off and say how they are", "clear {about}"),
    AttentionKind("print-failed", "its print failed", "clear {about} --failed"),
    AttentionKind("print-lost", "nobody knows what became of its print", "clear {about}"),
    AttentionKind("print-out-of-sight", "may still print, not reprinted", "explain {about}"),
    AttentionKind("print-paused", "its print is paused", "resume {about}"),
    AttentionKind("parts-failed", "parts failed and are not made again by rule", "reprint {about}"),
    AttentionKind("parts-unjudged", "nobody has said how its parts are", "explain {about}"),
    AttentionKind("wrong-material", "prints wait for another material", "load {about}"),
    AttentionKind("printer-fault", "the machine reports a fault", "explain {about}"),
    AttentionKind("printer-offline", "does not answer a look", "explain {about}"),
    AttentionKind("wrong-identity", "another machine answers at its address", "doctor"),
    AttentionKind("drifted", "the machine is not as the farm says", "drift {about}"),
    AttentionKind("doctor-refuses", "it must be mended before it prints", "doctor"),
    AttentionKind("other-spool", "another spool is in it than was said", "load {about}"),
    AttentionKind("foreign-file", "a file of another controller is on it", "unhold {about}"),
    AttentionKind("upload-fails", "the g-code cannot be sent to it", "unhold {about}"),
    AttentionKind("start-declined", "it declined a start", "unhold {about}"),
    AttentionKind("approve-plan", "a build plan waits for a yes", "approve {about}"),
    AttentionKind("approve-plate", "a print waits for a yes", "approve {about}"),
    AttentionKind("model-fails", "the model cannot be printed", "preflight {about}"),
    AttentionKind("no-way-to-make", "no printer class and profile can make it", "explain {about}"),
    AttentionKind("slice-failed", "it cannot be sliced", "explain {about}"),
    AttentionKind("documents", "documents of the farm are off", "validate"),
    AttentionKind("revision-held", "the branch moved in a way farmctl does not follow", "status"),
    AttentionKind("surplus", "more parts are made than wanted", "explain {about}"),
)

_FIRST = (
    *("wrong-identity", "print-out-of-sight", "print-paused", "print-lost", "print-failed"),
    *("check-parts", "foreign-file", "upload-fails", "start-declined", "bed-not-clear"),
)

ATTENTION_KINDS: Mapping[str, AttentionKind] = {each.code: each for each in _ALL}


def command_for(kind: str, about: str) -> str:
    """Return what to type after `farmctl` to end it."""
    return ATTENTION_KINDS[kind].command.format(about=about)


def urgency(kind: str) -> int:
    """Return which of several needs of one thing a person meets first: the lowest.

    First who is there at all, then what prints, then what lies on the bed, then the rest.
    """
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)
