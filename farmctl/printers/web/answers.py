"""Answer tables: what each answer of a server to each call means.

An answer that no row explains is `Unknown`. Each row names the recorded exchange it was read from.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from farmctl.printers.driver import Accepted, Answer, Rejected, Unknown, Why


class Call(StrEnum):
    """The calls that have an effect."""

    UPLOAD = "upload"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    EXCLUDE = "exclude"
    DELETE = "delete"


class Means(StrEnum):
    """What a row says, beside the causes of a certain refusal."""

    ACCEPTED = "accepted"
    UNKNOWN = "unknown"


class Row(Struct, frozen=True):
    """One row.

    Args:
        exchange: The recorded exchange.
        call: The call.
        status: The HTTP status.
        words: The device's own words; of a refusal, what they contain.
        means: Accepted, unknown, or why it certainly did nothing.
    """

    exchange: str
    call: Call
    status: int
    words: str
    means: Means | Why

    def explains(self, call: Call, status: int, words: str) -> bool:
        """Return whether the row is of this answer."""
        if (self.call, self.status) != (call, status):
            return False
        return self.words == words if self.means is Means.ACCEPTED else self.words in words


Table = Sequence[Row]


def meaning(table: Table, call: Call, status: int, words: str) -> Answer:
    """Return what an answer means, by the first row that explains it."""
    for row in table:
        if row.explains(call, status, words):
            return _answer(row, words)
    return Unknown(f"HTTP {status}: {words or 'no words that farmctl knows'}")


def _answer(row: Row, words: str) -> Answer:
    match row.means:
        case Means.ACCEPTED:
            return Accepted(evidence=row.exchange)
        case Means.UNKNOWN:
            return Unknown(words)
        case Why():
            return Rejected(row.means, words or f"HTTP {row.status}", row.exchange)
