"""Damage in a journal, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from farmctl.errors import FarmctlError, LedgerDamaged
from farmctl.ledger.lines import segment_name

MEND = "see `farmctl ledger verify`; then `farmctl ledger restore`, with a backup when there is one"


class JournalDamaged(LedgerDamaged):
    """A line of the journal is not what was written, or does not follow from the one before.

    Args:
        segment: Number of the segment.
        line: Number of the line in it, the header being 1.
        what: What is wrong there.
    """

    def __init__(self, segment: int, line: int, what: str) -> None:
        super().__init__(f"journal/{segment_name(segment)}:{line}: {what}", MEND)
        self.segment = segment
        self.line = line
        self.what = what


class TailLost(LedgerDamaged):
    """The journal ends before what is known to have been written.

    Args:
        has: Number of its last event.
        needs: Number of an event that was acted on.
    """

    def __init__(self, has: int, needs: int) -> None:
        super().__init__(f"the journal ends at event {has}, but event {needs} was written", MEND)
        self.has = has
        self.needs = needs


@contextmanager
def told_of_the_disk() -> Iterator[None]:
    """Raise FarmctlError where a disk does not take, or give, what it should."""
    try:
        yield
    except OSError as error:
        raise disk_refused("ledger", error) from error


def disk_refused(what: str, error: OSError) -> FarmctlError:
    """Return what to say of a write that the disk did not take: nothing is damaged."""
    return FarmctlError(
        f"the {what} cannot be written: {error}", "make room on the disk, then try again"
    )
