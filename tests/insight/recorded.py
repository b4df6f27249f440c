"""Ledgers on a real disk that hold legal histories, and their tables as plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from farmctl.insight.catalogue import TABLES, VIEWS
from farmctl.insight.query import Insight
from farmctl.insight.store import FILE, open_insight, rebuild
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import Ledger, open_ledger
from farmctl.ledger.opening import create
from farmctl.ledger.state import State
from farmctl.system.clock import FixedClock
from farmctl.system.disk import RealDisk
from farmctl.testing.histories import BEGINNING, Happening

GARAGE = Identity(farm="7f3a9c2e", ledger="0a1b2c3d", epoch=1)
Tables = dict[str, list[tuple[Any, ...]]]


def folder_at(root: Path, segment_b: int = 60_000) -> LedgerFolder:
    """Return a ledger's folder; segments are small, so that a history has several."""
    return LedgerFolder(RealDisk(), root, segment_b)


def begin(root: Path, identity: Identity = GARAGE) -> tuple[LedgerFolder, Ledger[State]]:
    """Begin an empty ledger."""
    folder = folder_at(root)
    create(folder, identity)
    return folder, open_ledger(folder, REDUCER_OF_FARM, FixedClock(BEGINNING), identity)


def tell(ledger: Ledger[State], history: Iterable[Happening]) -> None:
    """Append a history to a ledger, a fact at a time."""
    for each in history:
        ledger.append([each.fact], each.actor)


def written(root: Path, history: Iterable[Happening], identity: Identity = GARAGE) -> LedgerFolder:
    """Return the folder of a new ledger that holds a history."""
    folder, ledger = begin(root, identity)
    tell(ledger, history)
    return folder


def rows_of(insight: Insight, names: Iterable[str] = TABLES) -> Tables:
    """Return every row of tables, sorted by its key."""
    return {name: sorted(insight.sql(f"FROM {name}").rows, key=repr) for name in names}


def tables_of(folder: LedgerFolder) -> Tables:
    """Return every row of every table, caught up."""
    with open_insight(folder) as insight:
        return rows_of(insight)


def answers_of(folder: LedgerFolder) -> Tables:
    """Return every row of every view, caught up."""
    with open_insight(folder) as insight:
        return rows_of(insight, VIEWS)


def rebuilt_tables_of(folder: LedgerFolder) -> Tables:
    """Return every row of every table, made anew from the whole journal."""
    assert rebuild(folder) is None
    return tables_of(folder)


def database_of(folder: LedgerFolder) -> Path:
    """Return where the tables are kept."""
    return folder.root / FILE
