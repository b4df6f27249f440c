"""What facts about the farm as a whole, its artifacts and decisions put into the tables."""

from __future__ import annotations

from farmctl.insight.rows import Rows, json_text, projects, utc
from farmctl.model.envelope import Event
from farmctl.model.events import farm as said
from farmctl.model.events import plans


def _farm_of(event: Event) -> str:
    return event.source.removeprefix("farmctl://")


@projects(said.ControllerStarted)
def controller_started(rows: Rows, event: Event, fact: said.ControllerStarted) -> None:
    """A tenure begins."""
    rows.put(
        "tenures",
        event.seq,
        version=fact.version,
        host=fact.host,
        pid=fact.pid,
        git_commit=fact.revision,
        started_at=utc(event.time),
    )
    rows.put("farms", _farm_of(event), tenure=event.seq)


@projects(said.ControllerStopped)
def controller_stopped(rows: Rows, event: Event, fact: said.ControllerStopped) -> None:
    """The last tenure ends."""
    tenure = (rows.find("farms", _farm_of(event)) or {}).get("tenure")
    if tenure is not None:
        rows.put("tenures", tenure, stopped_at=utc(event.time), why=fact.why)


@projects(said.RevisionAccepted)
def revision_accepted(rows: Rows, event: Event, fact: said.RevisionAccepted) -> None:
    """The farm is acted on from another commit."""
    rows.put(
        "revisions",
        event.seq,
        git_commit=fact.commit,
        branch=fact.branch,
        policy=fact.policy,
        accepted_at=utc(event.time),
    )
    rows.put("farms", _farm_of(event), git_commit=fact.commit)


@projects(said.FarmHeld)
def farm_held(rows: Rows, event: Event, fact: said.FarmHeld) -> None:
    """Nothing starts anywhere."""
    _hold(rows, event, fact.reason, event.actor.id)
    rows.put("farms", _farm_of(event), held=fact.reason)


@projects(said.FarmUnheld)
def farm_unheld(rows: Rows, event: Event, fact: said.FarmUnheld) -> None:
    """Starts are possible again."""
    _lift(rows, event, fact.reason)
    rows.put("farms", _farm_of(event), held=None)


@projects(said.PrinterHeld)
def printer_held(rows: Rows, event: Event, fact: said.PrinterHeld) -> None:
    """Nothing starts there."""
    _hold(rows, event, fact.reason, fact.by)
    rows.put("printers", fact.printer, held=fact.reason)


@projects(said.PrinterUnheld)
def printer_unheld(rows: Rows, event: Event, fact: said.PrinterUnheld) -> None:
    """It may print again."""
    _lift(rows, event, fact.reason)
    rows.put("printers", fact.printer, held=None)


@projects(said.ProfileHeld)
def profile_held(rows: Rows, event: Event, fact: said.ProfileHeld) -> None:
    """Nothing starts with that version."""
    _hold(rows, event, fact.reason, event.actor.id)


@projects(said.ProfileUnheld)
def profile_unheld(rows: Rows, event: Event, fact: said.ProfileUnheld) -> None:
    """It may be used again."""
    _lift(rows, event, fact.reason)


@projects(said.OrderHeld)
def order_held(rows: Rows, event: Event, fact: said.OrderHeld) -> None:
    """Nothing of it starts."""
    _hold(rows, event, fact.reason, event.actor.id)
    rows.put("orders", fact.order, held=fact.reason)


@projects(said.OrderUnheld)
def order_unheld(rows: Rows, event: Event, fact: said.OrderUnheld) -> None:
    """It goes on."""
    _lift(rows, event, fact.reason)
    rows.put("orders", fact.order, held=None)


def _hold(rows: Rows, event: Event, reason: str, by: str) -> None:
    rows.put(
        "holds",
        event.subject,
        reason=reason,
        held_by=by,
        held_at=utc(event.time),
        lifted_because=None,
        lifted_by=None,
        lifted_at=None,
    )


def _lift(rows: Rows, event: Event, reason: str) -> None:
    rows.put(
        "holds",
        event.subject,
        lifted_because=reason,
        lifted_by=event.actor.id,
        lifted_at=utc(event.time),
    )


@projects(said.AttentionOpened)
def attention_opened(rows: Rows, event: Event, fact: said.AttentionOpened) -> None:
    """It needs a person."""
    rows.put(
        "attentions",
        fact.attention,
        kind=fact.kind,
        about=fact.about,
        state="open",
        evidence=fact.evidence,
        command=fact.command,
        opened_at=utc(event.time),
    )


@projects(said.AttentionAcknowledged)
def attention_acknowledged(rows: Rows, event: Event, fact: said.AttentionAcknowledged) -> None:
    """A person knows."""
    rows.put(
        "attentions",
        fact.attention,
        state="acknowledged",
        acknowledged_by=event.actor.id,
        acknowledged_at=utc(event.time),
    )


@projects(said.AttentionResolved)
def attention_resolved(rows: Rows, event: Event, fact: said.AttentionResolved) -> None:
    """It is over."""
    resolved_at = utc(event.time)
    rows.put("attentions", fact.attention, state="resolved", how=fact.how, resolved_at=resolved_at)


@projects(plans.ArtifactStored)
def artifact_stored(rows: Rows, event: Event, fact: plans.ArtifactStored) -> None:
    """The same bytes are stored once, whoever says so again."""
    if rows.find("artifacts", fact.digest) is None:
        stored_at = utc(event.time)
        rows.put("artifacts", fact.digest, kind=fact.kind, size_b=fact.size_b, stored_at=stored_at)


@projects(plans.ArtifactDerived)
def artifact_derived(rows: Rows, event: Event, fact: plans.ArtifactDerived) -> None:
    """One edge for each parent."""
    for parent in fact.parents:
        rows.put("lineage", fact.digest, parent, tool=fact.tool, made_at=utc(event.time))


@projects(plans.PolicyDecided)
def policy_decided(rows: Rows, event: Event, fact: plans.PolicyDecided) -> None:
    """The answer with what it was computed from."""
    rows.put(
        "decisions",
        fact.decision,
        policy=fact.policy,
        gate=fact.gate,
        transition=fact.transition,
        subjects=list(fact.subjects),
        inputs=json_text(fact.inputs),
        outcome=fact.outcome,
        explanations=list(fact.explanations),
        printer=fact.printer,
        gcode=fact.gcode,
        run=fact.run,
        not_after=utc(fact.not_after),
        decided_at=utc(event.time),
    )


@projects(plans.ApprovalGiven)
def approval_given(rows: Rows, event: Event, fact: plans.ApprovalGiven) -> None:
    """Answered by itself; a plate remembers what was approved."""
    rows.put(
        "requests",
        event.seq,
        verb="approve",
        subject=fact.subject,
        state="done",
        asked_by=fact.by,
        via=event.actor.via,
        detail=list(fact.binds),
        asked_at=utc(event.time),
        answered_at=utc(event.time),
    )
    plate = fact.subject.removeprefix("plate/")
    known = rows.find("plates", plate)
    if known is not None:
        rows.put("plates", plate, approved=[*known["approved"], *fact.binds])
