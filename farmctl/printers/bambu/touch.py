"""Whether farmctl stayed in touch with a machine that forgets what it did when it is switched off.

As long as it shows a print by an id of its own there was nothing since. Of one that shows none,
each time out of touch may have been a print by hand and a restart, and so its bed is in doubt.
From one command to the next farmctl remembers on disk that it was in touch a moment ago.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from farmctl.printers.config import DriverConfig

# Heating, a print, and a start from cold take longer together.
_MOMENT = timedelta(minutes=2)
_EVERY = timedelta(seconds=10)


class _Touched(Struct, frozen=True):
    serial: str
    boot: str
    at: datetime


class Touch:
    """What one machine's `boot` is.

    Args:
        config: The printer.
    """

    def __init__(self, config: DriverConfig) -> None:
        self._disk = config.disk
        self._path: Path | None = None
        if config.memory is not None:
            self._path = config.memory.with_name("touch") / f"{config.printer}.json"
        self._last: _Touched | None = None
        self._session = 0
        self._written: _Touched | None = None

    def boot(self, serial: str, at: datetime, *, session: int, has_task: bool) -> str:
        """Return a text that changes where a print and a restart may have been missed.

        Args:
            serial: The machine's.
            at: When it was looked at.
            session: The number of the session in which it was: another one is another touch.
            has_task: Whether it shows a print by an id of its own.
        """
        last = self._last or self._remembered(serial, at)
        is_kept = last is not None and last.serial == serial and session == self._session
        if has_task:
            boot = ""
        elif last is not None and last.boot and (is_kept or self._last is None):
            boot = last.boot
        else:
            boot = at.isoformat()
        self._last, self._session = _Touched(serial, boot, at), session
        self._remember(self._last)
        return boot

    def lose(self) -> None:
        """Take down that it was out of touch."""
        self._session = 0

    def _remembered(self, serial: str, at: datetime) -> _Touched | None:
        """Return what another process saw of the same machine a moment ago."""
        if self._path is None:
            return None
        try:
            found = msgspec.json.decode(self._disk.read(self._path), type=_Touched)
        except (OSError, msgspec.DecodeError):
            return None
        is_recent = timedelta() <= at - found.at <= _MOMENT
        return found if found.serial == serial and is_recent else None

    def _remember(self, now: _Touched) -> None:
        before = self._written
        is_new = before is None or before.boot != now.boot or now.at - before.at >= _EVERY
        if self._path is not None and is_new:
            self._disk.replace(self._path, msgspec.json.encode(now), durable=False)
            self._written = now
