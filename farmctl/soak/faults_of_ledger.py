"""What goes wrong with the ledger's files: no room, bytes cut or flipped, files lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from farmctl.soak.host import Excuse, Host
from farmctl.soak.stage import Stage
from farmctl.soak.strike import Catalogue, Strike
from farmctl.system.entropy import Dice

_FULL_FOR_S = 300.0
_CUT_B = 2000
_NEAR_THE_END_B = 8000


async def _disk_full(stage: Stage, _name: str) -> None:
    host = stage.host
    host.disk.room_b = 0
    host.excuses.add(Excuse.NO_ROOM)
    stage.later(_FULL_FOR_S, partial(_make_room, host))


def _make_room(host: Host) -> None:
    host.disk.room_b = None


def _harm(harm: Callable[[Host, Dice], None], *, cuts: bool = False) -> Strike:
    async def strike(stage: Stage, _name: str) -> None:
        stage.checker.harm(cuts=cuts)
        stage.host.excuses.add(Excuse.DAMAGE)
        harm(stage.host, stage.dice)

    return strike


def _cut(host: Host, dice: Dice) -> None:
    """Lose the last bytes: often a torn line is left, sometimes a shorter journal that is valid."""
    path = _last_segment(host)
    raw = host.disk.read(path)
    header_b = raw.find(b"\n") + 1
    host.disk.put(path, raw[: max(header_b, len(raw) - dice.randint(1, _CUT_B))])


def _flip(host: Host, dice: Dice) -> None:
    path = _last_segment(host)
    size_b = len(host.disk.read(path))
    first = max(0, size_b - _NEAR_THE_END_B)
    if size_b:  # a power cut may leave a file of which nothing was written
        host.disk.flip(path, dice.randrange(first, size_b), 1 << dice.randrange(8), silently=True)


def _lose_snapshots(host: Host, _dice: Dice) -> None:
    for path in _snapshots(host):
        host.disk.remove(path)


def _flip_snapshots(host: Host, dice: Dice) -> None:
    for path in _snapshots(host):
        _flip_somewhere(host, path, dice)


def _lose_head(host: Host, _dice: Dice) -> None:
    host.disk.remove(host.folder.head)


def _flip_head(host: Host, dice: Dice) -> None:
    if host.disk.has(host.folder.head):
        _flip_somewhere(host, host.folder.head, dice)


def _flip_somewhere(host: Host, path: Path, dice: Dice) -> None:
    size = len(host.disk.read(path))
    if size:
        host.disk.flip(path, dice.randrange(size), 1 << dice.randrange(8))


def _last_segment(host: Host) -> Path:
    return host.folder.segment(host.folder.segments()[-1])


def _snapshots(host: Host) -> list[Path]:
    folder = host.folder
    return [folder.snapshots / each for each in host.disk.list(folder.snapshots)]


FAULTS_OF_LEDGER: Catalogue = {
    "disk full": _disk_full,
    "journal cut": _harm(_cut, cuts=True),
    "journal flipped": _harm(_flip, cuts=True),
    "snapshot lost": _harm(_lose_snapshots),
    "snapshot flipped": _harm(_flip_snapshots),
    "head lost": _harm(_lose_head),
    "head flipped": _harm(_flip_head),
}
