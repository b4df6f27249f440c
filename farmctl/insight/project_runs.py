"""What facts about how runs went on and ended put into the tables."""

from __future__ import annotations

from farmctl.insight.rows import Rows, projects, utc
from farmctl.model.envelope import Event
from farmctl.model.events import run_life as life
from farmctl.model.events import runs as said
from farmctl.model.ids import RunId
from farmctl.model.states import PlatePhase, RunPhase, Verdict


@projects(said.RunQueued)
def run_queued(rows: Rows, event: Event, fact: said.RunQueued) -> None:
    """A new run, of the commit that is acted on now."""
    farm = rows.find("farms", event.source.removeprefix("farmctl://")) or {}
    rows.put(
        "runs",
        fact.run,
        number=int(fact.run.removeprefix("run-")),
        plate=fact.plate,
        printer=fact.printer,
        state=RunPhase.QUEUED.value,
        decision=fact.decision,
        git_commit=farm.get("git_commit"),
        gcode=fact.gcode,
        envelope=fact.envelope,
        upload_tries=0,
        is_counted=False,
        is_fenced=False,
        pauses=0,
        surprises=0,
        not_after=utc(fact.not_after),
        queued_at=utc(event.time),
    )
    rows.put("plates", fact.plate, run=fact.run)
    rows.put("printers", fact.printer, run=fact.run)


@projects(life.RunStarted)
def run_started(rows: Rows, event: Event, fact: life.RunStarted) -> None:
    """It prints."""
    state = RunPhase.PRINTING.value
    rows.put("runs", fact.run, state=state, evidence=fact.evidence, started_at=utc(event.time))
    if fact.job_id:
        rows.put("runs", fact.run, job_id=fact.job_id)
    _count_try(rows, fact.run)


@projects(life.RunReconciled)
def run_reconciled(rows: Rows, event: Event, fact: life.RunReconciled) -> None:
    """The machine shows something else than was known."""
    run = rows.read("runs", fact.run)
    rows.put(
        "runs",
        fact.run,
        state=fact.after,
        evidence=fact.evidence,
        surprises=run["surprises"] + 1,
        pauses=run["pauses"] + (fact.after == RunPhase.PAUSED),
        started_at=run.get("started_at") or utc(event.time),
    )
    _count_try(rows, fact.run)


def _count_try(rows: Rows, run: RunId) -> None:
    known = rows.read("runs", run)
    if known["is_counted"]:
        return
    rows.put("runs", run, is_counted=True)
    for instance in rows.read("plates", known["plate"])["instances"]:
        rows.put("plate_items", known["plate"], instance, run=run)


@projects(life.RunPaused)
def run_paused(rows: Rows, event: Event, fact: life.RunPaused) -> None:
    """It is paused as asked."""
    pauses = rows.read("runs", fact.run)["pauses"] + 1
    state, evidence = RunPhase.PAUSED.value, fact.message or None
    rows.put("runs", fact.run, state=state, pauses=pauses, evidence=evidence)


@projects(life.RunResumed)
def run_resumed(rows: Rows, event: Event, fact: life.RunResumed) -> None:
    """It goes on as asked."""
    rows.put("runs", fact.run, state=RunPhase.PRINTING.value)


@projects(life.RunOutOfSight)
def run_out_of_sight(rows: Rows, event: Event, fact: life.RunOutOfSight) -> None:
    """It may still print."""
    rows.put("runs", fact.run, state=RunPhase.UNKNOWN.value, evidence=fact.why)


@projects(life.RunFenceSeen)
def run_fence_seen(rows: Rows, event: Event, fact: life.RunFenceSeen) -> None:
    """Our job is not on the machine and cannot come."""
    rows.put("runs", fact.run, is_fenced=True, evidence=fact.evidence)


@projects(life.PartLeftOut)
def part_left_out(rows: Rows, event: Event, fact: life.PartLeftOut) -> None:
    """The part has failed; it is called so when the print is over."""
    known = rows.read("runs", fact.run)
    rows.put("runs", fact.run, left_out=[*(known.get("left_out") or ()), fact.part])
    rows.put("plate_items", known["plate"], fact.instance, reason=fact.reason)


@projects(life.RunCompleted)
def run_completed(rows: Rows, event: Event, fact: life.RunCompleted) -> None:
    """It ran to its end."""
    rows.put("runs", fact.run, state=RunPhase.COMPLETED.value, reason="completed")
    _end(rows, event, fact)


@projects(life.RunFailed)
def run_failed(rows: Rows, event: Event, fact: life.RunFailed) -> None:
    """It ended without being done."""
    rows.put("runs", fact.run, state=RunPhase.FAILED.value, reason=fact.reason)
    _end(rows, event, fact)


@projects(life.RunAborted)
def run_aborted(rows: Rows, event: Event, fact: life.RunAborted) -> None:
    """A person ended it."""
    rows.put("runs", fact.run, state=RunPhase.ABORTED.value, reason=fact.reason)
    _end(rows, event, fact)


def _end(
    rows: Rows, event: Event, fact: life.RunCompleted | life.RunFailed | life.RunAborted
) -> None:
    _count_try(rows, fact.run)
    rows.put(
        "runs",
        fact.run,
        evidence=fact.evidence,
        ended_at=utc(fact.ended_at or event.time),
        print_s=fact.result.print_s,
        filament_um=fact.result.filament_um,
        ambient_mc=fact.result.ambient_mc,
        humidity_permille=fact.result.humidity_permille,
    )
    run = rows.read("runs", fact.run)
    _leave(rows, fact.run, run["printer"])
    rows.put("plates", run["plate"], state=PlatePhase.DONE.value)
    for instance in rows.read("plates", run["plate"])["instances"]:
        label = rows.read("plate_items", run["plate"], instance)["label"]
        failed = label in (run.get("left_out") or ())
        verdict = Verdict.FAILED if failed else Verdict.UNKNOWN
        rows.put("plate_items", run["plate"], instance, verdict=verdict.value)


def _leave(rows: Rows, run: RunId, printer: str) -> None:
    if rows.read("printers", printer).get("run") == run:
        rows.put("printers", printer, run=None)


@projects(life.RunVoided)
def run_voided(rows: Rows, event: Event, fact: life.RunVoided) -> None:
    """It never printed: plate and bed are as they were."""
    run = rows.read("runs", fact.run)
    rows.put(
        "runs",
        fact.run,
        state=RunPhase.VOID.value,
        reason=fact.reason,
        evidence=fact.why,
        ended_at=utc(event.time),
    )
    _leave(rows, fact.run, run["printer"])
    rows.put("plates", run["plate"], state=PlatePhase.SLICED.value, run=None)
    if rows.read("printers", run["printer"]).get("bed_run") == fact.run:
        why = f"{fact.run} never printed"
        rows.put("printers", run["printer"], bed=run["bed_before"], bed_why=why, bed_run=None)


def _ask(rows: Rows, event: Event, verb: str, reason: str | None, **more: object) -> None:
    rows.put(
        "requests",
        event.seq,
        verb=verb,
        subject=event.subject,
        state="open",
        reason=reason,
        asked_by=event.actor.id,
        via=event.actor.via,
        asked_at=utc(event.time),
        **more,
    )


@projects(life.AbortRequested)
def abort_requested(rows: Rows, event: Event, fact: life.AbortRequested) -> None:
    """Open until answered."""
    _ask(rows, event, "abort", fact.reason)


@projects(life.PauseRequested)
def pause_requested(rows: Rows, event: Event, fact: life.PauseRequested) -> None:
    """Open until answered."""
    _ask(rows, event, "pause", fact.reason)


@projects(life.ResumeRequested)
def resume_requested(rows: Rows, event: Event, fact: life.ResumeRequested) -> None:
    """Open until answered."""
    _ask(rows, event, "resume", fact.reason, expected=fact.expected)


@projects(life.ExcludeRequested)
def exclude_requested(rows: Rows, event: Event, fact: life.ExcludeRequested) -> None:
    """Open until answered."""
    _ask(rows, event, "exclude", fact.reason, detail=[fact.part, fact.instance])


@projects(life.RunResolved)
def run_resolved(rows: Rows, event: Event, fact: life.RunResolved) -> None:
    """Answered by itself: the fact that follows says what it means."""
    _ask(rows, event, "resolve", fact.reason, expected=fact.expected, detail=[fact.outcome])
    rows.put("requests", event.seq, state="done", answered_at=utc(event.time))


@projects(life.RequestAnswered)
def request_answered(rows: Rows, event: Event, fact: life.RequestAnswered) -> None:
    """Done, or why it is pointless."""
    state = "done" if fact.done else "pointless"
    answered_at = utc(event.time)
    rows.put("requests", fact.request, state=state, answer=fact.message, answered_at=answered_at)
