"""One line for each thing that happens while a command waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from farmctl.control.triage import orders_of, parts_of
from farmctl.ledger.state import State
from farmctl.model.recorded import RunRecord
from farmctl.model.states import PlatePhase, RunPhase

if TYPE_CHECKING:
    from farmctl.farm.session import Session


_ON_THE_WAY = (RunPhase.QUEUED, RunPhase.UPLOADING, RunPhase.STAGED, RunPhase.STARTING)


class Progress:
    """Says what changed since it was last told."""

    def __init__(self, before: State, say: Callable[[str], None]) -> None:
        self._before = before
        self._say = say

    def __call__(self, session: Session) -> None:
        """Say what changed."""
        after = session.recorder.state
        for line in changes(self._before, after):
            self._say(line)
        self._before = after


def changes(before: State, after: State) -> Iterator[str]:
    """Yield what happened between two states, as people say it."""
    for item, plan in sorted(after.plans.items()):
        known = before.plans.get(item)
        if known is None or known.written.revision != plan.written.revision:
            yield f"build plan {item}@{plan.written.revision}: {plan.written.status}"
    for name, plate in sorted(after.plates.items()):
        old = before.plates.get(name)
        is_new = old is None or old.phase is PlatePhase.COMPOSED
        if plate.sliced and plate.phase is PlatePhase.SLICED and is_new:
            how = "from the cache" if plate.sliced.cached else "sliced"
            minutes = round(plate.sliced.summary.time_ms / 60_000)
            yield f"{how}: {parts_of(plate)}, {minutes} min"
    for number, run in sorted(after.runs.items()):
        ran = before.runs.get(number)
        if ran is None or ran.phase is not run.phase:
            yield from _said(after, run)
    for key, attention in sorted(after.attentions.items()):
        if key not in before.attentions:
            yield f"! {attention.about}: {attention.evidence}   farmctl {attention.command}"
    for order in sorted(set(after.closed) - set(before.closed)):
        yield f"{order} is {after.closed[order]['phase']}"


def _said(state: State, run: RunRecord) -> Iterator[str]:
    plate = state.plates.get(run.queued.plate)
    if plate is None or run.phase in _ON_THE_WAY:
        return
    why = f" ({run.reason}: {run.evidence})" if run.phase is RunPhase.FAILED else ""
    yield f"{run.printer}  {run.run}  {orders_of(plate)} {parts_of(plate)}: {run.phase}{why}"


def closing(state: State) -> str:
    """Return the last line of `apply`: what prints, and what to type next."""
    printing = [each for each in state.runs.values() if each.phase.may_be_printing]
    if printing:
        names = ", ".join(f"{each.run} on {each.printer}" for each in printing)
        return f"printing: {names}.   Go on with them: farmctl run"
    if state.attentions:
        return f"{len(state.attentions)} wait for you: farmctl status"
    return "nothing is printing"
