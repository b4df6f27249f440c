"""Work that takes no slicer."""

from __future__ import annotations

from collections.abc import Sequence

from farmctl.control.actions import CheckModel, SlicePlate, WritePlan
from farmctl.control.recorder import Recorder
from farmctl.model.desired import Desired
from farmctl.model.digest import digest_of
from farmctl.model.events.plans import ModelChecked
from farmctl.model.events.plates import PlateSliced, Sliced
from farmctl.planning.plan_text import plan_written

PRINT_S = 120
"""How long a cube prints."""


class MemoryWork:
    """Models that are always good, plans that are kept nowhere, slices of a line or two.

    Args:
        recorder: Where facts go.
        gcode: What was sliced, by digest.
    """

    def __init__(self, recorder: Recorder, gcode: dict[str, bytes]) -> None:
        self._recorder = recorder
        self._gcode = gcode

    async def check_model(self, action: CheckModel) -> None:
        """Find the model good."""
        size_um = (20_000, 20_000, 20_000)
        clean = digest_of(b"clean cube")
        self._recorder.append(ModelChecked(action.model, clean, "pass", size_um, 8_000, 12))

    async def write_plans(self, actions: Sequence[WritePlan], _desired: Desired) -> None:
        """Record the plans."""
        digest = digest_of(b"a plan")
        self._recorder.append(*(plan_written(each.draft, digest) for each in actions))

    async def slice_plate(self, action: SlicePlate, _desired: Desired) -> None:
        """Make g-code that stands still for as long as the parts would take."""
        record = self._recorder.state.plates.get(action.plate)
        if record is None:
            return
        parts = len(record.composed.placed)
        raw = f"; {action.plate}\nG4 S{PRINT_S * parts}\n".encode()
        digest = digest_of(raw)
        self._gcode[digest] = raw
        summary = Sliced(PRINT_S * parts * 1000, 1, 1, 1, 1, (0, 0, 1, 1), parts)
        self._recorder.append_if(
            lambda state: None if action.plate in state.plates else "the plate is gone",
            PlateSliced(
                plate=action.plate,
                key=digest,
                gcode=digest,
                model_3mf=digest_of(b"3mf"),
                settings=record.composed.settings,
                slicer=record.composed.slicer,
                cached=False,
                summary=summary,
            ),
        )
