"""What people ask of prints and say of machines, as facts. Pure; refused where it cannot hold."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from farmctl.control.subjects import (
    order_named,
    profile_named,
    profile_pins,
    unknown,
)
from farmctl.errors import Refused, UsageError
from farmctl.ledger.state import State
from farmctl.model.events.farm import (
    FarmHeld,
    FarmUnheld,
    OrderHeld,
    OrderUnheld,
    PrinterHeld,
    PrinterUnheld,
    ProfileHeld,
    ProfileUnheld,
)
from farmctl.model.events.printers import BedDoubted
from farmctl.model.events.run_life import (
    AbortRequested,
    PauseRequested,
    ResumeRequested,
    RunCompleted,
    RunFailed,
    RunReconciled,
    RunResolved,
    RunStarted,
    RunVoided,
)
from farmctl.model.events.runs import Effect
from farmctl.model.ids import OrderId, PrinterName, RunId
from farmctl.model.reasons import RUN_REASONS
from farmctl.model.states import RunPhase


def abort(state: State, run: RunId, reason: str) -> list[object]:
    """Return the request to end a print. Raises Refused only for one that is over."""
    _check_live(state, run)
    return [AbortRequested(run, reason)]


def pause(state: State, run: RunId, reason: str) -> list[object]:
    """Return the request to pause a print. Raises Refused only for one that is over."""
    _check_live(state, run)
    return [PauseRequested(run, reason)]


def resume(state: State, run: RunId, reason: str) -> list[object]:
    """Return the request to go on; it carries the state that was seen.

    Raises Refused unless it is paused.
    """
    phase = state.runs[run].phase
    if phase is not RunPhase.PAUSED:
        raise Refused(f"{run} is {phase}, not paused", f"farmctl explain {run}")
    return [ResumeRequested(run, reason, phase)]


def _check_live(state: State, run: RunId) -> None:
    phase = state.runs[run].phase
    if phase.is_over:
        raise Refused(f"{run} is over: {phase}", f"farmctl explain {run}")


OUTCOMES = ("not-started", "printing", "completed", "failed")
"""What a person can have seen of a print that nobody else can see."""


def resolve(state: State, run: RunId, outcome: str, reason: str | None) -> list[object]:
    """Return what a person who looked at the machine says became of a print.

    Args:
        state: The present.
        run: A print that nobody can see.
        outcome: One of OUTCOMES.
        reason: Why it failed.

    Raises:
        Refused: The ledger knows what became of it, was told already that it started, or the call
            that starts it is not answered yet, or its file is not certainly gone.
        UsageError: There is no such outcome or reason.
    """
    record = state.runs[run]
    _check_words(outcome, reason)
    if record.phase not in (RunPhase.UNKNOWN, RunPhase.STARTING):
        raise Refused(
            f"{run} is {record.phase}: there is nothing to resolve", f"farmctl explain {run}"
        )
    if any(each.effect is Effect.START for each in record.outstanding):
        raise Refused(
            f"the start of {run} is not answered yet: it may still begin",
            "wait two minutes; if no farmctl runs, `farmctl run --once` first",
        )
    if outcome == "not-started" and record.is_counted:
        raise Refused(
            f"{run} was seen printing: {record.evidence}",
            f"farmctl resolve {run} completed, failed or printing",
        )
    if outcome == "not-started" and record.delete_tries and not record.is_deleted:
        raise Refused(
            f"{record.file} may still be on {record.printer}: a start on its way could begin it",
            f"wait until it is deleted; if {record.printer} never answers: resolve {run} failed",
        )
    evidence = "a person looked at the machine"
    said: list[object] = [RunResolved(run, outcome, record.phase, reason)]
    if outcome == "not-started":
        return [*said, RunVoided(run, "not_started", evidence)]
    if not record.is_counted:
        said.append(RunStarted(run, record.job_id, evidence))
    elif outcome == "printing":
        said.append(RunReconciled(run, record.phase, RunPhase.PRINTING, evidence))
    if outcome == "completed":
        said.append(RunCompleted(run, evidence))
    if outcome == "failed":
        said.append(RunFailed(run, reason or "interrupted", evidence))
        said.append(BedDoubted(record.printer, f"{run} failed"))
    return said


def _check_words(outcome: str, reason: str | None) -> None:
    if outcome not in OUTCOMES:
        raise UsageError(f"`{outcome}` is no outcome", f"one of {', '.join(OUTCOMES)}")
    if reason is not None and outcome != "failed":
        raise UsageError("a reason is for a print that failed", f"leave out --reason {reason}")
    check_reason(reason)


def check_reason(reason: str | None) -> None:
    """Raise UsageError for a reason that is not in the closed list."""
    if reason is not None and reason not in RUN_REASONS:
        raise UsageError(
            f"there is no reason `{reason}`", f"one of {', '.join(sorted(RUN_REASONS))}"
        )


ALL = "--all"
"""The whole farm, where a subject is asked for."""


class Stop(Struct, frozen=True):
    """Who says stop, and why."""

    reason: str
    by: str


def hold(state: State, subject: str, stop: Stop, pins: Collection[str] = ()) -> list[object]:
    """Return the hold on a printer, an open order, a profile version (`petg@1.9.0`) or `--all`.

    Args:
        state: The present.
        subject: What shall not start.
        stop: Who says so and why.
        pins: Profile versions that the farm's files name.

    Raises:
        NoSuchThing: Nothing has this name.
        Refused: The order is closed.
    """
    if subject == ALL:
        return [FarmHeld(state.farm, stop.reason)]
    if subject in state.printers:
        return [PrinterHeld(PrinterName(subject), stop.reason, stop.by)]
    if "@" in subject:
        return [ProfileHeld(profile_named(subject, {*pins, *profile_pins(state)}), stop.reason)]
    if subject in state.orders or subject in state.closed:
        return [OrderHeld(order_named(state, subject), stop.reason)]
    raise unknown(
        subject,
        "printer, order or profile version",
        [*state.printers, *state.orders, *pins, *profile_pins(state)],
    )


def unhold(state: State, subject: str, reason: str) -> list[object]:
    """Return the lifting of a hold. Raises Refused where there is none."""
    if subject == ALL and state.hold is not None:
        return [FarmUnheld(state.farm, reason)]
    printer = state.printers.get(PrinterName(subject))
    if printer is not None and printer.holds:
        return [PrinterUnheld(PrinterName(subject), reason)]
    order = state.orders.get(OrderId(subject))
    if order is not None and order.held is not None:
        return [OrderUnheld(OrderId(subject), reason)]
    if subject in state.profile_holds:
        return [ProfileUnheld(subject, reason)]
    raise Refused(f"{'the farm' if subject == ALL else subject} is not held", "farmctl status")
