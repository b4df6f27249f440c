"""What was measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measure import Reading
from benchmarks.workshop import Row


@dataclass(frozen=True, slots=True)
class Result:
    """A row with its reading."""

    row: Row
    reading: Reading

    @property
    def is_met(self) -> bool:
        """Return whether the promise is kept."""
        return self.reading.ratio <= self.row.limit


def heading() -> str:
    """Return the names of the columns."""
    return f"{'row':<12}{'ratio':>7}{'limit':>7}{'ours ms':>11}{'peer ms':>11}{'base ms':>9}"


def line(result: Result) -> str:
    """Return a row of the table."""
    row, reading = result.row, result.reading
    taken = f"{_ms(reading.ours):>11}{_ms(reading.peer):>11}{_ms(reading.base):>9}"
    verdict = "" if result.is_met else "   MISSED"
    return f"{row.name:<12}{reading.ratio:>7.2f}{row.limit:>7.2f}{taken}  {row.claim}{verdict}"


def summary(results: Sequence[Result]) -> str:
    """Return one line of sums."""
    missed = [each.row.name for each in results if not each.is_met]
    return f"missed: {', '.join(missed)}" if missed else f"{len(results)} rows, all within limits"


def document(results: Sequence[Result], times: int) -> str:
    """Return everything as JSON."""
    items = [
        {
            "row": each.row.name,
            "claim": each.row.claim,
            "ratio": round(each.reading.ratio, 3),
            "limit": each.row.limit,
            "met": each.is_met,
            "ours_cpu_s": each.reading.ours,
            "peer_cpu_s": each.reading.peer,
            "base_cpu_s": each.reading.base,
        }
        for each in results
    ]
    about = {
        "schema": "farmctl.bench/v1",
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "samples": times,
    }
    return json.dumps({**about, "items": items}, indent=2) + "\n"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f}" if 0 < seconds < 1 else f"{seconds * 1000:.0f}"
