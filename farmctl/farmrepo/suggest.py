"""Did you mean … ?"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 12


def close_to(given: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like the given one, or None when none is."""
    by_lower = {name.lower(): name for name in sorted(known, reverse=True)}
    close = get_close_matches(given.lower(), sorted(by_lower), n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def mend_name(given: str, known: Iterable[str], what: str = "known") -> str:
    """Return the mend for a name that is not known: a close one, else the list."""
    names = sorted(known)
    close = close_to(given, names)
    if close:
        return f"did you mean `{close}`?"
    if not names:
        return f"there is none that is {what}" if what == "known" else f"there are no {what}"
    more = "" if len(names) <= _SHOWN else f" and {len(names) - _SHOWN} more"
    return f"{what}: {', '.join(names[:_SHOWN])}{more}"
