"""Filters that somebody configured for this user or clone: programs that git would start.

Which files they are for stands in the repository's own `.gitattributes`.
"""

from __future__ import annotations

import re

ASK = ("config", "--null", "--name-only", "--get-regexp", r"^filter\.")
"""What to ask git for their names."""
_FILTER = re.compile(r"(filter\..+)\.(?:clean|smudge|process|required)")


def emptied(names: str) -> tuple[str, ...]:
    """Return the settings that empty every filter that git named. Pure."""
    found = (_FILTER.fullmatch(key) for key in names.split("\0"))
    return tuple(
        f"{name}.{key}"
        for name in sorted({match[1] for match in found if match})
        for key in ("clean=", "smudge=", "process=", "required=false")
    )
