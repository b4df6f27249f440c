"""What one file of a farm says that does not fit another: where in the document, and what."""

from __future__ import annotations

from msgspec import Struct

from farmctl.farmrepo.findings import Path
from farmctl.model.diagnostics import Severity


class Fault(Struct, frozen=True):
    """One thing that does not fit.

    Args:
        file: The file to change.
        code: A stable code.
        message: What is wrong.
        mend: What to change.
        path: The way to the value in the document; None for the file as a whole.
        severity: Whether it stops what it is about.
    """

    file: str
    code: str
    message: str
    mend: str
    path: Path | None = None
    severity: Severity = Severity.ERROR
