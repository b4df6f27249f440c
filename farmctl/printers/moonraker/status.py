"""What Klipper says it is doing, read from its status objects. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from farmctl.model.observation import DeviceState

Objects = Mapping[str, Mapping[str, Any]]

FIELDS: Mapping[str, tuple[str, ...]] = {
    "webhooks": ("state", "state_message"),
    "print_stats": (
        "state",
        "filename",
        "message",
        "total_duration",
        "print_duration",
        "filament_used",
    ),
    "virtual_sdcard": ("progress",),
    "idle_timeout": ("state",),
    "exclude_object": ("excluded_objects",),
}
"""What a look asks for; of what the firmware does not have it says nothing."""

KNOWN_OBJECTS: Mapping[str, tuple[str, ...]] = {"exclude_object": ("objects",)}
"""What a file calls its parts: asked for only when one is to be left out, for it can be long."""

WATCHED: Mapping[str, tuple[str, ...]] = {
    "webhooks": ("state",),
    "print_stats": ("state", "filename"),
    "idle_timeout": ("state",),
    "exclude_object": ("excluded_objects",),
}
"""What is worth a look when it changes; all of it changes rarely."""


class Live(Struct, frozen=True):
    """Klipper's state at one moment.

    Args:
        firmware: Whether it runs: ready, startup, shutdown, error. Unless it is ready, `print` is
            what was before.
        message: What Klipper says to a person.
        print: The newest print's state: standby, printing, paused, complete, cancelled, error.
        file: The newest print's file, or an empty text since Klipper's start.
        is_moving: Whether motion is queued or a command runs.
        progress: Of the file's bytes, 0 to 1.
        elapsed_s: Since the print began.
        print_s: Since its first extrusion.
        filament_mm: What it used.
        excluded: The objects of the newest print that it makes no further, in capitals.
        knows_objects: Whether its printer.cfg has `[exclude_object]`.
    """

    firmware: str
    message: str
    print: str
    file: str
    is_moving: bool
    progress: float
    elapsed_s: float
    print_s: float
    filament_mm: float
    excluded: tuple[str, ...] = ()
    knows_objects: bool = True

    @property
    def is_ready(self) -> bool:
        """Return whether the firmware runs."""
        return self.firmware == "ready"

    @property
    def has_job(self) -> bool:
        """Return whether a print is going on, its last motion included."""
        is_ending = self.print == "complete" and self.is_moving
        return self.is_ready and (self.print in ("printing", "paused") or is_ending)

    @property
    def is_over(self) -> bool:
        """Return whether the newest print has ended, by what Klipper itself says."""
        return self.is_ready and not self.has_job and self.print in _ENDED

    @property
    def state(self) -> DeviceState:
        """Return the device's state; a machine that moves without a print is not ready."""
        if not self.is_ready:
            return firmware_state(self.firmware)
        if self.has_job:
            return DeviceState.PAUSED if self.print == "paused" else DeviceState.PRINTING
        if self.print not in ("standby", *_ENDED) or self.is_moving:
            return DeviceState.UNKNOWN
        return DeviceState.READY


_ENDED = ("complete", "cancelled", "error")


def live(objects: Objects) -> Live:
    """Read the status objects of a look; what is missing is as after a fresh start."""
    webhooks = objects.get("webhooks", {})
    stats = objects.get("print_stats", {})
    excluded = objects.get("exclude_object", {}).get("excluded_objects")
    return Live(
        firmware=str(webhooks.get("state")),
        message=_said(webhooks, stats),
        print=str(stats.get("state", "unknown")),
        file=str(stats.get("filename") or ""),
        is_moving=objects.get("idle_timeout", {}).get("state") == "Printing",
        progress=float(objects.get("virtual_sdcard", {}).get("progress") or 0.0),
        elapsed_s=float(stats.get("total_duration") or 0.0),
        print_s=float(stats.get("print_duration") or 0.0),
        filament_mm=float(stats.get("filament_used") or 0.0),
        excluded=_names(excluded),
        knows_objects=isinstance(excluded, list),
    )


def known_objects(objects: Objects) -> tuple[str, ...] | None:
    """Return the names of the objects of the newest print; None without `[exclude_object]`."""
    listed = objects.get("exclude_object", {}).get("objects")
    if not isinstance(listed, list):
        return None
    return _names([each.get("name") for each in listed if isinstance(each, dict)])


def _names(said: object) -> tuple[str, ...]:
    return tuple(str(each).upper() for each in said) if isinstance(said, list) else ()


def _said(webhooks: Mapping[str, Any], stats: Mapping[str, Any]) -> str:
    if webhooks.get("state") == "ready":
        return str(stats.get("message") or "")
    return str(webhooks.get("state_message") or "").strip().partition("\n")[0]


def firmware_state(firmware: str) -> DeviceState:
    """Return the device's state when its firmware does not run; Moonraker's word for it."""
    return DeviceState.UNKNOWN if firmware == "startup" else DeviceState.FAULT


def merged(objects: Objects, delta: Objects) -> Objects:
    """Return the objects with a push laid over them: pushes carry only what changed."""
    names = sorted({*objects, *delta})
    return {name: {**objects.get(name, {}), **delta.get(name, {})} for name in names}
