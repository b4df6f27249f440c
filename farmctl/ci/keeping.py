"""Slices that nobody asked for any more are removed, once a day and by the last who leaves.

Who uses a folder holds one of its places; who tidies it holds all of them for that time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from farmctl.ci.trouble import kept_in
from farmctl.ci.workplace import Workplace, figures_name
from farmctl.model.codec import Undecodable, decode
from farmctl.model.digest import Digest, hexdigits
from farmctl.slicing.record import SliceRecord
from farmctl.system.disk import Busy, Lock

KEEP = timedelta(days=30)
"""What was not asked for that long is removed."""

_DAY = timedelta(days=1)
_PLACES = 64
_TIDYING_S = 60.0


@contextmanager
def in_use(workplace: Workplace) -> Iterator[None]:
    """Hold a folder, beside others, so that nobody removes anything from it.

    Raises FolderFailed where nothing can be written there.
    """
    with kept_in(workplace.folder):
        place = _place(workplace)
    with place:
        yield


def mark_used(workplace: Workplace, keys: Sequence[Digest], now: datetime) -> None:
    """Keep slices for another while: a file's time is when its slice was last asked for."""
    for key in keys:
        found = workplace.disk.stat(workplace.cache.place(key))
        record = workplace.cache.get(key) if found and _age(found.mtime_ns, now) > _DAY else None
        if record is not None:
            workplace.cache.put(record)


def tidy(workplace: Workplace, now: datetime) -> None:
    """Remove what nobody asked for in a while, once a day, and only where nobody uses the folder.

    What cannot be removed stays: another day is as good.
    """
    marker = workplace.folder / "tidied"
    found = workplace.disk.stat(marker)
    if found is not None and _age(found.mtime_ns, now) < _DAY:
        return
    with suppress(Busy, OSError), ExitStack() as places:
        for number in range(_PLACES):
            places.enter_context(_lock(workplace, number, 0))
        _tidy(workplace, now)
        workplace.disk.replace(marker, b"", durable=False)


def _place(workplace: Workplace) -> Lock:
    for number in range(_PLACES):
        with suppress(Busy):
            return _lock(workplace, number, 0)
    return _lock(workplace, 0, _TIDYING_S)


def _lock(workplace: Workplace, number: int, wait_s: float) -> Lock:
    return workplace.disk.lock(workplace.folder / "places" / f"{number}.lock", wait_s=wait_s)


def _tidy(workplace: Workplace, now: datetime) -> None:
    kept = list(_kept_slices(workplace, now))
    gcodes = {hexdigits(each.gcode) for each in kept}
    figures = {figures_name(each) for each in kept}
    for path in _files(workplace, workplace.folder / "figures"):
        if path.name not in figures:
            workplace.disk.remove(path)
    for path in _files(workplace, workplace.folder / "layers"):
        if path.name.partition("-")[0] not in gcodes:
            workplace.disk.remove(path)
    named = {hexdigits(each) for record in kept for each in _named(record)}
    for path in _artifacts(workplace):
        if path.parent.name + path.name not in named and _is_old(workplace, path, now):
            workplace.disk.remove(path)


def _kept_slices(workplace: Workplace, now: datetime) -> Iterator[SliceRecord]:
    """Yield the slices that stay, and remove the others."""
    for path in _files(workplace, workplace.folder / "slices"):
        record = _record(workplace, path)
        if record is None or _is_old(workplace, path, now):
            workplace.disk.remove(path)
        else:
            yield record


def _record(workplace: Workplace, path: Path) -> SliceRecord | None:
    try:
        return decode(SliceRecord, json.loads(workplace.disk.read(path)))
    except (ValueError, Undecodable):
        return None


def _named(record: SliceRecord) -> Iterator[Digest]:
    yield from (record.gcode, record.plate, record.settings)
    yield from (each.parent for each in record.edges)


def _artifacts(workplace: Workplace) -> Iterator[Path]:
    root = workplace.folder / "artifacts"
    for name in workplace.disk.list(root):
        yield from _files(workplace, root / name)


def _files(workplace: Workplace, folder: Path) -> list[Path]:
    return [folder / name for name in workplace.disk.list(folder)]


def _is_old(workplace: Workplace, path: Path, now: datetime) -> bool:
    found = workplace.disk.stat(path)
    return found is not None and _age(found.mtime_ns, now) > KEEP


def _age(mtime_ns: int, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - mtime_ns / 1_000_000_000)
