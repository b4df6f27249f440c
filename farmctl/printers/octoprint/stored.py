"""A stored file, and what OctoPrint remembers of its prints. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha1

from msgspec import Struct

from farmctl.model.observation import Ended, Ending
from farmctl.printers.octoprint.said import Said, number, text, whole, within


class Stored(Struct, frozen=True):
    """A file on OctoPrint's disk.

    Args:
        name: Its path there.
        size_b: Bytes.
        sha1: Of its bytes, as OctoPrint read them back; empty where it does not say.
        good: How many prints of it came to their end.
        bad: How many broke off: cancelled and failed ones alike.
        ended_at: When the newest of them ended.
        print_s: How long the newest good one took.
    """

    name: str
    size_b: int
    sha1: str = ""
    good: int = 0
    bad: int = 0
    ended_at: datetime | None = None
    print_s: int | None = None

    def holds(self, raw: bytes) -> bool:
        """Return whether these are its bytes, as far as OctoPrint tells."""
        return self.size_b == len(raw) and self.sha1 in ("", digest_of(raw))


def stored_of(said: Said) -> Stored | None:
    """Read what is said of a file; None when that is not what was said."""
    name, size_b = text(said, "path"), whole(said, "size")
    if not name or size_b is None:
        return None
    prints = within(said, "prints")
    return Stored(
        name=name,
        size_b=size_b,
        sha1=text(said, "hash"),
        good=whole(prints, "success") or 0,
        bad=whole(prints, "failure") or 0,
        ended_at=_at(number(prints, "last", "date")),
        print_s=_rounded(number(prints, "last", "printTime")),
    )


def listed_of(said: Said) -> tuple[Stored, ...]:
    """Read the list of files; what is no file of it is passed over."""
    files = within(said, "files")
    found = (stored_of(each) for each in files) if isinstance(files, list) else ()
    return tuple(each for each in found if each is not None)


def ending_of(stored: Stored, *, is_cancelled: bool) -> Ending | None:
    """Return how the print of a file ended, or None when it was never counted.

    Args:
        stored: Our file; its name is never used twice, and it is printed once.
        is_cancelled: Whether its cancel was heard of: counters do not tell it from a failure.
    """
    if stored.good:
        return Ending(
            file=stored.name,
            ended=Ended.COMPLETED,
            evidence="counters: a print that ended well",
            print_s=stored.print_s,
            ended_at=stored.ended_at,
        )
    if not stored.bad:
        return None
    ended = Ended.ABORTED if is_cancelled else Ended.FAILED
    said = "counters: a print that broke off" + (", cancelled" if is_cancelled else "")
    return Ending(file=stored.name, ended=ended, evidence=said, ended_at=stored.ended_at)


def digest_of(raw: bytes) -> str:
    """Return the digest that OctoPrint names: against accidents, not against an enemy."""
    return sha1(raw, usedforsecurity=False).hexdigest()


def _rounded(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


def _at(seconds: float | None) -> datetime | None:
    if seconds is None or not 0 < seconds < _YEAR_9999:
        return None
    return datetime.fromtimestamp(seconds, UTC)


_YEAR_9999 = 253_370_764_800
