"""Fresh names: the one place that asks for randomness."""

from __future__ import annotations

import secrets


def fresh_hex(digits: int) -> str:
    """Return `digits` random lower-case hex digits."""
    return secrets.token_hex((digits + 1) // 2)[:digits]
