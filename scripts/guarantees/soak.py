"""Soak for some hours, from the seed where the last soak ended: make soak HOURS=1.

The figures go to docs/soak-figures.json after each batch, so that nothing is lost when it is ended.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from itertools import islice

from farmctl.soak.asked import from_seed
from farmctl.soak.campaign import campaign, workers_here
from farmctl.soak.report import Report, taken_in
from scripts.guarantees.figures import (
    FILE,
    Figures,
    code_digest,
    figures_so_far,
    text_of,
    with_report,
)

BATCH = 250


def main(hours: float) -> int:
    """Soak; return 1 when something happened that never must."""
    today = datetime.now(UTC).date().isoformat()
    raw = FILE.read_bytes() if FILE.exists() else None
    figures = figures_so_far(raw, code_digest(), today)
    end = time.monotonic() + hours * 3600
    while time.monotonic() < end:
        figures = after_a_batch(figures, BATCH)
        FILE.write_bytes(text_of(figures))
        say(line(figures))
    for command in figures.failed:
        say(f"failed: {command}")
    return 1 if figures.failed else 0


def after_a_batch(figures: Figures, seeds: int) -> Figures:
    """Play the next seeds and return the figures with them."""
    began = time.monotonic()
    first = figures.next_seed
    report = Report()
    for each in campaign(islice(from_seed(first), seeds), workers_here()):
        report = taken_in(report, each)
    return with_report(figures, report, first + seeds, time.monotonic() - began)


def line(figures: Figures) -> str:
    """Return how it stands."""
    storm = figures.storm
    rate = (storm.seeds + figures.quiet.seeds) / max(1, figures.seconds)
    return (
        f"{storm.seeds:,} seeds ({rate:.1f} a second), {storm.starts:,} physical starts, "
        f"{sum(storm.struck.values()):,} faults, {len(figures.failed)} seeds failed"
    )


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0))
