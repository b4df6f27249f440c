"""A disk that loses what was not synced: for tests and simulations of power cuts."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Self

from msgspec import Struct

from farmctl.system.disk import Busy, Lock, OpenFile, Stat


class PowerCut(Exception):  # noqa: N818 - not an error of the program under test
    """The power failed in the middle of a disk operation."""


class _File(Struct):
    """What a reader sees, and what is on the platter."""

    inode: int
    seen: bytes = b""
    safe: bytes = b""
    mtime_ns: int = 0


def lose_everything(choices: int) -> int:
    """Choose the first of `choices`: nothing that was not synced survives."""
    del choices
    return 0


class SimulatedDisk:
    """Files in memory, with a page cache and a power switch. A folder is there while files are.

    Every operation is made of steps: writing bytes, syncing a file, changing or syncing a folder's
    entries. Power can be made to fail at any step; then `restore_power` leaves each file with what
    was synced and, as `choose` decides, any part of what was not.

    Attributes:
        steps: What was done, for example `write journal/00000001.jsonl`.
        reads: What was read, by name, and from which byte on.
        fails_at: Number of the step, counted from now, that power fails in; None is never.
        room_b: By how many bytes a file may grow before the disk is full; None is without end.
    """

    def __init__(self, choose: Callable[[int], int] = lose_everything) -> None:
        self.steps: list[str] = []
        self.reads: list[tuple[str, int]] = []
        self.fails_at: int | None = None
        self.room_b: int | None = None
        self._choose = choose
        self._names: dict[Path, _File] = {}
        self._safe_names: dict[Path, _File] = {}
        self._held: set[Path] = set()
        self._inodes = 0
        self._writes = 0

    def read(self, path: Path) -> bytes:
        """Return the whole file."""
        return self.read_from(path, 0)

    def read_from(self, path: Path, offset: int) -> bytes:
        """Return the file from byte `offset` on."""
        self.reads.append((path.name, offset))
        return self._file(path).seen[offset:]

    def stat(self, path: Path) -> Stat | None:
        """Return the file's identity; a folder's is of size 0."""
        if file := self._names.get(path):
            return Stat(len(file.seen), file.mtime_ns, file.inode)
        within = f"{path}/"
        return Stat(0, 0, 0) if any(str(each).startswith(within) for each in self._names) else None

    def has(self, path: Path) -> bool:
        """Tell whether there is a file."""
        return self.stat(path) is not None

    def list(self, folder: Path) -> list[str]:
        """Return the sorted names in a folder."""
        below = (path for path in self._names if folder in path.parents)
        return sorted({path.relative_to(folder).parts[0] for path in below})

    def append(self, path: Path, data: bytes) -> None:
        """Append and sync."""
        self.opened(path).append(data)

    def opened(self, path: Path) -> OpenFile:
        """Return a file for many writes."""
        fresh = path not in self._names
        file = self._found(path)
        if fresh:
            self._sync_entries(path.parent)
        return _OpenFile(file, partial(self._put, path), lambda: self._names.get(path) is file)

    def truncate(self, path: Path, size: int) -> None:
        """Cut the file to `size` bytes and sync."""
        file = self._file(path)
        self._put(path, file, file.seen[:size])

    def replace(self, path: Path, data: bytes, *, durable: bool = True) -> None:
        """Put a whole file in place."""
        draft = self._new_file()
        self._write(path, draft, data)
        if durable:
            self._sync_file(path, draft)
        self._step("rename", path)
        self._names[path] = draft
        if durable:
            self._sync_entries(path.parent)

    def remove(self, path: Path) -> None:
        """Remove a file; a missing one is fine."""
        self._step("remove", path)
        self._names.pop(path, None)

    def sync(self, path: Path) -> None:
        """Make a file's bytes or a folder's entries durable."""
        file = self._names.get(path)
        if file:
            self._sync_file(path, file)
        else:
            self._sync_entries(path)

    def move(self, source: Path, target: Path) -> None:
        """Give a file or folder another name, durably."""
        if self.stat(source) is None:
            raise FileNotFoundError(source)
        self._step("rename", source)
        moved = [path for path in self._names if source in (path, *path.parents)]
        arrived = [target / path.relative_to(source) for path in moved]
        for old, new in zip(moved, arrived, strict=True):
            self._names[new] = self._names.pop(old)
        for folder in sorted({source.parent, target.parent}):
            self._step("sync", folder)
        for path in (*moved, *arrived):
            self._settle_entry(path)

    def lock(self, path: Path, *, wait_s: float) -> Lock:
        """Take a lock. Raises Busy at once: nobody could let go while we wait."""
        del wait_s
        if path in self._held:
            raise Busy(f"{path.name} is held by another farmctl")
        self._held.add(path)
        return _Held(self._held, path)

    def kill_processes(self) -> None:
        """Let go of all locks; what was written stays seen."""
        self._held.clear()
        self.fails_at = None

    def restore_power(self) -> None:
        """Come back after a power cut: what was not synced is there in part, or not at all."""
        self.kill_processes()
        for path in sorted({*self._names, *self._safe_names}):
            self._settle_name(path)
        for file in self._names.values():
            self._settle_bytes(file)
        self._safe_names = dict(self._names)

    def flip(self, path: Path, offset: int, mask: int, *, silently: bool = False) -> None:
        """Change the bits of one byte; `silently` as a failing platter does, keeping the mtime."""
        file = self._file(path)
        raw = bytearray(file.seen)
        raw[offset] ^= mask
        self.put(path, bytes(raw), silently=silently)

    def put(self, path: Path, data: bytes, *, silently: bool = False) -> None:
        """Make a file hold these bytes, durably, in place."""
        file = self._found(path)
        mtime_ns = file.mtime_ns
        self._touch(file, data)
        file.safe = file.seen
        if silently:
            file.mtime_ns = mtime_ns
        self._safe_names[path] = file

    def copy(self, choose: Callable[[int], int] | None = None) -> Self:
        """Return a disk with the same files, all durable, and no locks."""
        twin = type(self)(choose or self._choose)
        for path, file in self._names.items():
            twin.put(path, file.seen)
            itself = twin._names[path]  # noqa: SLF001 - its own class
            itself.inode, itself.mtime_ns = file.inode, file.mtime_ns
        twin._inodes, twin._writes = self._inodes, self._writes  # noqa: SLF001 - its own class
        return twin

    def _file(self, path: Path) -> _File:
        if path not in self._names:
            raise FileNotFoundError(path)
        return self._names[path]

    def _found(self, path: Path) -> _File:
        if path not in self._names:
            self._names[path] = self._new_file()
        return self._names[path]

    def _new_file(self) -> _File:
        self._inodes += 1
        return _File(self._inodes)

    def _write(self, path: Path, file: _File, data: bytes) -> None:
        try:
            self._step("write", path)
        except PowerCut:
            self._touch(file, _torn(file.seen, data, self._choose))
            raise
        room_b = len(data) if self.room_b is None else len(file.seen) + self.room_b
        self._touch(file, data[:room_b])
        if room_b < len(data):
            raise OSError(errno.ENOSPC, "No space left on device")

    def _put(self, path: Path, file: _File, data: bytes) -> None:
        self._write(path, file, data)
        self._sync_file(path, file)

    def _touch(self, file: _File, data: bytes) -> None:
        self._writes += 1
        file.seen, file.mtime_ns = data, self._writes

    def _sync_file(self, path: Path, file: _File) -> None:
        self._step("sync", path)
        file.safe = file.seen

    def _sync_entries(self, folder: Path) -> None:
        self._step("sync", folder)
        for path in {*self._names, *self._safe_names}:
            if path.parent == folder:
                self._settle_entry(path)

    def _settle_entry(self, path: Path) -> None:
        if path in self._names:
            self._safe_names[path] = self._names[path]
        else:
            self._safe_names.pop(path, None)

    def _settle_name(self, path: Path) -> None:
        new, old = self._names.get(path), self._safe_names.get(path)
        kept = new if new is old or self._choose(2) else old
        if kept:
            self._names[path] = kept
        else:
            self._names.pop(path, None)

    def _settle_bytes(self, file: _File) -> None:
        file.seen = _torn(file.safe, file.seen, self._choose)
        file.safe = file.seen

    def _step(self, verb: str, path: Path) -> None:
        self.steps.append(f"{verb} {path.parent.name}/{path.name}")
        if self.fails_at is not None:
            self.fails_at -= 1
            if self.fails_at < 0:
                raise PowerCut(self.steps[-1])


class _OpenFile(Struct):
    file: _File
    put: Callable[[_File, bytes], None]
    is_there: Callable[[], bool]

    def append(self, data: bytes) -> None:
        self.write_at(len(self.file.seen), data)

    def write_at(self, offset: int, data: bytes) -> None:
        before = self.file.seen.ljust(offset, b"\0")
        self.put(self.file, before[:offset] + data + before[offset + len(data) :])


class _Held:
    def __init__(self, held: set[Path], path: Path) -> None:
        self._held = held
        self._path = path

    def release(self) -> None:
        self._held.discard(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.release()


def _torn(before: bytes, after: bytes, choose: Callable[[int], int]) -> bytes:
    """Return what is left of a change that did not end: none of it, a part, or all.

    Where a file grew, its size may be there and its bytes not yet: zeros.
    """
    if before.startswith(after):
        return (before, after)[choose(2)] if before != after else after
    same = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
    first = len(before) if same is None else same
    cut = first + choose(len(after) - first + 1)
    left = after[:cut] + before[cut:]
    if len(left) < len(after) and choose(2):
        return left.ljust(len(after), b"\0")
    return left
