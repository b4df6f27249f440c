"""How farmctl names bytes: `sha256:` and 64 hexadecimal digits, everywhere."""

from __future__ import annotations

import hashlib
import re
from typing import NewType

from farmctl.errors import FarmctlError

Digest = NewType("Digest", str)
"""The name of some bytes, e.g. `sha256:9f86d081…`. Made by `digest_of` and `parse_digest` only."""

_PREFIX = "sha256:"
_FORM = re.compile(r"sha256:[0-9a-f]{64}")


class InvalidDigest(FarmctlError):  # noqa: N818 - reads as what it says
    """A text that should name bytes does not."""


def digest_of(raw: bytes) -> Digest:
    """Return the name of these bytes."""
    return Digest(_PREFIX + hashlib.sha256(raw).hexdigest())


def parse_digest(text: str) -> Digest:
    """Return `text` as a digest. Raises InvalidDigest when it is none."""
    if not _FORM.fullmatch(text):
        raise InvalidDigest(
            f"`{text}` is not a digest",
            "a digest is `sha256:` and 64 digits from 0-9 and a-f",
        )
    return Digest(text)


def hexdigits(digest: Digest) -> str:
    """Return the 64 hexadecimal digits alone."""
    return digest.removeprefix(_PREFIX)
