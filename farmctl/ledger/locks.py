"""The ledger's two locks: one for each append, one for whoever acts on the printers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from farmctl.ledger.folder import LedgerFolder
from farmctl.system.disk import Lock, locked

APPEND_WAIT_S = 30.0


def hold_journal(folder: LedgerFolder) -> Lock:
    """Hold `journal.lock` for a block. Raises Busy when nobody lets go of it."""
    return folder.disk.lock(folder.journal_lock, wait_s=APPEND_WAIT_S)


def take_control(folder: LedgerFolder, *, wait_s: float = 0.0) -> Lock:
    """Return `controller.lock`, held until it is released. Raises Busy: another process acts."""
    return folder.disk.lock(folder.controller_lock, wait_s=wait_s)


@contextmanager
def hold_control(folder: LedgerFolder, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold `controller.lock` for a block. Raises Busy after `wait_s`: another process acts."""
    with locked(folder.disk, folder.controller_lock, wait_s=wait_s):
        yield
