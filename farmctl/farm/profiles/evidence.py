"""What the ledger knows of the versions of a profile: prints, good parts, and why prints failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct, field

from farmctl.farm.parts import Farm

_RUNS = """
SELECT plates.profile, runs.run, any_value(runs.state), any_value(runs.reason),
  count(*) FILTER (verdict = 'success'), count(*) FILTER (verdict = 'failed'),
  count(*) FILTER (verdict NOT IN ('success', 'failed', 'skipped')),
  mode(plate_items.reason) FILTER (verdict = 'failed')
FROM runs JOIN plates USING (plate) JOIN plate_items ON plate_items.plate = runs.plate
WHERE starts_with(plates.profile, '{name}@') AND runs.is_counted AND runs.ended_at IS NOT NULL
  AND plate_items.run = runs.run
GROUP BY ALL ORDER BY ALL
"""


class Tally(Struct, frozen=True):
    """How the prints with one version went.

    Args:
        plates: Prints that ended.
        good: Those whose parts are all good.
        failures: The others that somebody judged, by reason.
        parts_good: Parts that are good.
        parts_judged: Parts that somebody, or the policy, judged.
    """

    plates: int = 0
    good: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    parts_good: int = 0
    parts_judged: int = 0

    @property
    def bad(self) -> int:
        """Return how many failed."""
        return sum(self.failures.values())

    @property
    def unjudged(self) -> int:
        """Return of how many nobody said how they are."""
        return self.plates - self.good - self.bad

    @property
    def failed_percent(self) -> int:
        """Return the share that failed of those that were judged."""
        judged = self.good + self.bad
        return round(100 * self.bad / judged) if judged else 0


def evidence_of(farm: Farm, profile: str) -> Mapping[str, Tally]:
    """Return how prints went, by version, as the tables of the ledger have it.

    Raises LedgerDamaged, FarmctlError.
    """
    from farmctl.insight.store import open_insight

    with open_insight(farm.ledger_folder) as insight:
        if insight.damage is not None:
            raise insight.damage
        rows = insight.sql(_RUNS.format(name=profile)).rows
    versions = sorted({row[0] for row in rows})
    return {
        each.partition("@")[2]: _tally([row for row in rows if row[0] == each]) for each in versions
    }


def _tally(rows: list[tuple[object, ...]]) -> Tally:
    good = parts = judged = 0
    failures: Counter[str] = Counter()
    for _, _, state, ended_as, well, failed, unsaid, reason in rows:
        well_n, failed_n = int(str(well)), int(str(failed))
        parts, judged = parts + well_n, judged + well_n + failed_n
        if failed_n or (state == "failed" and not well_n):
            failures[str(reason or ended_as)] += 1
        elif well_n and not int(str(unsaid)):
            good += 1
    return Tally(len(rows), good, dict(failures.most_common()), parts, judged)


def said(tally: Tally, before: str | None, others: Tally) -> str:
    """Return `14 plates, 13 good, 1 adhesion (7 %; 1.8.2: 6 % of 212)`."""
    words = [f"{tally.plates} plate{'s' * (tally.plates != 1)}", f"{tally.good} good"]
    words += [f"{count} {reason}" for reason, count in tally.failures.items()]
    if tally.unjudged:
        words.append(f"{tally.unjudged} not judged")
    shares = [f"{tally.failed_percent} %"] if tally.good + tally.bad else []
    if before is not None and others.good + others.bad:
        shares.append(f"{before}: {others.failed_percent} % of {others.good + others.bad}")
    share = f" ({'; '.join(shares)})" if shares else ""
    return f"{', '.join(words)}{share}"
