"""What a slicer program must do for us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct, field

from farmctl.slicing.catalogue import Catalogue
from farmctl.slicing.limits import SliceLimits
from farmctl.slicing.pin import SlicerPin


class SlicerWarning(Struct, frozen=True):
    """Something a slicer warned of.

    Args:
        code: Stable, for policies: `empty-layers`.
        what: What it means.
        mend: What to do about it.
        text: The slicer's own words.
    """

    code: str
    what: str
    mend: str
    text: str


class SliceRequest(Struct, frozen=True):
    """What a slicer gets.

    Args:
        plate: A geometry-only 3MF with every part where it shall be.
        settings: Complete settings, as `farmctl.slicing.ini` writes them.
        limits: What the slicer may use.
    """

    plate: bytes
    settings: bytes
    limits: SliceLimits = field(default_factory=SliceLimits)


class Claims(Struct, frozen=True):
    """What a slicer says of its own g-code; kept beside what was measured, never believed.

    Args:
        time_ms: The estimated printing time.
        filament_um: The filament it used, tool by tool, without custom g-code.
    """

    time_ms: int | None = None
    filament_um: tuple[int, ...] = ()


class SliceResult(Struct, frozen=True):
    """What a slicer made.

    Args:
        gcode: The file, as the slicer wrote it.
        used: The settings that the file says it was made with.
        labels: The parts that the file names, in the order they appear.
        claims: What the slicer says of the file.
        warnings: What it warned of.
        limits: The names of the limits that were in force, sorted.
    """

    gcode: bytes
    used: Mapping[str, str]
    labels: tuple[str, ...]
    claims: Claims
    warnings: tuple[SlicerWarning, ...]
    limits: tuple[str, ...]


class Slicer(Protocol):
    """One slicer program at one place on this machine."""

    @property
    def name(self) -> str:
        """Its name in the registry."""
        ...

    def pin(self) -> SlicerPin:
        """Return which program this is, by its bytes. Raises SlicerFailed when it is missing."""
        ...

    def catalogue(self) -> Catalogue:
        """Ask the program for every setting it knows. Raises SlicerFailed."""
        ...

    def normal(self, settings: Mapping[str, str]) -> Mapping[str, str]:
        """Return these settings as the program writes them itself.

        What it does not know is left out. Raises SlicerFailed for a value it does not take.
        """
        ...

    def slice(self, request: SliceRequest) -> SliceResult:
        """Make g-code. Raises SlicerFailed with a stable code."""
        ...

    def same_value(self, one: str, other: str) -> bool:
        """Return whether two ways to write a value mean the same to this slicer."""
        ...
