"""Remembering: a durable fact, and an intent, against writing and syncing the same bytes."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.measure import Reading, compared, here
from benchmarks.workshop import Row, Workshop
from farmctl.control.recorder import Recorder
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.opening import create
from farmctl.model.envelope import Actor
from farmctl.model.events.printers import PrinterDeclared, SpoolLoaded
from farmctl.model.ids import PrinterName
from farmctl.model.observation import Loaded
from farmctl.system.clock import SystemClock
from farmctl.system.disk import RealDisk

_EACH = 50  # appends in one sample: some milliseconds
_TURNS = 9  # as many samples as other rows take: they are short, and disks have moods
_PRINTER = PrinterName("voron-1")
_DECLARED = PrinterDeclared(_PRINTER, "voron-350@3.0.0", "moonraker", 400, "person", (), ())
_LOADED = SpoolLoaded(_PRINTER, (Loaded("PETG", "black"),), "lot-7")


def fact(shop: Workshop) -> Reading:
    """Measure a person's word: what is in a printer."""
    return _appending(shop, intent=False)


def intent(shop: Workshop) -> Reading:
    """Measure what is written before something irrevocable is done: the head moves too."""
    return _appending(shop, intent=True)


def _appending(shop: Workshop, *, intent: bool) -> Reading:
    folder = LedgerFolder(RealDisk(), shop.folder / f"ledger-{intent}")
    recorder = _recorder(folder)
    line = _last_line(folder)
    file = os.open(folder.root / "peer.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        samples = {
            "ours": partial(here, _repeated(lambda: _append(recorder, intent=intent))),
            "peer": partial(here, _repeated(lambda: _write(file, line))),
        }
        return compared(samples, shop.times * _TURNS)
    finally:
        os.close(file)


def _recorder(folder: LedgerFolder) -> Recorder:
    identity = Identity("7f3a9c2e", "0123456789abcdef", 1)
    create(folder, identity)
    ledger = open_ledger(folder, REDUCER_OF_FARM, SystemClock(), identity)
    recorder = Recorder(ledger, Actor("person", "ada@example.org", "cli"))
    recorder.append(_DECLARED)
    recorder.append(_LOADED)
    return recorder


def _append(recorder: Recorder, *, intent: bool) -> None:
    recorder.append_if(lambda _state: None, _LOADED, intent=intent)


def _write(file: int, line: bytes) -> None:
    os.write(file, line)
    os.fsync(file)


def _last_line(folder: LedgerFolder) -> bytes:
    segment: Path = folder.segment(1)
    return segment.read_bytes().splitlines(keepends=True)[-1]


def _repeated(once: Callable[[], None]) -> Callable[[], None]:
    def many() -> None:
        for _ in range(_EACH):
            once()

    return many


ROWS = (
    Row("fact", 2.0, "a durable fact : write + fsync of the same bytes", fact),
    Row("intent", 3.0, "a durable intent, head and all : write + fsync of the same bytes", intent),
)
