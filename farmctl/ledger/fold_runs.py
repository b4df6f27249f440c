"""What facts about how runs went on and ended do to the state."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from farmctl.ledger.state import Draft, folds
from farmctl.ledger.steps import count_try, forget_void, leave_printer, set_plate, step
from farmctl.model.events import run_life as life
from farmctl.model.events import runs as said
from farmctl.model.ids import RunId, item_of
from farmctl.model.recorded import Asked, Doubted, Failure, LeftOut, RunRecord
from farmctl.model.states import Bed, PlatePhase, RunPhase, Verdict

_FAILURES_KEPT = timedelta(days=30)


@folds(said.RunQueued)
def run_queued(draft: Draft, fact: said.RunQueued) -> None:
    """Give the plate to the printer."""
    number = int(fact.run.removeprefix("run-"))
    draft.counts = replace(draft.counts, run=max(draft.counts.run, number))
    draft.runs[fact.run] = RunRecord(fact, RunPhase.QUEUED, draft.at)
    draft.plates[fact.plate] = replace(draft.plates[fact.plate], run=fact.run)
    draft.printers[fact.printer] = replace(draft.printers[fact.printer], run=fact.run)


@folds(life.RunStarted)
def run_started(draft: Draft, fact: life.RunStarted) -> None:
    """It prints: a try of its parts."""
    step(draft, fact.run, RunPhase.PRINTING, evidence=fact.evidence)
    if fact.job_id:
        draft.runs[fact.run] = replace(draft.runs[fact.run], job_id=fact.job_id)
    count_try(draft, fact.run)


@folds(life.RunReconciled)
def run_reconciled(draft: Draft, fact: life.RunReconciled) -> None:
    """Take what the machine shows."""
    step(draft, fact.run, RunPhase(fact.after), evidence=fact.evidence)
    count_try(draft, fact.run)


@folds(life.RunPaused)
def run_paused(draft: Draft, fact: life.RunPaused) -> None:
    """It is paused as asked."""
    step(draft, fact.run, RunPhase.PAUSED, evidence=fact.message or None)


@folds(life.RunResumed)
def run_resumed(draft: Draft, fact: life.RunResumed) -> None:
    """It goes on as asked."""
    step(draft, fact.run, RunPhase.PRINTING)


@folds(life.RunOutOfSight)
def run_out_of_sight(draft: Draft, fact: life.RunOutOfSight) -> None:
    """It may still print."""
    step(draft, fact.run, RunPhase.UNKNOWN, evidence=fact.why)


@folds(life.RunFenceSeen)
def run_fence_seen(draft: Draft, fact: life.RunFenceSeen) -> None:
    """Only now may the run be void."""
    draft.runs[fact.run] = replace(draft.runs[fact.run], is_fenced=True, evidence=fact.evidence)


@folds(life.RunCompleted)
def run_completed(draft: Draft, fact: life.RunCompleted) -> None:
    """The device says it ran to its end."""
    _end(draft, fact.run, RunPhase.COMPLETED, "completed", fact.evidence)


@folds(life.RunFailed)
def run_failed(draft: Draft, fact: life.RunFailed) -> None:
    """It ended without being done."""
    record = _end(draft, fact.run, RunPhase.FAILED, fact.reason, fact.evidence)
    _remember_failure(draft, record, fact.reason)


def _remember_failure(draft: Draft, record: RunRecord, reason: str) -> None:
    failure = Failure(record.printer, record.run, reason, draft.at)
    kept = tuple(each for each in draft.failures if each.at > draft.at - _FAILURES_KEPT)
    draft.failures = (*kept, failure)


@folds(life.PartLeftOut)
def part_left_out(draft: Draft, fact: life.PartLeftOut) -> None:
    """The part has failed; it counts so once the print is over."""
    record = draft.runs[fact.run]
    if fact.part in record.labels_left_out:
        raise ValueError(f"{fact.part} of {fact.run} is left out already")
    left_out = (*record.left_out, LeftOut(fact.part, fact.reason))
    draft.runs[fact.run] = replace(record, left_out=left_out)
    if fact.reason is not None:
        _remember_failure(draft, record, fact.reason)


@folds(life.RunAborted)
def run_aborted(draft: Draft, fact: life.RunAborted) -> None:
    """A person ended it."""
    _end(draft, fact.run, RunPhase.ABORTED, fact.reason, fact.evidence)


@folds(life.RunVoided)
def run_voided(draft: Draft, fact: life.RunVoided) -> None:
    """It never printed: the plate can be given away again, and the bed is as it was.

    A bed that was doubted meanwhile stays so: nobody knows whose part may lie there.
    """
    record = draft.runs[fact.run]
    was_started = record.start_at is not None
    step(draft, fact.run, RunPhase.VOID, reason=fact.reason, evidence=fact.why, asked=())
    leave_printer(draft, fact.run)
    printer = draft.printers[record.printer]
    if was_started and printer.bed_run == fact.run:
        printer = replace(printer, bed_run=None)
        if printer.bed is Bed.OCCUPIED:
            why = f"{fact.run} never printed"
            printer = replace(printer, bed=record.bed_before, bed_why=why)
        draft.printers[record.printer] = printer
    plate = draft.plates.get(record.queued.plate)
    if plate is not None:
        draft.plates[record.queued.plate] = replace(plate, phase=PlatePhase.SLICED, run=None)
    forget_void(draft, fact.run)


def _end(draft: Draft, run: RunId, phase: RunPhase, reason: str, evidence: str) -> RunRecord:
    count_try(draft, run)
    record = step(draft, run, phase, reason=reason, evidence=evidence, asked=())
    leave_printer(draft, run)
    set_plate(draft, record.queued.plate, PlatePhase.DONE)
    left_out = {each.part: each for each in record.left_out}
    for placed in draft.plates[record.queued.plate].composed.placed:
        item = item_of(placed.instance)
        known = draft.items.get(item)
        if known is None:
            continue
        part = known.instances[placed.instance]
        failed = left_out.get(placed.label)
        verdict = Verdict.UNKNOWN if failed is None else Verdict.FAILED
        part = replace(
            part,
            plate=None,
            run=run,
            verdict=part.verdict if part.is_good else verdict,
            reason=failed.reason if failed else part.reason,
            is_work=False,
        )
        draft.items[item] = replace(known, instances={**known.instances, placed.instance: part})
    return record


@folds(life.AbortRequested)
def abort_requested(draft: Draft, fact: life.AbortRequested) -> None:
    """Stands until done or pointless."""
    _ask(draft, fact.run, "abort", fact.reason)


@folds(life.PauseRequested)
def pause_requested(draft: Draft, fact: life.PauseRequested) -> None:
    """Stands until done or pointless."""
    _ask(draft, fact.run, "pause", fact.reason)


@folds(life.ResumeRequested)
def resume_requested(draft: Draft, fact: life.ResumeRequested) -> None:
    """Stands until done or pointless."""
    _ask(draft, fact.run, "resume", fact.reason)


@folds(life.ExcludeRequested)
def exclude_requested(draft: Draft, fact: life.ExcludeRequested) -> None:
    """Stands until done or pointless; nobody presumes any more that the part is good."""
    _ask(draft, fact.run, "exclude", fact.reason or "", fact.part)
    record = draft.runs[fact.run]
    if all(each.part != fact.part for each in record.doubted):
        draft.runs[fact.run] = replace(record, doubted=(*record.doubted, Doubted(fact.part)))


@folds(life.RunResolved)
def run_resolved(draft: Draft, fact: life.RunResolved) -> None:
    """What a person saw is recorded; the fact that follows says what it means."""


@folds(life.RequestAnswered)
def request_answered(draft: Draft, fact: life.RequestAnswered) -> None:
    """The request is over."""
    record = draft.runs.get(fact.run)
    if record is None:
        return
    answered = {each.part for each in record.asked if each.request == fact.request}
    left = tuple(each for each in record.asked if each.request != fact.request)
    doubted = record.doubted
    if not fact.done:
        doubted = tuple(
            replace(each, why_not=fact.message) if each.part in answered else each
            for each in doubted
        )
    draft.runs[fact.run] = replace(record, asked=left, doubted=doubted)


def _ask(draft: Draft, run: RunId, verb: str, reason: str, part: str | None = None) -> None:
    record = draft.runs[run]
    asked = Asked(verb, draft.seq, reason, draft.actor, part)
    draft.runs[run] = replace(record, asked=(*record.asked, asked))
