"""A virtual printer's own memory: it lives across processes, and several may open it.

    virtual/sim-1.json       the machine at its last change
    virtual/sim-1.lock       held for one change
    virtual/sim-1.starts     every physical start, a line each, synced: time, serial, job, file
    virtual/sim-1.files/     the g-code it holds, by digest
    virtual/scripts/         what each g-code says, by digest: read once

Looking writes nothing: what time did to the machine since its last change is computed again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from farmctl.errors import FarmctlError
from farmctl.model.codec import decode, encode, parse_time, time_text
from farmctl.model.digest import Digest, digest_of, hexdigits
from farmctl.sim.device import Build, Machine, Stored, job_id
from farmctl.sim.machine import advance
from farmctl.sim.reading import read_script
from farmctl.sim.script import Script
from farmctl.system.clock import Clock
from farmctl.system.disk import Disk, Stat, locked

T = TypeVar("T")
_LOCK_WAIT_S = 10.0


class PhysicalStart(Struct, frozen=True):
    """One line of the starts log: the machine began to move for a file."""

    at: datetime
    serial: str
    job_id: str
    file: str


class Setting(Struct, frozen=True):
    """What the farm says about a virtual printer: its name, speed and hardware."""

    printer: str
    speedup: int = 1
    build: Build = field(default_factory=Build)


class Memory:
    """The machine behind one virtual printer, kept in a folder."""

    def __init__(self, folder: Path, setting: Setting, disk: Disk, clock: Clock) -> None:
        name = setting.printer
        self._setting = setting
        self._disk = disk
        self._clock = clock
        self._path = folder / f"{name}.json"
        self._lock = folder / f"{name}.lock"
        self._starts = folder / f"{name}.starts"
        self._files = folder / f"{name}.files"
        self._scripts = folder / "scripts"
        self._kept: tuple[bytes, Machine] | None = None

    def look(self) -> Machine:
        """Return the machine now."""
        machine = self._read()
        if machine.speedup != self._setting.speedup or machine.build != self._setting.build:
            # Written at once: the time before the change ran at the old speed.
            return self.change(lambda changed, _now: (changed, changed))
        return advance(machine, self._now())

    def stamp(self) -> Stat | None:
        """Return what differs after every change, by whichever process."""
        return self._disk.stat(self._path)

    def change(self, act: Callable[[Machine, datetime], tuple[Machine, T]]) -> T:
        """Change the machine, alone among all processes. Raises Busy when that takes too long."""
        with locked(self._disk, self._lock, wait_s=_LOCK_WAIT_S):
            now = self._now()
            kept = self._read()
            before = replace(
                advance(kept, now), speedup=self._setting.speedup, build=self._setting.build
            )
            machine, answer = act(before, now)
            if machine != kept:
                self._write(machine)
            self._log_starts(machine)
        return answer

    def physical_starts(self) -> tuple[PhysicalStart, ...]:
        """Return every physical start, oldest first."""
        self.change(lambda machine, _now: (machine, None))
        return tuple(_start(line) for line in self._start_lines())

    def script(self, gcode: bytes) -> Script:
        """Return what some g-code says: read once per digest, then kept."""
        path = self._script_path(digest_of(gcode))
        if not self._disk.has(path):
            self._disk.replace(path, read_script(gcode).text.encode(), durable=False)
        return Script(self._disk.read(path).decode())

    def script_of(self, digest: Digest) -> Script:
        """Return what a stored file says. Raises FileNotFoundError."""
        path = self._script_path(digest)
        if not self._disk.has(path):
            return self.script(self._disk.read(self._gcode_path(digest)))
        return Script(self._disk.read(path).decode())

    def keep_gcode(self, gcode: bytes) -> Digest:
        """Store some g-code and return its digest, computed from what was stored."""
        path = self._gcode_path(digest_of(gcode))
        self._disk.replace(path, gcode)
        return digest_of(self._disk.read(path))

    def keep_only(self, files: Iterable[Stored]) -> None:
        """Forget all g-code but that of these files."""
        wanted = {self._gcode_path(file.digest).name for file in files}
        for name in self._disk.list(self._files):
            if name not in wanted:
                self._disk.remove(self._files / name)

    def _now(self) -> datetime:
        """Return the present to the millisecond, as the memory can write it down."""
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1_000 * 1_000)

    def _gcode_path(self, digest: Digest) -> Path:
        return self._files / f"{hexdigits(digest)}.gcode"

    def _script_path(self, digest: Digest) -> Path:
        return self._scripts / f"{hexdigits(digest)}.txt"

    def _read(self) -> Machine:
        try:
            raw = self._disk.read(self._path)
        except FileNotFoundError:
            return self._new()
        if self._kept is None or self._kept[0] != raw:
            self._kept = raw, self._decoded(raw)
        return self._kept[1]

    def _decoded(self, raw: bytes) -> Machine:
        try:
            return decode(Machine, json.loads(raw))
        except (ValueError, FarmctlError) as error:
            raise FarmctlError(
                f"the memory of virtual printer {self._setting.printer} is damaged: {error}",
                f"delete {self._path}: it begins again, with nothing printed and no files",
            ) from error

    def _new(self) -> Machine:
        setting = self._setting
        return Machine(f"virtual:{setting.printer}", self._now(), setting.speedup, setting.build)

    def _write(self, machine: Machine) -> None:
        text = json.dumps(encode(machine), separators=(",", ":"))
        self._disk.replace(self._path, text.encode())

    def _log_starts(self, machine: Machine) -> None:
        """Bring the starts log up to the machine: also after a kill between the two writes."""
        lines = self._start_lines()
        last = _start(lines[-1]) if lines else None
        logged = int(last.job_id, 16) if last and last.serial == machine.serial else 0
        began = [(each.number, each.started_at, each.file) for each in machine.history]
        if machine.job is not None:
            began.append((machine.job.number, machine.job.started_at, machine.job.file))
        for number, at, file in began:
            if number > logged:
                line = f"{time_text(at)} {machine.serial} {job_id(number)} {file}\n"
                self._disk.append(self._starts, line.encode())

    def _start_lines(self) -> list[str]:
        if not self._disk.has(self._starts):
            return []
        whole, newline, torn = self._disk.read(self._starts).rpartition(b"\n")
        if torn:
            self._disk.truncate(self._starts, len(whole) + len(newline))
        return whole.decode().splitlines()


def _start(line: str) -> PhysicalStart:
    at, serial, job, file = line.split(" ", 3)
    return PhysicalStart(parse_time(at), serial, job, file)
