"""The folded state at a place of the journal, so that a start folds only what came after."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from msgspec import Struct

from farmctl.ledger.cache import read_cache, write_cache
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.lines import START, Place
from farmctl.ledger.reducer import Reducer
from farmctl.model.codec import Undecodable, decode, encode

FORMAT = 1
_KEPT = 2  # the newest, and the one before it in case the newest was never finished
S = TypeVar("S")


class Snapshot(Struct, Generic[S], frozen=True):
    """A state, and the place in the journal that it stands for."""

    place: Place
    state: S


def beginning(reducer: Reducer[S]) -> Snapshot[S]:
    """Return the state before the first event."""
    return Snapshot(START, reducer.initial)


def newest_snapshot(
    folder: LedgerFolder,
    reducer: Reducer[S],
    identity: Identity,
    among: Collection[Place] | None = None,
) -> Snapshot[S]:
    """Return the newest usable snapshot, or the beginning.

    Args:
        folder: Where the ledger lies.
        reducer: A snapshot of another version of it is not usable.
        identity: One of another ledger is not usable.
        among: One of another place is not usable; None takes any place.
    """
    for seq, path in _newest_first(folder):
        if among is not None and all(place.seq != seq for place in among):
            continue
        found = _load(folder, path, reducer, identity)
        if found and (among is None or found.place in among):
            return found
    return beginning(reducer)


def save_snapshot(
    folder: LedgerFolder, reducer: Reducer[S], identity: Identity, snapshot: Snapshot[S]
) -> None:
    """Write `state/<seq>.json` and remove the ones before the last."""
    body = {
        "snapshot": FORMAT,
        "farm": identity.farm,
        "ledger": identity.ledger,
        "reducer": reducer.version,
        "place": encode(snapshot.place),
        "state": reducer.dump(snapshot.state),
    }
    path = folder.snapshots / f"{snapshot.place.seq}.json"
    write_cache(folder.disk, path, body)
    newer = [each for seq, each in _newest_first(folder) if seq > snapshot.place.seq]
    older = [each for seq, each in _newest_first(folder) if seq < snapshot.place.seq]
    for unneeded in [*newer, *older[_KEPT - 1 :]]:
        folder.disk.remove(unneeded)


def forget_snapshots(folder: LedgerFolder) -> None:
    """Remove every snapshot: the next start folds the whole journal again."""
    for name in folder.disk.list(folder.snapshots):
        folder.disk.remove(folder.snapshots / name)


def _load(
    folder: LedgerFolder, path: Path, reducer: Reducer[S], identity: Identity
) -> Snapshot[S] | None:
    body = read_cache(folder.disk, path)
    if body is None or (body["snapshot"], body["reducer"]) != (FORMAT, reducer.version):
        return None
    if (body["farm"], body["ledger"]) != (identity.farm, identity.ledger):
        return None
    try:
        return Snapshot(decode(Place, body["place"]), reducer.load(body["state"]))
    except Undecodable:  # made by a fold that changed without saying so
        return None


def _newest_first(folder: LedgerFolder) -> Iterator[tuple[int, Path]]:
    stems = (name.removesuffix(".json") for name in folder.disk.list(folder.snapshots))
    for seq in sorted((int(stem) for stem in stems if stem.isdecimal()), reverse=True):
        yield seq, folder.snapshots / f"{seq}.json"
