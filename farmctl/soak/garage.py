"""Work that takes no slicer."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from farmctl.control.actions import CheckModel, SlicePlate, WritePlan
from farmctl.control.recorder import Recorder
from farmctl.farmrepo.emit import emit
from farmctl.model.desired import Desired
from farmctl.model.digest import digest_of
from farmctl.model.events.plans import ModelChecked
from farmctl.model.events.plates import PlateSliced, Sliced
from farmctl.planning.plan_text import plan_document, plan_written
from farmctl.soak.remote import Clone


class Cube(Struct, frozen=True):
    """What is ordered.

    Args:
        print_s: How long one prints.
        wide_um: How wide it is.
    """

    print_s: int
    wide_um: int


class MemoryWork:
    """Models that are always good, slices of a line or two.

    Args:
        recorder: Where facts go.
        gcode: What was sliced, by digest.
        clone: Where plans are committed.
        cube: What is made.
    """

    def __init__(
        self, recorder: Recorder, gcode: dict[str, bytes], clone: Clone, cube: Cube
    ) -> None:
        self._recorder = recorder
        self._gcode = gcode
        self._clone = clone
        self._cube = cube

    async def check_model(self, action: CheckModel) -> None:
        """Find the model good."""
        wide_um = self._cube.wide_um
        size_um = (wide_um, wide_um, wide_um)
        clean = digest_of(b"clean cube")
        self._recorder.append(ModelChecked(action.model, clean, "pass", size_um, 8_000, 12))

    async def write_plans(self, actions: Sequence[WritePlan], _desired: Desired) -> None:
        """Commit the plans together, and record them."""
        drafts = [each.draft for each in actions]
        texts = {each.item: emit(plan_document(each)).encode() for each in drafts}
        commit = self._clone.commit_plans(
            {f"plans/{item}.yaml": text for item, text in texts.items()}
        )
        self._recorder.append(
            *(plan_written(each, digest_of(texts[each.item]), commit) for each in drafts)
        )

    async def slice_plate(self, action: SlicePlate, _desired: Desired) -> None:
        """Make g-code that stands still for as long as the parts would take."""
        record = self._recorder.state.plates.get(action.plate)
        if record is None:
            return
        parts = len(record.composed.placed)
        raw = f"; {action.plate}\n".encode() + b"".join(
            _stand_still(each.label, self._cube.print_s) for each in record.composed.placed
        )
        digest = digest_of(raw)
        self._gcode[digest] = raw
        summary = Sliced(self._cube.print_s * parts * 1000, 1, 1, 1, 1, (0, 0, 1, 1), parts)
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


def _stand_still(label: str, seconds: int) -> bytes:
    """Return a part's g-code, labelled as PrusaSlicer labels it."""
    name = f"printing object {label} id:0 copy 0"
    return f"; {name}\nG4 S{seconds}\n; stop {name}\n".encode()
