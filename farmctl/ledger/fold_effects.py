"""What facts about effects on printers do to the state: intended, then answered."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from farmctl.ledger.settle import settle
from farmctl.ledger.state import Draft, folds
from farmctl.ledger.steps import forget_void, set_plate, step
from farmctl.model.events import runs as said
from farmctl.model.events.runs import EFFECT_OF
from farmctl.model.recorded import Doubted, Leftover, Outstanding, RunRecord
from farmctl.model.states import Bed, PlatePhase, RunPhase

_FOR_NOW = ("not_sent", "not_ready")
"""Refusals that say nothing of the next try."""


def _intend(draft: Draft, fact: said.Intended) -> RunRecord:
    known = draft.runs[fact.run]
    part = fact.part if isinstance(fact, said.ExcludeIntended) else None
    waits = Outstanding(EFFECT_OF[type(fact)], fact.file, draft.at, draft.seq, part)
    draft.runs[fact.run] = replace(known, outstanding=(*known.outstanding, waits))
    return draft.runs[fact.run]


def _answer(draft: Draft, fact: said.Answered) -> RunRecord:
    known = draft.runs[fact.run]
    effect = EFFECT_OF[type(fact)]
    left = tuple(each for each in known.outstanding if each.effect is not effect)
    draft.runs[fact.run] = replace(known, outstanding=left, job_id=fact.job_id or known.job_id)
    printer = draft.printers.get(fact.printer)
    if printer is not None:  # else the farm gave it away before it answered
        draft.printers[fact.printer] = replace(printer, effect_at=draft.at)
    return draft.runs[fact.run]


@folds(said.UploadIntended)
def upload_intended(draft: Draft, fact: said.UploadIntended) -> None:
    """A new file name for every try."""
    _intend(draft, fact)
    step(draft, fact.run, RunPhase.UPLOADING, file=fact.file, attempt=fact.attempt)


@folds(said.UploadAccepted)
def upload_accepted(draft: Draft, fact: said.UploadAccepted) -> None:
    """The device has the bytes."""
    _answer(draft, fact)
    step(draft, fact.run, RunPhase.STAGED, evidence=fact.evidence)


@folds(said.UploadRejected)
def upload_rejected(draft: Draft, fact: said.UploadRejected) -> None:
    """Nothing is on the device; there may be another try."""
    _answer(draft, fact)
    step(draft, fact.run, RunPhase.QUEUED, evidence=fact.message)


@folds(said.UploadUnknown)
def upload_unknown(draft: Draft, fact: said.UploadUnknown) -> None:
    """Something may be on the device; the next try has another name."""
    known = _answer(draft, fact)
    leftovers = (*known.leftovers, Leftover(fact.file))
    step(draft, fact.run, RunPhase.QUEUED, evidence=fact.message, leftovers=leftovers)


@folds(said.StartIntended)
def start_intended(draft: Draft, fact: said.StartIntended) -> None:
    """From here on it may be printing, and the bed is not clear."""
    record = _intend(draft, fact)
    printer = draft.printers[fact.printer]
    step(
        draft,
        fact.run,
        RunPhase.STARTING,
        start_at=draft.at,
        snapshot=fact.snapshot,
        bed_before=printer.bed,
    )
    draft.printers[fact.printer] = replace(
        printer, bed=Bed.OCCUPIED, bed_why=fact.run, bed_run=fact.run
    )
    set_plate(draft, record.queued.plate, PlatePhase.STARTED)


@folds(said.StartAccepted)
def start_accepted(draft: Draft, fact: said.StartAccepted) -> None:
    """The device said yes."""
    _answer(draft, fact)
    draft.runs[fact.run] = replace(draft.runs[fact.run], start_answer="accepted")


@folds(said.StartRejected)
def start_rejected(draft: Draft, fact: said.StartRejected) -> None:
    """The device certainly did not start."""
    _answer(draft, fact)
    draft.runs[fact.run] = replace(
        draft.runs[fact.run], start_answer="rejected", evidence=fact.message
    )


@folds(said.StartUnknown)
def start_unknown(draft: Draft, fact: said.StartUnknown) -> None:
    """It may still print."""
    _answer(draft, fact)
    step(draft, fact.run, RunPhase.UNKNOWN, start_answer="unknown", evidence=fact.message)


@folds(said.CancelIntended)
def cancel_intended(draft: Draft, fact: said.CancelIntended) -> None:
    """Wait for the answer."""
    record = _intend(draft, fact)
    draft.runs[fact.run] = replace(record, cancel_tries=record.cancel_tries + 1)


@folds(said.ExcludeIntended)
def exclude_intended(draft: Draft, fact: said.ExcludeIntended) -> None:
    """Wait for the answer."""
    record = _intend(draft, fact)
    doubted = _sent(record, {fact.part}, 1)
    tries = record.exclude_tries + 1
    draft.runs[fact.run] = replace(record, exclude_tries=tries, doubted=doubted)


def _sent(record: RunRecord, parts: Collection[str], more: int) -> tuple[Doubted, ...]:
    return tuple(
        replace(each, sent=each.sent + more) if each.part in parts else each
        for each in record.doubted
    )


@folds(said.ExcludeRejected)
def exclude_rejected(draft: Draft, fact: said.ExcludeRejected) -> None:
    """Who asked is told so, unless it may be otherwise at the next try."""
    parts = {each.part for each in draft.runs[fact.run].outstanding if each.part is not None}
    known = _answer(draft, fact)
    known = replace(known, doubted=_sent(known, parts, -1))
    draft.runs[fact.run] = known
    if fact.why in _FOR_NOW:
        return
    asked = tuple(
        replace(each, declined=fact.message) if each.part in parts else each for each in known.asked
    )
    draft.runs[fact.run] = replace(known, asked=asked)


@folds(said.DeleteIntended)
def delete_intended(draft: Draft, fact: said.DeleteIntended) -> None:
    """Wait for the answer."""
    record = _intend(draft, fact)
    tried = tuple(
        replace(each, tries=each.tries + 1) if each.file == fact.file else each
        for each in record.leftovers
    )
    is_last = fact.file == record.file
    draft.runs[fact.run] = replace(
        record, leftovers=tried, delete_tries=record.delete_tries + is_last
    )


@folds(said.DeleteAccepted)
def delete_accepted(draft: Draft, fact: said.DeleteAccepted) -> None:
    """The file is gone."""
    _delete(draft, fact, is_gone=True)


@folds(said.DeleteRejected)
def delete_rejected(draft: Draft, fact: said.DeleteRejected) -> None:
    """It is being printed, or it is gone already."""
    _delete(draft, fact, is_gone=fact.why == "missing")


def _delete(draft: Draft, fact: said.Answered, *, is_gone: bool) -> None:
    known = _answer(draft, fact)
    left = tuple(each for each in known.leftovers if not (is_gone and each.file == fact.file))
    is_deleted = is_gone if fact.file == known.file else known.is_deleted
    draft.runs[fact.run] = replace(known, leftovers=left, is_deleted=is_deleted)
    forget_void(draft, fact.run)
    settle(draft)


@folds(said.PauseIntended, said.ResumeIntended)
def intended(draft: Draft, fact: said.Intended) -> None:
    """Wait for the answer."""
    _intend(draft, fact)


@folds(
    said.PauseAccepted,
    said.PauseRejected,
    said.PauseUnknown,
    said.ResumeAccepted,
    said.ResumeRejected,
    said.ResumeUnknown,
    said.CancelAccepted,
    said.CancelRejected,
    said.CancelUnknown,
    said.ExcludeAccepted,
    said.ExcludeUnknown,
    said.DeleteUnknown,
)
def answered(draft: Draft, fact: said.Answered) -> None:
    """Whatever was said, the next look tells."""
    _answer(draft, fact)
