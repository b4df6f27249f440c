"""What failures and ends of prints lead to by rule: held printers, presumed verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.desired import PolicyAt
from farmctl.model.events.orders import ItemsJudged, ItemVerdict
from farmctl.model.ids import PrinterName, RunId
from farmctl.model.reasons import family_of
from farmctl.model.recorded import RunRecord
from farmctl.model.states import RunPhase, Verdict

BREAKER = "rule/breaker"
"""Who holds a printer after too many failures."""


class Tripped(Struct, frozen=True):
    """A printer that failed too often.

    Args:
        printer: Which.
        reason: The rule, in words.
        evidence: The runs that failed.
    """

    printer: PrinterName
    reason: str
    evidence: tuple[RunId, ...]


def breakers(policy: PolicyAt, state: State, now: datetime) -> Iterator[Tripped]:
    """Yield each printer that a line of `hold_printer` stops, once, by name.

    A printer that is held by a breaker stays so until a person lifts it; then it begins anew.
    """
    for printer, record in sorted(state.printers.items()):
        if any(hold.by == BREAKER for hold in record.holds):
            continue
        tripped = next(_tripped(policy, state, printer, now), None)
        if tripped is not None:
            yield tripped


def _tripped(
    policy: PolicyAt, state: State, printer: PrinterName, now: datetime
) -> Iterator[Tripped]:
    for rule in policy.document.hold_printer:
        since = now - timedelta(hours=rule.hours)
        runs: defaultdict[RunId, set[str]] = defaultdict(set)
        for failure in state.failures:
            is_counted = family_of(failure.reason) == rule.family and failure.at > since
            if failure.printer == printer and is_counted:
                runs[failure.run].add(failure.reason)
        if len(runs) >= rule.count:
            reasons = sorted(set().union(*runs.values()))
            counted = f"{len(runs)} × {', '.join(reasons)} in {rule.hours} h"
            yield Tripped(printer, counted, tuple(sorted(runs)))


def presumed(policy: PolicyAt, state: State, run: RunRecord) -> ItemsJudged | None:
    """Return the verdicts that policy gives the parts of a completed run, or None.

    Only a run that completed, of which nobody has said anything, is presumed to be good; of its
    parts, only those that nobody wanted left out.
    """
    is_asked = policy.document.outcomes == "ask"
    if is_asked or run.phase is not RunPhase.COMPLETED or run.is_judged:
        return None
    bad = run.labels_left_out | {each.part for each in run.doubted}
    placed = state.plates[run.queued.plate].composed.placed
    good = [each.instance for each in placed if each.label not in bad]
    if not good:
        return None
    verdicts = tuple(ItemVerdict(each, Verdict.SUCCESS.value) for each in good)
    return ItemsJudged(run.run, verdicts, by=f"policy/{policy.name}")
