"""The next step of a run, from what the ledger remembers and what the printer shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from farmctl.control.actions import Act, Action, Record
from farmctl.control.decide.ask import LEAVE_OUT, next_of_asked
from farmctl.control.decide.ends import end_of, fenced, left_out, lost
from farmctl.control.decide.gate import why_not_start
from farmctl.ledger.state import State
from farmctl.model.events import run_life as life
from farmctl.model.events.farm import PrinterHeld
from farmctl.model.events.runs import CONTROLLER_RESTARTED, Effect
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState, Job
from farmctl.model.recorded import RunRecord
from farmctl.model.states import Bed, RunPhase

UPLOAD_TRIES = 3
OVERTAKEN = ([Effect.START], [Effect.EXCLUDE])
"""What a cancel or a pause need not wait for."""

_RETRY = timedelta(seconds=5)


def next_of_run(state: State, run: RunRecord, look: Look | None, now: datetime) -> Action | None:
    """Return the one next action of a run, or None when it only has to go on.

    A run with an unanswered start gets nothing but a cancel or a pause; nor does one whose part is
    about to be left out: that waits behind whatever the printer does.
    """
    asked = None if run.phase.is_over else next_of_asked(state, run, look, now)
    if run.outstanding:
        return asked if may_overtake(run, asked) else None
    if run.phase.is_over:
        return _tidy(state, run, look, now)
    if asked is not None:
        return asked
    match run.phase:
        case RunPhase.QUEUED | RunPhase.STAGED:
            return _before_start(state, run, look, now)
        case RunPhase.STARTING | RunPhase.UNKNOWN:
            return _find(state, run, look, now)
        case RunPhase.PRINTING | RunPhase.PAUSED:
            return _follow(state, run, look)
        case _:
            return None


def may_overtake(run: RunRecord, asked: Action | None) -> bool:
    """Return whether a cancel or pause may go out before what was sent is answered."""
    is_urgent = isinstance(asked, Act) and asked.effect in (Effect.CANCEL, Effect.PAUSE)
    return is_urgent and [each.effect for each in run.outstanding] in OVERTAKEN


def _before_start(state: State, run: RunRecord, look: Look | None, now: datetime) -> Action | None:
    refusal = why_not_start(state, run, look, now)
    if refusal is not None and refusal.is_final:
        return void(run, refusal.reason, refusal.text)
    if run.phase is RunPhase.QUEUED:
        if run.attempt >= UPLOAD_TRIES and run.evidence != CONTROLLER_RESTARTED:
            why = f"not uploaded in {run.attempt} tries: {run.evidence}"
            return _give_up(run, why, "upload-fails")
        return Act(Effect.UPLOAD, run.run, run.printer) if refusal is None else None
    return Act(Effect.START, run.run, run.printer) if refusal is None else None


def void(run: RunRecord, reason: str, why: str) -> Record:
    """Return the record of a run that never printed."""
    return Record("void-run", f"run/{run.run}", (life.RunVoided(run.run, reason, why),))


def _give_up(run: RunRecord, why: str, rule: str) -> Record:
    """Return the record of a run that its printer does not take; the next would end like it.

    So nothing is tried there again until a person has looked; other printers may take the plate.
    """
    facts = (
        life.RunVoided(run.run, "not_started", why),
        PrinterHeld(run.printer, f"{run.run}: {why}", f"rule/{rule}"),
    )
    return Record("void-run", f"run/{run.run}", facts)


def _find(state: State, run: RunRecord, look: Look | None, now: datetime) -> Action | None:
    """Find out what became of a start, or of a print that went out of sight."""
    if run.start_answer == "rejected":
        return _give_up(run, run.evidence or "it says no more", "start-declined")
    if look is None or not look.is_fresh(state.printers[run.printer]):
        return None
    job = our_job(run, look)
    if job is not None:
        return _seen(run, look, job)
    ending = end_of(state, run, look)
    if ending is not None:
        return ending
    if look.observation.seen_at - _since(run) < timedelta(seconds=look.patience.patience_s):
        return None  # it may not have shown yet when it was looked at
    if run.phase is RunPhase.STARTING:
        return _out_of_sight(run, "it said yes, but does not show the print")
    if run.is_counted:
        return lost(run, look)
    return _fence(state, run, look, now)


def _since(run: RunRecord) -> datetime:
    return run.start_at or run.at if not run.is_counted else run.at


def _seen(run: RunRecord, look: Look, job: Job) -> Record:
    evidence = f"shows {job.file}" + (f" as job {job.job_id}" if job.job_id else "")
    is_paused = look.observation.state is DeviceState.PAUSED
    facts: list[object] = []
    if not run.is_counted:
        facts.append(life.RunStarted(run.run, job.job_id, evidence))
        if is_paused:
            facts.append(life.RunReconciled(run.run, RunPhase.PRINTING, RunPhase.PAUSED, evidence))
    else:
        after = RunPhase.PAUSED if is_paused else RunPhase.PRINTING
        facts.append(life.RunReconciled(run.run, run.phase, after, evidence))
    return Record("confirm-run", f"run/{run.run}", tuple(facts))


def our_job(run: RunRecord, look: Look) -> Job | None:
    """Return the job on the machine when it is this run's, by file name."""
    job = look.observation.job
    if job is None or run.file is None or job.file != run.file:
        return None
    if look.observation.state in (DeviceState.PRINTING, DeviceState.PAUSED):
        return job
    return None


def _out_of_sight(run: RunRecord, why: str) -> Record:
    return Record("out-of-sight", f"run/{run.run}", (life.RunOutOfSight(run.run, why),))


def _fence(state: State, run: RunRecord, look: Look, now: datetime) -> Action | None:
    """Only a deleted file, and a look after that, prove that a start can come no more.

    They do not prove that it never came: a printer that said yes, or had a job or a restart that
    nobody can explain since its bed was clear, may have printed. Nor do they where the bed was
    doubted since: a restored ledger may have forgotten that the print was seen.
    """
    record = state.printers[run.printer]
    if run.start_answer == "accepted" or look.unexplained(record):
        return lost(run, look)
    if not look.patience.deletion_fences or not look.observation.is_reachable:
        return None
    if not run.is_deleted:
        answered_at = record.effect_at
        if run.delete_tries and answered_at and now - answered_at < _RETRY:
            return None
        return Act(Effect.DELETE, run.run, run.printer)
    if run.is_fenced and record.bed is Bed.UNKNOWN:
        return lost(run, look)
    return fenced(run, look)


def _follow(state: State, run: RunRecord, look: Look | None) -> Action | None:
    """Keep the record of a print true to what the printer shows."""
    if look is None or not look.is_fresh(state.printers[run.printer]):
        return None
    if not look.observation.is_reachable:
        return _out_of_sight(run, "the printer does not answer")
    job = our_job(run, look)
    if job is None:
        return end_of(state, run, look) or _out_of_sight(
            run, "the printer no longer shows the print"
        )
    no_more = left_out(state, run, job.left_out, "the printer shows it")
    if no_more:
        return Record(LEAVE_OUT, f"run/{run.run}", tuple(no_more))
    is_paused = look.observation.state is DeviceState.PAUSED
    if is_paused and run.phase is RunPhase.PRINTING:
        evidence = look.observation.message or "paused at the printer"
        return Record(
            "reconcile-run",
            f"run/{run.run}",
            (life.RunReconciled(run.run, RunPhase.PRINTING, RunPhase.PAUSED, evidence),),
        )
    if not is_paused and run.phase is RunPhase.PAUSED:
        return Record(
            "reconcile-run",
            f"run/{run.run}",
            (life.RunReconciled(run.run, RunPhase.PAUSED, RunPhase.PRINTING, "goes on"),),
        )
    return None


def _tidy(state: State, run: RunRecord, look: Look | None, now: datetime) -> Action | None:
    """Delete our files from a device that has done with them."""
    left = run.to_delete
    if left is None:
        return None
    record = state.printers.get(run.printer)
    if look is None or record is None or not look.is_fresh(record):
        return None
    is_idle = look.observation.state is DeviceState.READY
    waited = record.effect_at is None or now - record.effect_at > _RETRY or left.tries == 0
    other = state.runs.get(record.run) if record.run else None
    if not is_idle or not waited or (other is not None and other.outstanding):
        return None
    return Act(Effect.DELETE, run.run, run.printer)
