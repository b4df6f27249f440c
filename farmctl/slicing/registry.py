"""Which slicers there are: ours in one literal table, others from installed packages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

from farmctl.errors import SlicerFailed
from farmctl.slicing.prusaslicer.program import PrusaSlicer
from farmctl.slicing.seat import Seat
from farmctl.slicing.slicer import Slicer

ENTRY_POINTS = "farmctl.slicers"
SlicerMaker = Callable[[Seat], Slicer]

OURS: Mapping[str, SlicerMaker] = {"prusaslicer": PrusaSlicer}


def open_slicer(name: str, seat: Seat) -> Slicer:
    """Return the slicer called `name` at a seat. Raises SlicerFailed for an unknown name."""
    maker = OURS.get(name) or _theirs().get(name)
    if maker is None:
        known = ", ".join(sorted({*OURS, *_theirs()}))
        raise SlicerFailed(
            f"no slicer is called `{name}`; known: {known}",
            "change `program` where the slicer is named",
            "slicer-unknown",
        )
    return maker(seat)


def _theirs() -> Mapping[str, SlicerMaker]:
    return {entry.name: entry.load() for entry in entry_points(group=ENTRY_POINTS)}
