"""Dividing parts among printers so that the last of them is done as early as it can be."""

from __future__ import annotations

from collections.abc import Sequence


def first_share(times: Sequence[int], printers: int) -> int:
    """Return how many of the first parts one of so many printers takes; 1 at least.

    Every printer should work the same time, so a share ends at the part that brings it nearest to
    that: equal parts are divided evenly.
    """
    total, load = sum(times), 0
    for count, time in enumerate(times):
        if count and (2 * load + time) * printers > 2 * total:
            return count
        load += time
    return len(times)


def by_weight(count: int, weights: Sequence[int]) -> list[int]:
    """Divide a count by weights: each gets its whole share, what is left goes to the largest rests.

    Without any weight the first gets all.
    """
    total = sum(weights)
    if not total:
        return [count, *(0 for _ in weights[1:])]
    shares = [count * each // total for each in weights]
    rests = sorted(range(len(weights)), key=lambda row: (-(count * weights[row] % total), row))
    for row in rests[: count - sum(shares)]:
        shares[row] += 1
    return shares
