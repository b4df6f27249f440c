"""What a soak found so far: figures, and the plays that somebody should look at. Pure."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from farmctl.soak.asked import Seed
from farmctl.soak.outcome import Outcome
from farmctl.soak.tally import Tally, added, tally_of


class Played(Struct, frozen=True):
    """A play and what came of it."""

    seed: Seed
    outcome: Outcome


class Report(Struct, frozen=True):
    """What a soak found.

    Args:
        storm: What the plays with faults add up to.
        quiet: What those without add up to.
        failed: Those in which something happened that never must, by seed.
        unmade: Those that ended with an order unfulfilled, by seed.
    """

    storm: Tally = Tally()
    quiet: Tally = Tally()
    failed: tuple[Played, ...] = ()
    unmade: tuple[Seed, ...] = ()


def taken_in(report: Report, played: Played) -> Report:
    """Return the report with one more play."""
    outcome = played.outcome
    tally = tally_of(outcome)
    if played.seed.faults:
        report = replace(report, storm=added(report.storm, tally))
    else:
        report = replace(report, quiet=added(report.quiet, tally))
    if outcome.violations:
        failed = sorted((*report.failed, played), key=lambda each: each.seed.seed)
        report = replace(report, failed=tuple(failed))
    elif outcome.fulfilled < outcome.orders:
        unmade = sorted((*report.unmade, played.seed), key=lambda each: each.seed)
        report = replace(report, unmade=tuple(unmade))
    return report
