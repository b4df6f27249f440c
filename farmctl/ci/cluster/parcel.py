"""What travels between `farmctl ci` and a worker of a cluster.

A worker shares no folder with anybody: meshes go to it, g-code and figures come back.
"""

from __future__ import annotations

from msgspec import Struct

from farmctl.ci.cluster.fitness import Needed, Seen
from farmctl.ci.outcome import Outcome
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.record import SliceRecord
from farmctl.slicing.request import PlateRequest


class Parcel(Struct, frozen=True):
    """One slice for a worker, with all that it needs.

    Args:
        request: The plate.
        program: The slicer's name in the registry.
        meshes: The bytes of its parts.
        sender: What farmctl and Python are where it comes from.
        limits: What the slicer may use.
    """

    request: PlateRequest
    program: str
    meshes: tuple[bytes, ...]
    sender: Seen
    limits: SliceLimits

    @property
    def needed(self) -> Needed:
        """Return the slicer that it asks for."""
        return Needed(self.program, self.request.slicer)


class Delivery(Struct, frozen=True):
    """What a worker sends back.

    Args:
        outcome: What came of the slice.
        record: What there is to keep of it; None where it failed.
        artifacts: The bytes that the record names: g-code, plate and settings.
    """

    outcome: Outcome
    record: SliceRecord | None = None
    artifacts: tuple[bytes, ...] = ()
