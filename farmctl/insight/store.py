"""The tables' file: caught up from the journal, made anew when it is not ours, shared politely.

DuckDB lets one process write a file, or several read it. So farmctl opens `farm.duckdb` to write
only for the moment of catching up, and one farmctl at a time (`farm.duckdb.lock`). Whoever finds
that others are reading it (a long query, a database browser) and that it is behind makes a
private copy, catches that up, and drops it afterwards. Nothing ever waits for a reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import duckdb
from msgspec import Struct

from farmctl.errors import FarmctlError, LedgerDamaged
from farmctl.insight.catalogue import VERSION, make_tables
from farmctl.insight.project import Head, follow, read_head
from farmctl.insight.query import Insight
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.journal import Journal
from farmctl.ledger.lines import START, Place, follow_header, parse_event
from farmctl.ledger.opening import identity_of
from farmctl.ledger.shape import BadLine
from farmctl.model.codec import Undecodable
from farmctl.system.disk import locked
from farmctl.system.scratch import fresh_folder

FILE = "farm.duckdb"
_LOCK_WAIT_S = 30.0  # making the tables anew from a hundred thousand events takes about as long
_NOBODY = Identity(farm="", ledger="", epoch=0)
_NO_ROOM = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
_SEALED: Mapping[str, str | int] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": 2,
}
_READING: Mapping[str, str | int] = {
    **_SEALED,
    "enable_external_access": "false",
    "lock_configuration": "true",
    "memory_limit": "1GB",
    "temp_directory": "",
}


class InUse(FarmctlError):  # noqa: N818 - reads as what it says
    """Another program has the tables' file open."""


class CaughtUp(Struct, frozen=True):
    """How the tables were brought up to the journal.

    Args:
        damage: Why they do not reach its end, or None.
        word: Why they were made anew, for people; None when they were not, or never had been.
    """

    damage: LedgerDamaged | None = None
    word: str | None = None


@contextmanager
def open_insight(folder: LedgerFolder) -> Iterator[Insight]:
    """Yield the tables as the journal has it now, to be read.

    Without a ledger they are empty. Where the journal is damaged they reach up to there, and
    `damage` says why.

    Raises:
        Busy: Another farmctl has been writing the tables for half a minute.
        FarmctlError: The disk does not take them.
    """
    with ExitStack() as stack:
        database, caught_up = _opened(folder, stack)
        stack.enter_context(closing(database))
        yield Insight(database, caught_up.damage, caught_up.word)


def rebuild(folder: LedgerFolder) -> LedgerDamaged | None:
    """Make the tables anew from the whole journal; return why not all of it could be read.

    Who reads the old file meanwhile keeps it. Raises Busy, FarmctlError.
    """
    with locked(folder.disk, _lock(folder), wait_s=_LOCK_WAIT_S):
        return _make_anew(folder, _whose(folder), folder.root / FILE)


def _opened(folder: LedgerFolder, stack: ExitStack) -> tuple[duckdb.DuckDBPyConnection, CaughtUp]:
    identity, shared = _whose(folder), folder.root / FILE
    if identity == _NOBODY:
        return _brought_up(folder, identity, stack.enter_context(fresh_folder()) / FILE)
    with locked(folder.disk, _lock(folder), wait_s=_LOCK_WAIT_S):
        try:
            return _brought_up(folder, identity, shared)
        except InUse:
            private = stack.enter_context(fresh_folder()) / FILE
            _copy(shared, private)
            database, caught_up = _brought_up(folder, identity, private)
            return database, CaughtUp(caught_up.damage)  # how the copy was made is nobody's affair


def _brought_up(
    folder: LedgerFolder, identity: Identity, path: Path
) -> tuple[duckdb.DuckDBPyConnection, CaughtUp]:
    caught_up = _bring_up(folder, identity, path)
    return _connect(path, _READING, read_only=True), caught_up


def _bring_up(folder: LedgerFolder, identity: Identity, path: Path) -> CaughtUp:
    if not folder.disk.has(path):
        return CaughtUp(_make_anew(folder, identity, path))
    try:
        head = _head_of(path)
        if head is None or not _is_of(folder, identity, head):
            why = "does not follow this journal, or was made by another farmctl"
            return CaughtUp(_make_anew(folder, identity, path), _anew(why))
        if not _goes_on(folder, head.place):
            return CaughtUp()
        with closing(_connect(path, _SEALED)) as database:
            return CaughtUp(
                follow(database, Journal(folder, identity, head.place), identity.ledger)
            )
    except (duckdb.Error, Undecodable, ValueError):
        return CaughtUp(_make_anew(folder, identity, path), _anew("could not be read"))


def _anew(why: str) -> str:
    return f"{FILE} {why}: made anew from the journal"


def _make_anew(folder: LedgerFolder, identity: Identity, path: Path) -> LedgerDamaged | None:
    draft = path.with_name(f"{path.name}.new")
    for leftover in (draft, _wal(draft)):
        folder.disk.remove(leftover)
    try:
        with closing(_connect(draft, _SEALED)) as database:
            make_tables(database)
            damage = follow(database, Journal(folder, identity), identity.ledger)
    except _NO_ROOM as error:
        raise FarmctlError(
            f"the tables cannot be written: {error}", "make room on the disk, then try again"
        ) from error
    folder.disk.remove(_wal(path))  # it belongs to the file that is replaced now
    folder.disk.move(draft, path)
    return damage


def _head_of(path: Path) -> Head | None:
    """Return how far the file is; None when nothing is in it."""
    with closing(_connect(path, _SEALED, read_only=True)) as database:
        return read_head(database)


def _is_of(folder: LedgerFolder, identity: Identity, head: Head) -> bool:
    is_same = (head.ledger, head.version) == (identity.ledger, VERSION)
    return is_same and _stands(folder, identity, head.place)


def _stands(folder: LedgerFolder, identity: Identity, place: Place) -> bool:
    """Return whether the journal really has that event there, and not another history."""
    if place == START:
        return True
    try:
        before = folder.disk.read(folder.segment(place.segment))[: place.offset]
    except FileNotFoundError:
        return False
    *lines, end = before.split(b"\n")
    if len(before) != place.offset or end or len(lines) != place.line:
        return False
    try:
        if place.line == 1:
            start = Place(place.segment, seq=place.seq, hash=place.hash)
            return follow_header(lines[-1], start, identity) == place
        event = parse_event(lines[-1])
    except BadLine:
        return False
    return (event.seq, event.hash) == (place.seq, place.hash)


def _goes_on(folder: LedgerFolder, place: Place) -> bool:
    stat = folder.disk.stat(folder.segment(place.segment))
    is_longer = stat is not None and stat.size > place.offset
    return is_longer or folder.disk.has(folder.segment(place.segment + 1))


def _copy(source: Path, target: Path) -> None:
    """Copy the tables that others are reading; where even that is barred, leave nothing."""
    with closing(_connect(target, _SEALED)) as database:
        name = str(source).replace("'", "''")
        try:
            database.execute(f"ATTACH '{name}' AS shared (READ_ONLY)")
            database.execute("COPY FROM DATABASE shared TO farm")
        except duckdb.Error:
            return  # what is there is not ours, and is made anew


def _connect(
    path: Path, config: Mapping[str, str | int], *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=read_only, config=dict(config))
    except duckdb.ConnectionException as error:
        raise InUse(f"{path.name} is open in this process") from error
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise InUse(f"{path.name} is open in another program") from error
        raise


def _whose(folder: LedgerFolder) -> Identity:
    try:
        return identity_of(folder) or _NOBODY
    except LedgerDamaged:
        return _NOBODY


def _lock(folder: LedgerFolder) -> Path:
    return folder.root / f"{FILE}.lock"


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
