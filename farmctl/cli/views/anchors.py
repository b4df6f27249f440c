"""What git knows of the ledger, as people read it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from farmctl.model.codec import time_text

if TYPE_CHECKING:
    from farmctl.farm.care.anchored import Anchored, Signed


def anchor_lines(found: Anchored) -> Iterator[str]:
    """Yield what is anchored, what is not, and who vouches for it."""
    if found.last is None:
        yield "git holds no checkpoint that this journal reaches: nothing outside it would show a"
        yield "change; farmctl run and apply make them"
    else:
        at = time_text(found.last.at)
        yield f"checkpoints in git: {found.count}, the last of event {found.last.seq} at {at}"
        yield _after(found.unanchored)
        yield _vouched(found.signed, found.last.seq)
    if found.left_behind:
        yield f"of events that a restore left behind: {found.left_behind}"
    for each in found.silent:
        yield f"{each.remote} cannot be asked: {each.why}"
    for remote in found.lagging:
        yield f"{remote} has not got the newest of them"


def anchors_json(found: Anchored) -> dict[str, object]:
    """Return the same for programs."""
    last, signed = found.last, found.signed
    return {
        "checkpoints": found.count,
        "left_behind": found.left_behind,
        "last": last and {"seq": last.seq, "hash": last.hash, "at": time_text(last.at)},
        "unanchored": found.unanchored,
        "signed": signed and {"seq": signed.seq, "by": signed.by, "wrong": _wrong(signed)},
        "damage": found.damage.message if found.damage else None,
        "silent": [each.remote for each in found.silent],
        "lagging": list(found.lagging),
    }


def _after(count: int) -> str:
    if count == 0:
        return "nothing comes after it"
    come = "event comes" if count == 1 else "events come"
    return f"{count} {come} after it, not anchored yet: a change there would show nowhere"


def _vouched(signed: Signed | None, last_seq: int) -> str:
    if signed is None:
        return "they are not signed: who can write both ledger and git can change both"
    upto = "" if signed.seq == last_seq else f", up to event {signed.seq}"
    if signed.wrong is not None:
        return f"the signature up to event {signed.seq} does not count: {signed.wrong.message}"
    if signed.by is None:
        return f"they are signed{upto}, but the farm has no allowed_signers that says by whom"
    return f"they are signed by {signed.by}{upto}"


def _wrong(signed: Signed) -> str | None:
    return signed.wrong.message if signed.wrong else None
