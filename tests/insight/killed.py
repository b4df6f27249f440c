"""A process of its own that catches tables up and kills itself between two statements."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import duckdb

from farmctl.insight.project import follow, read_head
from farmctl.insight.store import FILE
from farmctl.ledger.journal import Journal
from tests.insight.recorded import GARAGE, folder_at


class Doomed:
    """A connection that dies with its process instead of doing one more statement."""

    def __init__(self, database: duckdb.DuckDBPyConnection, statements: int) -> None:
        self._database = database
        self._left = statements

    def execute(self, *words: object) -> duckdb.DuckDBPyConnection:
        """Do it, or die."""
        if self._left == 0 or words == ("COMMIT",):
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1
        return self._database.execute(*words)


def main(root: str, statements: str) -> None:
    folder = folder_at(Path(root))
    database = duckdb.connect(str(folder.root / FILE))
    head = read_head(database)
    assert head is not None
    journal = Journal(folder, GARAGE, head.place)
    follow(Doomed(database, int(statements)), journal, GARAGE.ledger)


if __name__ == "__main__":
    main(*sys.argv[1:])
