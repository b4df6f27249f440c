"""What a look after something found, and how bad it is."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from farmctl.errors import FarmctlError


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"  # it works, and could fail
    FAIL = "fail"  # it does not work


class Check(Struct, frozen=True):
    """One thing that was looked at.

    Args:
        area: git, documents, slicer, printer, secret, ledger or machine.
        subject: Which.
        level: How it is.
        message: What was found.
        mend: What to do about it; empty when it is fine.
    """

    area: str
    subject: str
    level: Level
    message: str
    mend: str = ""


def failed(area: str, subject: str, error: FarmctlError) -> Check:
    """Return the finding that an error is."""
    return Check(area, subject, Level.FAIL, error.message, error.mend)
