"""`farmctl outcome` of a print that never was."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from farmctl.model.events.plates import PlateVoided
from farmctl.model.ids import PlateId, RunId
from farmctl.model.states import PlatePhase, RunPhase
from farmctl.testing.histories import CONTROLLER, Happening, every_event
from tests.floor.small_farm import make_farm, type_in
from tests.insight.recorded import written


def void_runs(happening: Happening) -> list[tuple[RunId, PlateId]]:
    """The void runs whose plates were not started yet."""
    return [
        (run, record.queued.plate)
        for run, record in happening.state.runs.items()
        if record.phase is RunPhase.VOID
        and happening.state.plates[record.queued.plate].phase is PlatePhase.SLICED
    ]


def test_a_void_print_has_no_parts_even_when_its_plate_is_gone(tmp_path: Path) -> None:
    history = every_event()
    at = next(number for number, each in enumerate(history) if void_runs(each))
    ((run, plate), *_) = void_runs(history[at])
    voided = replace(
        history[at],
        payload=PlateVoided(plate, "order_canceled", "it is canceled"),
        at=history[at].at + timedelta(seconds=90),
        actor=CONTROLLER,
    )
    farm = make_farm(tmp_path / "farm")
    written(farm / ".farmctl", (*history[: at + 1], voided))
    done = type_in(farm, "outcome", run, "success")
    assert done.code == 4
    assert f"{run} never printed: it has no parts" in done.err
