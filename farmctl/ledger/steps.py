"""Steps that runs and plates take, shared by the folds."""

from __future__ import annotations

from msgspec.structs import replace

from farmctl.ledger.state import Draft
from farmctl.model.ids import PlateId, RunId, item_of
from farmctl.model.recorded import RunRecord
from farmctl.model.states import RUN_STEPS, PlatePhase, RunPhase


def step(draft: Draft, run: RunId, phase: RunPhase, **changes: object) -> RunRecord:
    """Take a run to another phase. Raises ValueError for a step that no table allows."""
    record = draft.runs[run]
    if phase is not record.phase and phase not in RUN_STEPS[record.phase]:
        raise ValueError(f"{run} cannot go from {record.phase} to {phase}")
    record = replace(record, phase=phase, at=draft.at, **changes)
    draft.runs[run] = record
    return record


def forget_void(draft: Draft, run: RunId) -> None:
    """Forget a run that never printed, once its files are gone from the device."""
    record = draft.runs[run]
    if record.phase is RunPhase.VOID and record.is_off_device:
        del draft.runs[run]


def count_try(draft: Draft, run: RunId) -> None:
    """Count the run as a try of each of its parts, once."""
    record = draft.runs[run]
    if record.is_counted:
        return
    draft.runs[run] = replace(record, is_counted=True)
    for placed in draft.plates[record.queued.plate].composed.placed:
        item = item_of(placed.instance)
        known = draft.items.get(item)
        if known is not None:
            part = known.instances[placed.instance]
            part = replace(part, tries=part.tries + 1, run=run)
            draft.items[item] = replace(known, instances={**known.instances, placed.instance: part})


def leave_printer(draft: Draft, run: RunId) -> None:
    """The run is over: the printer has none, and its job is explained."""
    record = draft.runs[run]
    printer = draft.printers[record.printer]
    draft.printers[record.printer] = replace(
        printer,
        run=None if printer.run == run else printer.run,
        known_head=record.job_id or printer.known_head,
    )


def set_plate(draft: Draft, plate: PlateId, phase: PlatePhase) -> None:
    """Take a plate to a phase."""
    draft.plates[plate] = replace(draft.plates[plate], phase=phase)
