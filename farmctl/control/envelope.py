"""What is sent to a printer, and under which name."""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

from farmctl.gcode.objects import with_objects, word_of
from farmctl.model.ids import RunId

_NAME = re.compile(
    r"farmctl-(?P<ledger>[0-9a-z]+)-(?P<epoch>\d+)-(?P<run>\d+)-(?P<attempt>\d+)\.gcode"
)


class FileOnDevice(Struct, frozen=True):
    """Whose file a name on a device is."""

    ledger: str
    epoch: int
    run: int
    attempt: int


def file_name(ledger: str, epoch: int, run: RunId, attempt: int) -> str:
    """Return the name of one upload try: a new one for every try, so that none comes back late."""
    return f"farmctl-{ledger}-{epoch}-{run.removeprefix('run-')}-{attempt}.gcode"


def parse_file_name(name: str) -> FileOnDevice | None:
    """Return whose file it is, or None for a name that is not of our making."""
    found = _NAME.fullmatch(name.rsplit("/", 1)[-1].lower())
    if found is None:
        return None
    return FileOnDevice(
        found["ledger"], int(found["epoch"]), int(found["run"]), int(found["attempt"])
    )


class Wrapper(StrEnum):
    """What is laid around stored g-code for one file on one kind of printer."""

    OBJECTS = "objects"  # the labelled parts are objects of the firmware, which can leave one out
    GUARD = "guard"  # the first line asks the printer whether it has begun this file before


def envelope(gcode: bytes, file: str, wrappers: tuple[Wrapper, ...]) -> bytes:
    """Return the bytes that are sent for stored g-code: the same whenever they are made.

    Args:
        gcode: What was sliced, checked and allowed.
        file: Its name on the device.
        wrappers: What is laid around it.
    """
    if Wrapper.OBJECTS in wrappers:
        gcode = with_objects(gcode, file)
    if Wrapper.GUARD in wrappers:
        gcode = f"FARMCTL_BEGIN RUN={word_of(file)}\n".encode() + gcode
    return gcode


def is_strange(name: str, *, ledger: str, epoch: int, highest_run: int) -> bool:
    """Return whether a file named like ours is not of this ledger's doing."""
    whose = parse_file_name(name)
    if whose is None:
        return name.rsplit("/", 1)[-1].lower().startswith("farmctl-")
    return whose.ledger != ledger or whose.epoch > epoch or whose.run > highest_run
