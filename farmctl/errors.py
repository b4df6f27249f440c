"""Every error farmctl raises on purpose, and the exit code each one ends with.

    FarmctlError                known failure                                   1
    ├── UsageError              the command line itself is off                  2
    ├── InvalidDocuments        documents with diagnostics                      3
    ├── LedgerDamaged           the journal cannot be trusted                   3
    ├── Refused                 policy, a safety gate or a moved state          4
    ├── WaitsForPerson          nothing goes on until somebody acts             4
    ├── DeviceFailed            a printer did not do what was asked             5
    └── SlicerFailed            a slicer did not do what was asked              5

Anything else that escapes is a bug: exit 70, with a report file.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The documented exit codes of `farmctl`."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    REFUSED = 4
    DEVICE = 5
    CHANGES = 10
    BUG = 70
    INTERRUPTED = 130


class FarmctlError(Exception):
    """A known failure: what is wrong, and how to mend it.

    Args:
        message: What is wrong and where, without a trailing full stop.
        mend: What to type or change, or an empty string when nothing helps.
    """

    exit = Exit.FAILED

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


class UsageError(FarmctlError):
    """The command line asks for something that cannot be meant."""

    exit = Exit.USAGE


class InvalidDocuments(FarmctlError):  # noqa: N818 - reads as what it says
    """Documents of the farm do not mean anything; the diagnostics were shown."""

    exit = Exit.INVALID


class LedgerDamaged(FarmctlError):  # noqa: N818 - reads as what it says
    """The journal cannot be trusted, so nothing may be done by itself."""

    exit = Exit.INVALID


class Refused(FarmctlError):  # noqa: N818 - reads as what it says
    """Policy, a safety gate or a state that moved says no."""

    exit = Exit.REFUSED


class WaitsForPerson(FarmctlError):  # noqa: N818 - reads as what it says
    """Nothing goes on until a person acts."""

    exit = Exit.REFUSED


class DeviceFailed(FarmctlError):  # noqa: N818 - reads as what it says
    """A printer did not do what was asked."""

    exit = Exit.DEVICE


class SlicerFailed(FarmctlError):  # noqa: N818 - reads as what it says
    """A slicer did not do what was asked.

    Args:
        message: What is wrong and where.
        mend: What to type or change.
        code: The stable code of the failure, e.g. `slicer-timeout`.
    """

    exit = Exit.DEVICE

    def __init__(self, message: str, mend: str = "", code: str = "slicer-failed") -> None:
        super().__init__(message, mend)
        self.code = code
