"""Seeds that once failed, kept with why: one JSON object a line."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from farmctl.errors import UsageError
from farmctl.soak.asked import Seed


class Regression(Struct, frozen=True, forbid_unknown_fields=True):
    """A play that is played again for ever.

    Args:
        why: What it did when it was kept.
        seed: The play, with its faults and kinds by name: more of them make it another play.
    """

    why: str
    seed: Seed


def line_of(regression: Regression) -> bytes:
    """Return a regression as a line of the file."""
    return msgspec.json.encode(regression) + b"\n"


def read_regressions(raw: bytes) -> list[Regression]:
    """Return the regressions of a file. Raises UsageError, which says the line."""
    found = []
    for number, line in enumerate(raw.splitlines(), 1):
        try:
            found.append(msgspec.json.decode(line, type=Regression))
        except ValueError as error:  # of UTF-8, too
            mend = 'each line is {"why": …, "seed": {"seed": 17, "faults": […], "kinds": […]}}'
            raise UsageError(f"line {number} is no regression: {error}", mend) from error
    return found
