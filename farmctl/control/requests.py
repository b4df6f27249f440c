"""What people ask of prints and say of machines, as facts. Pure; refused where it cannot hold."""

from __future__ import annotations

from farmctl.errors import Refused
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
from farmctl.model.events.printers import BedDoubted, SpoolLoaded
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
from farmctl.model.ids import OrderId, PrinterName, RunId
from farmctl.model.observation import Loaded
from farmctl.model.states import RunPhase


def abort(state: State, run: RunId, reason: str) -> list[object]:
    """Return the request to end a print. Never refused for a moved state."""
    _check_live(state, run)
    return [AbortRequested(run, reason)]


def pause(state: State, run: RunId, reason: str) -> list[object]:
    """Return the request to pause a print. Never refused for a moved state."""
    _check_live(state, run)
    return [PauseRequested(run, reason)]


def resume(state: State, run: RunId, reason: str) -> list[object]:
    """Return the request to go on; it carries the state that was seen."""
    phase = state.runs[run].phase
    if phase is not RunPhase.PAUSED:
        raise Refused(f"{run} is {phase}, not paused", f"farmctl explain {run}")
    return [ResumeRequested(run, reason, phase)]


def _check_live(state: State, run: RunId) -> None:
    phase = state.runs[run].phase
    if phase.is_over:
        raise Refused(f"{run} is over: {phase}", f"farmctl explain {run}")


def resolve(state: State, run: RunId, outcome: str, reason: str | None) -> list[object]:
    """Return what a person who looked at the machine says became of a print.

    Args:
        state: The present.
        run: A print that nobody can see.
        outcome: not-started, printing, completed or failed.
        reason: Why it failed.

    Raises:
        Refused: The ledger knows what became of it.
    """
    record = state.runs[run]
    if record.phase not in (RunPhase.UNKNOWN, RunPhase.STARTING):
        raise Refused(f"{run} is {record.phase}: there is nothing to resolve", f"explain {run}")
    said: list[object] = [RunResolved(run, outcome, record.phase, reason)]
    evidence = "a person looked at the machine"
    if outcome == "not-started":
        return [*said, RunVoided(run, "not_started", evidence)]
    if not record.is_counted:
        said.append(RunStarted(run, record.job_id, evidence))
    if outcome == "completed":
        return [*said, RunCompleted(run, evidence)]
    if outcome == "failed":
        fact = RunFailed(run, reason or "interrupted", evidence)
        return [*said, fact, BedDoubted(record.printer, f"{run} failed")]
    if record.is_counted:
        said.append(RunReconciled(run, record.phase, RunPhase.PRINTING, evidence))
    return said


def hold(state: State, subject: str, reason: str, *, by: str) -> list[object]:
    """Return the hold on a printer, an order, a profile version (`petg@1.9.0`) or `--all`."""
    if subject == "--all":
        return [FarmHeld(state.farm, reason)]
    if subject in state.printers:
        return [PrinterHeld(PrinterName(subject), reason, by)]
    if subject in state.orders:
        return [OrderHeld(OrderId(subject), reason)]
    return [ProfileHeld(subject, reason)]


def unhold(state: State, subject: str, reason: str) -> list[object]:
    """Return the lifting of a hold. Raises Refused where there is none."""
    if subject == "--all" and state.hold is not None:
        return [FarmUnheld(state.farm, reason)]
    printer = state.printers.get(PrinterName(subject))
    if printer is not None and printer.holds:
        return [PrinterUnheld(PrinterName(subject), reason)]
    order = state.orders.get(OrderId(subject))
    if order is not None and order.held is not None:
        return [OrderUnheld(OrderId(subject), reason)]
    if subject in state.profile_holds:
        return [ProfileUnheld(subject, reason)]
    raise Refused(f"{subject} is not held", "farmctl status")


def load(name: PrinterName, filaments: list[str]) -> list[object]:
    """Return what a person says is in a printer: `PETG/black`, slot by slot."""
    loaded = []
    for slot, each in enumerate(filaments):
        material, _, color = each.partition("/")
        loaded.append(Loaded(material, color, slot))
    return [SpoolLoaded(name, tuple(loaded))]
