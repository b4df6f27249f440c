"""What is wrong with an input, where, and how to mend it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

REVISION_HELD = "revision-held"
"""The code of a branch that moved in a way that a person must look at first."""
UNREADABLE = "unreadable"
"""The code of a revision that means nothing: the one before it still counts."""


class Severity(StrEnum):
    """Whether a diagnostic stops what it is about."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Diagnostic(Struct, frozen=True, order=True):
    """One thing that is wrong. Lines and columns count from 1; 0 means the whole file."""

    file: str
    line: int
    column: int
    code: str
    message: str
    mend: str = ""
    severity: Severity = Severity.ERROR

    @property
    def where(self) -> str:
        """Return `file:line:column`, or `file` alone."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file
