"""How runs end: by the device's own evidence, or by a fence; never by a guess."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from farmctl.control.actions import Action, Record
from farmctl.ledger.state import State
from farmctl.model.events import run_life as life
from farmctl.model.events.printers import BedDoubted
from farmctl.model.look import Look
from farmctl.model.observation import DeviceState, Ended, Ending
from farmctl.model.recorded import RunRecord


def end_of(state: State, run: RunRecord, look: Look) -> Record | None:
    """Return the one terminal fact of a run that the device's own record shows.

    Parts that it left out are told of before.
    """
    if look.asked_file != run.file or look.ending is None:
        return None
    facts: list[object] = []
    if not run.is_counted:
        facts.append(life.RunStarted(run.run, look.ending.job_id, look.ending.evidence))
    facts += left_out(state, run, look.ending.left_out, look.ending.evidence)
    facts.append(_terminal(run, look.ending, _ended_at(run, look)))
    return Record("end-run", f"run/{run.run}", tuple(facts))


def left_out(
    state: State, run: RunRecord, shown: Iterable[str], evidence: str
) -> list[life.PartLeftOut]:
    """Return what is new of the parts that the device shows as left out, by the plate's labels."""
    plate = state.plates[run.queued.plate].composed
    on_plate = {each.label: each.instance for each in plate.placed}
    asked = {each.part: each for each in run.asked if each.part is not None}
    facts = []
    for part in sorted(on_plate.keys() & set(shown) - run.labels_left_out):
        who = asked.get(part)
        by = f"asked by {who.by}" if who else "at the printer"
        reason = (who.reason or None) if who else None
        fact = life.PartLeftOut(run.run, part, on_plate[part], reason, f"{evidence} ({by})")
        facts.append(fact)
    return facts


def _ended_at(run: RunRecord, look: Look) -> datetime | None:
    """Return when the device says the job ended; None from a clock that is off.

    Nothing ends before its start was sent, nor after the end was seen.
    """
    told = look.ending.ended_at if look.ending else None
    is_right = told and run.start_at and run.start_at <= told <= look.observation.seen_at
    return told if is_right else None


def _terminal(run: RunRecord, ending: Ending, ended_at: datetime | None) -> object:
    result = life.RunResult(print_s=ending.print_s, filament_um=ending.filament_um)
    match ending.ended:
        case Ended.COMPLETED:
            return life.RunCompleted(run.run, ending.evidence, result, ended_at)
        case Ended.ABORTED:
            asked = next((each for each in run.asked if each.verb == "abort"), None)
            by = f" ({asked.by}: {asked.reason})" if asked else " (at the printer)"
            return life.RunAborted(
                run.run, "operator_abort", ending.evidence + by, result, ended_at
            )
        case Ended.FAILED:
            reason = ending.reason or "printer_error"
            return life.RunFailed(run.run, reason, ending.evidence, result, ended_at)
        case _:
            assert_never(ending.ended)


def lost(run: RunRecord, look: Look) -> Record | None:
    """Return `lost` for a print that an idle, identified, reachable printer knows nothing of."""
    seen = look.observation
    snapshot = run.snapshot
    is_same = snapshot is None or not snapshot.identity or seen.identity == snapshot.identity
    if seen.state is not DeviceState.READY or not is_same or look.asked_file != run.file:
        return None
    why = "the printer is idle and has no record of the print"
    facts = (
        life.RunFailed(run.run, "lost", why),
        BedDoubted(run.printer, f"{run.run} is lost"),
    )
    return Record("end-run", f"run/{run.run}", facts)


def fenced(run: RunRecord, look: Look) -> Action | None:
    """Return the end of a start that never came: its file is gone and nothing of it shows."""
    seen = look.observation
    if not run.is_fenced:
        if look.asked_file != run.file or seen.state is DeviceState.UNKNOWN:
            return None
        evidence = f"the file is deleted; the printer is {seen.state} without it"
        return Record("fence-seen", f"run/{run.run}", (life.RunFenceSeen(run.run, evidence),))
    fact = life.RunVoided(run.run, "not_started", run.evidence or "fenced")
    return Record("void-run", f"run/{run.run}", (fact,))
