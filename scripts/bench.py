"""Hold farmctl against named peers, print a table of ratios, and fail when one is missed.

python scripts/bench.py [ROW…]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import appending, golden, measuring, planning, rollback, scale, slicing, start
from benchmarks.report import Result, document, heading, line, summary
from benchmarks.workshop import Row, Workshop

BUILD = Path(__file__).parents[1] / ".build"
ROWS: tuple[Row, ...] = (
    *start.ROWS,
    *slicing.ROWS,
    *appending.ROWS,
    *planning.ROWS,
    *measuring.ROWS,
    *golden.ROWS,
    *rollback.ROWS,
    *scale.ROWS,
)


def main() -> int:
    """Measure the rows that are asked for; return 1 when one misses its limit."""
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", choices=[*names, []], help=", ".join(names)
    )
    parser.add_argument("--times", type=int, default=7, help="samples a median is of (7)")
    asked = parser.parse_args()
    say(heading())
    results = [
        measured(row, asked.times) for row in ROWS if not asked.rows or row.name in asked.rows
    ]
    (BUILD / "bench.json").write_text(document(results, asked.times))
    say(summary(results))
    return 0 if all(each.is_met for each in results) else 1


def measured(row: Row, times: int) -> Result:
    """Measure one row in a fresh folder and print its line."""
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"bench-{row.name}-", dir=BUILD) as folder:
        result = Result(row, row.measure(Workshop(Path(folder), times)))
    say(line(result))
    return result


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
