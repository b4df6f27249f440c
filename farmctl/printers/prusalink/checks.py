"""What `doctor` says about a PrusaLink. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from farmctl.printers.driver import Finding
from farmctl.printers.prusalink.machine import server
from farmctl.printers.prusalink.status import Shown

OLDEST = (0, 8)
_ROOM_B = 100 * 1024 * 1024


def findings(version: object, seen: Shown, *, is_login: bool) -> tuple[Finding, ...]:
    """Return what is wrong.

    Args:
        version: What PrusaLink says of itself.
        seen: What it shows.
        is_login: Whether farmctl gets in by a password.
    """
    return (
        *_version(server(version)),
        *_condition(seen.message),
        *_room(seen.free_b),
        *_key(is_login=is_login),
    )


def unusable(why: str) -> Finding:
    """Return the finding of a PrusaLink that shows nothing."""
    mend = "is it on, is the address right, is the key or the password given?"
    return Finding("prusalink-unusable", why, mend, refuses=True)


def other_machine(message: str) -> Finding:
    """Return the finding of an address where not the pinned machine answers."""
    mend = "if the machine was replaced, add it again with `farmctl printer add`"
    return Finding("prusalink-other-machine", message, mend, refuses=True)


def _version(text: str) -> Iterator[Finding]:
    found = re.search(r"(\d+)\.(\d+)", text)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        yield Finding(
            "prusalink-old",
            f"{text} is not {OLDEST[0]}.{OLDEST[1]} or newer: how it answers is not known here",
            "update PrusaLink",
            refuses=True,
        )


def _condition(message: str) -> Iterator[Finding]:
    if message:
        yield Finding("prusalink-printer", f"PrusaLink says: {message}", "mend that first")


def _room(free_b: int | None) -> Iterator[Finding]:
    if free_b is not None and free_b < _ROOM_B:
        yield Finding(
            "prusalink-full",
            f"PrusaLink has room for {free_b // 1024} KiB",
            "delete files that nobody needs",
        )


def _key(*, is_login: bool) -> Iterator[Finding]:
    if not is_login:
        yield Finding(
            "prusalink-key-readable",
            "an API key goes over the network as it is: who listens there may print",
            "give user:password instead, which is only proved, or keep strangers off that network",
        )
