"""What a stage is furnished with."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from farmctl.soak.garage import Cube
from farmctl.soak.remote import Clone, Remote
from farmctl.system.clock import Clock
from farmctl.system.disk import Disk
from farmctl.testing.disk import SimulatedDisk


def _itself(disk: SimulatedDisk) -> Disk:
    return disk


class Setting(Struct, frozen=True):
    """What can be another one on another stage.

    Args:
        segment_b: How many bytes of journal make a segment.
        cube: What is ordered.
        clone: Makes a host's clone of the farm's repository.
        disk: Returns a host's disk as controllers have it.
    """

    segment_b: int = 8 * 1024 * 1024
    cube: Cube = Cube(print_s=120, wide_um=20_000)
    clone: Callable[[Remote, Clock], Clone] = Clone
    disk: Callable[[SimulatedDisk], Disk] = _itself


PLAIN = Setting()
