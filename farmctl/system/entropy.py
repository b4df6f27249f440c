"""Fresh names and dice: the one place that asks for randomness."""

from __future__ import annotations

import random
import secrets

Dice = random.Random


def fresh_hex(digits: int) -> str:
    """Return `digits` random lower-case hex digits."""
    return secrets.token_hex((digits + 1) // 2)[:digits]


def dice(seed: int) -> Dice:
    """Return dice that fall the same way for the same seed, on every machine."""
    return random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
