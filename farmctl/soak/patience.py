"""In peace every run ends, or a person is asked (I12)."""

from __future__ import annotations

from farmctl.ledger.state import State
from farmctl.model.ids import RunId
from farmctl.model.recorded import RunRecord
from farmctl.model.states import RunPhase
from farmctl.soak.books import Say

WITHIN_S = 6 * 3600.0
"""Longer than a driver's patience, a late request, a print and clocks that were set back: no look
counts until a clock that was set back has come where it was."""


class Patience:
    """Watches how long runs stand where they stand, by the true time.

    Args:
        say: Told of violations.
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._since_s: dict[RunId, tuple[RunPhase, float]] = {}

    def look(self, state: State, now_s: float) -> None:
        """Look at what is open, at a moment of peace."""
        standing = self._since_s
        self._since_s = {
            name: _began(run, standing.get(name), now_s)
            for name, run in state.runs.items()
            if not run.phase.is_over
        }
        for name, (phase, since_s) in self._since_s.items():
            if now_s - since_s > WITHIN_S and not _is_asked_for(state, state.runs[name]):
                self._say("I12", f"{name} is {phase} for {now_s - since_s:.0f} s, nobody is asked")
                self._since_s[name] = phase, now_s


def _began(
    run: RunRecord, before: tuple[RunPhase, float] | None, now_s: float
) -> tuple[RunPhase, float]:
    return before if before is not None and before[0] is run.phase else (run.phase, now_s)


def _is_asked_for(state: State, run: RunRecord) -> bool:
    return any(need.about in (run.run, run.printer) for need in state.attentions.values())
