"""Speeds and accelerations against what the class says that its machines do."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.model.diagnostics import Diagnostic
from farmctl.profiles.advice.speeds import PRINTING, speed
from farmctl.profiles.advice.subject import Subject, told

_PLANE = ("machine_max_feedrate_x", "machine_max_feedrate_y")
_SPEEDS = (
    ((*PRINTING, "travel_speed"), _PLANE),
    (("travel_speed_z",), ("machine_max_feedrate_z",)),
    (("retract_speed", "deretract_speed", "filament_retract_speed"), ("machine_max_feedrate_e",)),
)
_ACCELERATIONS = (
    "default_acceleration",
    "perimeter_acceleration",
    "infill_acceleration",
    "bridge_acceleration",
    "first_layer_acceleration",
)
_PULL = (
    "machine_max_acceleration_x",
    "machine_max_acceleration_y",
    "machine_max_acceleration_extruding",
)


def motion(subject: Subject) -> Iterator[Diagnostic]:
    """Yield what the machines will not follow: the print takes longer than the speeds tell."""
    for keys, limits in _SPEEDS:
        most = _least(subject, limits)
        for key in keys:
            if most and subject.is_said(key) and speed(subject, key) > most:
                yield _beyond(subject, key, speed(subject, key), most, "mm/s")
    most = _least(subject, _PULL)
    for key in _ACCELERATIONS:
        if most and subject.is_said(key) and subject.figure(key) > most:
            yield _beyond(subject, key, subject.figure(key), most, "mm/s²")


def _least(subject: Subject, keys: tuple[str, ...]) -> float:
    """Return the lowest of the limits that the class states; 0 where it states none."""
    stated = [subject.figure(key) for key in keys if subject.is_said(key)]
    return min((each for each in stated if each > 0), default=0.0)


def _beyond(subject: Subject, key: str, value: float, most: float, unit: str) -> Diagnostic:
    return subject.finding(
        key,
        "beyond-machine",
        f"`{key}` is {told(value)} {unit}, machines of {subject.machines.name} do {told(most)}",
        f"{told(most)} at most; or raise the limit in the class, if its machines do more",
    )
