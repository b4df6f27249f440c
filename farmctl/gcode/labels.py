"""The names that objects are labelled with: `; printing object P01 id:0 copy 0`."""

from __future__ import annotations

import re

_LABEL = re.compile(rb"; printing object ([^\r\n]+) id:\d+ copy \d+")


def objects(raw: bytes) -> list[str]:
    """Return the names in the order in which they first appear."""
    names = dict.fromkeys(_LABEL.findall(raw))
    return [name.decode("utf-8", "replace") for name in names]
