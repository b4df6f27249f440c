"""What is written about a channel's move: the commit's message, and the pull request's. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from farmctl.ci.comparison import Comparison, line, wrong
from farmctl.farm.profiles.consequences import Consequences
from farmctl.farm.profiles.evidence import Tally, said
from farmctl.profiles.channels import CANARY, Move

_SHOWN = 40


class Announcement(Struct, frozen=True):
    """All that is said of a move.

    Args:
        move: Which.
        against: The version in production, which the settings and prints are compared with.
        changes: The effective differences, a line each.
        found: What follows.
        tallies: How prints went, by version; empty without a ledger.
        notes: What the version's entry says of it.
        golden: What golden models say of both versions; None where none counts for the profile.
    """

    move: Move
    against: str | None
    changes: tuple[str, ...]
    found: Consequences
    tallies: Mapping[str, Tally]
    notes: str | None = None
    golden: Comparison | None = None

    @property
    def title(self) -> str:
        """Return the first line."""
        return f"profiles: {self.move.profile} {self.move.said}"

    @property
    def text(self) -> str:
        """Return the whole message."""
        return "\n".join([self.title, "", *self.body_lines()]) + "\n"

    def body_lines(self) -> Iterator[str]:
        """Yield everything but the first line."""
        if self.move.channel == CANARY:
            yield f"Tried {where(self.move)}; the first plate waits for a verdict."
        if self.notes:
            yield f"{self.move.after}: {self.notes}"
        if self.move.ends_trial:
            yield "The canary ends with it."
        yield from self._settings()
        yield from self._golden()
        yield from self._evidence()
        yield from self._consequences()

    def _settings(self) -> Iterator[str]:
        before = self.against
        yield ""
        yield f"Settings, {before} → {self.move.after}:" if before else "Settings: all are new"
        yield from (f"  {each}" for each in self.changes)
        if before and not self.changes:
            yield "  no effective difference"

    def _golden(self) -> Iterator[str]:
        if self.golden is not None:
            yield ""
            yield f"Golden models: {line(self.golden)}"
            yield from (f"  {each}" for each in wrong(self.golden))

    def _evidence(self) -> Iterator[str]:
        yield ""
        line = evidence_line(self)
        if line is None:
            yield "Prints: this clone has no ledger, nothing is counted."
            return
        yield f"Prints: {line}"
        for version in filter(None, (self.move.after, self.against)):
            tally = self.tallies.get(version)
            if tally is not None and tally.parts_judged:
                yield f"  {version}: {tally.parts_good} of {tally.parts_judged} parts good"

    def _consequences(self) -> Iterator[str]:
        yield ""
        if not self.found.known:
            yield f"Printers ({len(self.found.printers)}): {_listed(self.found.printers)}"
            return
        plans = [f"{item}@{revision}" for item, revision in self.found.plans.items()]
        yield f"Orders ({len(self.found.orders)}): {_listed(self.found.orders)}"
        yield f"Build plans with a new revision ({len(plans)}): {_listed(plans)}"
        yield f"Printers ({len(self.found.printers)}): {_listed(self.found.printers)}"
        cached = f", {self.found.cached} from cache" if self.found.cached else ""
        plates = _listed(self.found.plates)
        yield f"Queued plates that slice again ({len(self.found.plates)}{cached}): {plates}"
        if self.found.printing:
            yield f"Prints that go on ({len(self.found.printing)}): {_listed(self.found.printing)}"


def where(move: Move) -> str:
    """Return `on voron-1, voron-2, for 3 plates`."""
    on = f"on {', '.join(move.printers)}" if move.printers else ""
    plates = f"for {move.plates} plate{'s' * (move.plates != 1)}" if move.plates else ""
    return ", ".join(filter(None, (on, plates)))


def evidence_line(announcement: Announcement) -> str | None:
    """Return the line of evidence for the version that comes; None without a ledger."""
    if not announcement.found.known:
        return None
    move, tallies = announcement.move, announcement.tallies
    others = tallies.get(announcement.against or "", Tally())
    tally = tallies.get(move.after, Tally())
    if move.channel == CANARY and not tally.plates:
        return f"no prints with {move.after} yet"
    name = move.after if move.is_rollback else "canary"
    return f"{name}: {said(tally, announcement.against, others)}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(names[:_SHOWN]) or "none") + more
