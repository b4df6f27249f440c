"""What people asked of a run: done as soon as the machine shows that it can be."""

from __future__ import annotations

from datetime import datetime, timedelta

from farmctl.control.actions import Act, Action, Record
from farmctl.control.decide.ends import left_out
from farmctl.ledger.state import State
from farmctl.model.events import run_life as life
from farmctl.model.events.runs import Effect
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState
from farmctl.model.recorded import Asked, RunRecord
from farmctl.model.states import RunPhase

LEAVE_OUT = "leave-part-out"
_AGAIN = timedelta(seconds=5)


def next_of_asked(state: State, run: RunRecord, look: Look | None, now: datetime) -> Action | None:
    """Return what to do about the strongest open request: to end it, to pause it, and so on."""
    for verb in ("abort", "pause", "exclude", "resume"):
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
    if asked.part is not None:
        return _leave_out(state, run, asked, look, now)
    if asked.verb == "pause" and device is DeviceState.PAUSED:
        return _answered(run, asked, "paused", paused=run.phase is RunPhase.PRINTING)
    if asked.verb == "resume" and device is DeviceState.PRINTING:
        return _answered(run, asked, "goes on", resumed=run.phase is RunPhase.PAUSED)
    if run.cancel_tries and record.effect_at and now - record.effect_at < _AGAIN:
        return None
    return Act(_EFFECTS[asked.verb], run.run, run.printer)


def _leave_out(
    state: State, run: RunRecord, asked: Asked, look: Look, now: datetime
) -> Action | None:
    """Leave one part out, unless the printer shows that it is, or says that it cannot."""
    assert asked.part is not None  # noqa: S101 - what leaving out is about
    job = look.observation.job
    shown = job.left_out if job is not None else ()
    facts: list[object] = [*left_out(state, run, shown, "the printer shows it")]
    if asked.part in shown:
        facts.append(life.RequestAnswered(run.run, asked.request, done=True, message="left out"))
    if facts:  # also of others: what is left to make must be known before more is left out
        return Record(LEAVE_OUT, f"run/{run.run}", tuple(facts))
    why_not = asked.declined or _why_not_left_out(state, run, asked.part, look)
    if why_not is not None:
        return _answered(run, asked, why_not, done=False)
    answered_at = state.printers[run.printer].effect_at
    if run.exclude_tries and answered_at and now - answered_at < _AGAIN:
        return None
    return Act(Effect.EXCLUDE, run.run, run.printer, asked.part)


def _why_not_left_out(state: State, run: RunRecord, part: str, look: Look) -> str | None:
    if not look.patience.excludes:
        return "the printer cannot leave out one part of a print (farmctl doctor)"
    others = surely_made(state, run) - {part}
    return None if others else f"{part} is the last part that is made"


def surely_made(state: State, run: RunRecord) -> frozenset[str]:
    """Return the labels of the parts that a print certainly makes still.

    A call to leave one out that was not answered may come late, when others are left out.
    """
    placed = state.plates[run.queued.plate].composed.placed
    sent = {each.part for each in run.doubted if each.sent}
    return frozenset(each.label for each in placed) - run.labels_left_out - sent


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
