"""What facts about effects on printers put into the tables: intended, then answered."""

from __future__ import annotations

from farmctl.insight.rows import Rows, projects, utc
from farmctl.model.envelope import Event
from farmctl.model.events import runs as said
from farmctl.model.events.runs import ACCEPTED, EFFECT_OF, REJECTED
from farmctl.model.states import Bed, PlatePhase, RunPhase


def _intend(rows: Rows, fact: said.Intended) -> None:
    effect = EFFECT_OF[type(fact)].value
    rows.put("runs", fact.run, last_effect=effect, last_answer=None, last_message=None)


def _answer(rows: Rows, fact: said.Answered) -> str:
    effect = EFFECT_OF[type(fact)]
    answer = "unknown"
    if type(fact) in (ACCEPTED[effect], REJECTED[effect]):
        answer = "accepted" if type(fact) is ACCEPTED[effect] else "rejected"
    rows.put(
        "runs",
        fact.run,
        last_effect=effect.value,
        last_answer=answer,
        last_message=fact.message or None,
    )
    if fact.job_id:
        rows.put("runs", fact.run, job_id=fact.job_id)
    return answer


@projects(said.UploadIntended)
def upload_intended(rows: Rows, event: Event, fact: said.UploadIntended) -> None:
    """A new file name for every try."""
    _intend(rows, fact)
    state = RunPhase.UPLOADING.value
    rows.put("runs", fact.run, state=state, file=fact.file, upload_tries=fact.attempt)
    if fact.envelope:
        rows.put("runs", fact.run, envelope=fact.envelope)


@projects(said.UploadAccepted)
def upload_accepted(rows: Rows, event: Event, fact: said.UploadAccepted) -> None:
    """The device has the bytes."""
    _answer(rows, fact)
    rows.put(
        "runs",
        fact.run,
        state=RunPhase.STAGED.value,
        evidence=fact.evidence,
        uploaded_at=utc(event.time),
    )


@projects(said.UploadRejected, said.UploadUnknown)
def upload_failed(rows: Rows, event: Event, fact: said.Answered) -> None:
    """There may be another try."""
    _answer(rows, fact)
    rows.put("runs", fact.run, state=RunPhase.QUEUED.value, evidence=fact.message)


@projects(said.StartIntended)
def start_intended(rows: Rows, event: Event, fact: said.StartIntended) -> None:
    """The printer as it was, and its bed, from now on occupied."""
    _intend(rows, fact)
    bed = rows.read("printers", fact.printer)["bed"]
    rows.put(
        "runs",
        fact.run,
        state=RunPhase.STARTING.value,
        bed_before=bed,
        start_intended_at=utc(event.time),
    )
    if fact.snapshot is not None:
        _put_snapshot(rows, fact.run, fact.snapshot)
    rows.put("printers", fact.printer, bed=Bed.OCCUPIED.value, bed_why=fact.run, bed_run=fact.run)
    plate = rows.read("runs", fact.run)["plate"]
    rows.put("plates", plate, state=PlatePhase.STARTED.value)


def _put_snapshot(rows: Rows, run: str, snapshot: said.PrinterSnapshot) -> None:
    rows.put(
        "runs",
        run,
        printer_class=snapshot.printer_class,
        identity=snapshot.identity,
        firmware=snapshot.firmware,
        nozzle_um=snapshot.nozzle_um,
        loaded=list(snapshot.loaded),
    )


@projects(said.StartAccepted)
def start_accepted(rows: Rows, event: Event, fact: said.StartAccepted) -> None:
    """The device said yes."""
    rows.put("runs", fact.run, start_answer=_answer(rows, fact))


@projects(said.StartRejected)
def start_rejected(rows: Rows, event: Event, fact: said.StartRejected) -> None:
    """The device certainly did not start."""
    rows.put("runs", fact.run, start_answer=_answer(rows, fact), evidence=fact.message)


@projects(said.StartUnknown)
def start_unknown(rows: Rows, event: Event, fact: said.StartUnknown) -> None:
    """It may print."""
    rows.put(
        "runs",
        fact.run,
        state=RunPhase.UNKNOWN.value,
        start_answer=_answer(rows, fact),
        evidence=fact.message,
    )


@projects(
    said.PauseIntended,
    said.ResumeIntended,
    said.CancelIntended,
    said.ExcludeIntended,
    said.DeleteIntended,
)
def intended(rows: Rows, event: Event, fact: said.Intended) -> None:
    """A call is about to be made."""
    _intend(rows, fact)


@projects(
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
    said.ExcludeRejected,
    said.ExcludeUnknown,
    said.DeleteAccepted,
    said.DeleteRejected,
    said.DeleteUnknown,
)
def answered(rows: Rows, event: Event, fact: said.Answered) -> None:
    """What was said; what came of it is another fact."""
    _answer(rows, fact)
