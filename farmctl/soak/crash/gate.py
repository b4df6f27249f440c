"""The gate that everything passes on its way out: it counts, and strikes one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NoReturn

from msgspec import Struct

from farmctl.model.deeds import DEEDS, Deed, Port


class Mode(StrEnum):
    """How a deed fails."""

    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    TIMEOUT_BEFORE = "timeout before"  # the request is lost
    TIMEOUT_AFTER = "timeout after"  # the reply is lost
    DISK_FULL = "disk full"  # from now on, until somebody makes room


_KILLS = (Mode.KILLED_BEFORE, Mode.KILLED_AFTER)
_MODES: Mapping[Port, tuple[Mode, ...]] = {
    Port.PRINTER: tuple(Mode),
    Port.DISK: _KILLS,
    Port.GIT: tuple(Mode),
}


def modes_of(deed: Deed) -> tuple[Mode, ...]:
    """Return how a deed can fail: a disk has no time-outs, and only what is written needs room."""
    return (*_MODES[deed.port], *((Mode.DISK_FULL,) if deed.needs_room else ()))


class Blow(Struct, frozen=True):
    """A crash: which deed of the story it strikes, and how.

    Args:
        number: Which, counted from 0.
        mode: How.
    """

    number: int
    mode: Mode


class Passed(Struct, frozen=True):
    """A deed on its way out.

    Args:
        deed: Its name in `DEEDS`.
        about: A file's name.
    """

    deed: str
    about: str


class Gate:
    """Counts deeds, and ends or starves the controller at one of them.

    Args:
        blow: Where and how; None lets everything pass.

    Attributes:
        passed: What came by.
        die: Ends the present controller at once.
        fill_disk: Leaves no room on the disk.
    """

    def __init__(self, blow: Blow | None) -> None:
        self.passed: list[Passed] = []
        self.die: Callable[[], None] = _nobody
        self.fill_disk: Callable[[], None] = _nobody
        self._blow = blow

    @property
    def struck(self) -> Passed | None:
        """Return the deed that was struck, once it was."""
        if self._blow is None or len(self.passed) <= self._blow.number:
            return None
        return self.passed[self._blow.number]

    def arrive(self, deed: str, about: str) -> Mode | None:
        """Count a deed and return how it fails, if it does. A kill before it happens at once."""
        self.passed.append(Passed(DEEDS[deed].name, about))
        if self._blow is None or len(self.passed) - 1 != self._blow.number:
            return None
        if self._blow.mode is Mode.KILLED_BEFORE:
            self.end_life()
        if self._blow.mode is Mode.DISK_FULL:
            self.fill_disk()
        return self._blow.mode

    def leave(self, mode: Mode | None) -> None:
        """Let a deed that was done be followed by what follows."""
        if mode is Mode.KILLED_AFTER:
            self.end_life()

    def end_life(self) -> NoReturn:
        """End the controller here and now: not a line of it is executed any more."""
        self.die()
        raise asyncio.CancelledError


def _nobody() -> None:
    """Nobody is on the stage yet."""
