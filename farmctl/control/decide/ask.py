"""What people asked of a run: done as soon as the machine shows that it can be."""

from __future__ import annotations

from datetime import datetime, timedelta

from farmctl.control.actions import Act, Action, Record
from farmctl.ledger.state import State
from farmctl.model.events import run_life as life
from farmctl.model.events.runs import Effect
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState
from farmctl.model.recorded import Asked, RunRecord
from farmctl.model.states import RunPhase

_AGAIN = timedelta(seconds=5)


def next_of_asked(state: State, run: RunRecord, look: Look | None, now: datetime) -> Action | None:
    """Return what to do about the strongest open request: abort, then pause, then resume."""
    for verb in ("abort", "pause", "resume"):
        asked = next((each for each in run.asked if each.verb == verb), None)
        if asked is not None:
            return _do(state, run, asked, look, now)
    return None


def _do(
    state: State, run: RunRecord, asked: Asked, look: Look | None, now: datetime
) -> Action | None:
    if run.phase in (RunPhase.QUEUED, RunPhase.STAGED):
        return _before_start(run, asked)
    record = state.printers[run.printer]
    if look is None or not look.is_fresh(record) or not _is_on(run, look):
        return None
    device = look.observation.state
    if asked.verb == "pause" and device is DeviceState.PAUSED:
        return _answered(run, asked, "paused", paused=run.phase is RunPhase.PRINTING)
    if asked.verb == "resume" and device is DeviceState.PRINTING:
        return _answered(run, asked, "goes on", resumed=run.phase is RunPhase.PAUSED)
    if run.cancel_tries and record.effect_at and now - record.effect_at < _AGAIN:
        return None
    return Act(_EFFECTS[asked.verb], run.run, run.printer)


_EFFECTS = {"abort": Effect.CANCEL, "pause": Effect.PAUSE, "resume": Effect.RESUME}


def _before_start(run: RunRecord, asked: Asked) -> Action | None:
    if asked.verb == "abort":
        why = f"{asked.by} asked before it started: {asked.reason}"
        fact = life.RunVoided(run.run, "operator_abort", why)
        return Record("void-run", f"run/{run.run}", (fact,))
    return _answered(run, asked, "it has not started", done=False)


def _is_on(run: RunRecord, look: Look) -> bool:
    job = look.observation.job
    return job is not None and job.file == run.file


def _answered(  # noqa: PLR0913 - the two facts that may come before the answer
    run: RunRecord,
    asked: Asked,
    message: str,
    *,
    done: bool = True,
    paused: bool = False,
    resumed: bool = False,
) -> Record:
    facts: list[object] = []
    if paused:
        facts.append(life.RunPaused(run.run, f"asked by {asked.by}: {asked.reason}"))
    if resumed:
        facts.append(life.RunResumed(run.run))
    facts.append(life.RequestAnswered(run.run, asked.request, done=done, message=message))
    return Record("answer-request", f"run/{run.run}", tuple(facts))
