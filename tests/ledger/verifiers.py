"""What the two verifiers say of a journal."""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from farmctl.ledger import verify
from farmctl.ledger.damage import JournalDamaged
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.lines import segment_name
from farmctl.ledger.restore import survey
from farmctl.testing.disk import SimulatedDisk
from tests.ledger.tally import ROOT


def first_says(segments: list[bytes]) -> tuple[str, ...]:
    """Segment and line of the damage, or the end, as the ledger's own checks see it."""
    disk = SimulatedDisk()
    folder = LedgerFolder(disk, ROOT)
    for number, raw in enumerate(segments, start=1):
        disk.put(folder.segment(number), raw)
    try:
        found = survey(folder)
    except JournalDamaged as damage:
        return (segment_name(damage.segment), str(damage.line))
    if isinstance(found.damage, JournalDamaged):
        return (segment_name(found.damage.segment), str(found.damage.line))
    return (f"{found.place.seq} events", found.place.hash)


def second_says(segments: list[bytes]) -> tuple[str, ...]:
    """The same, as the second verifier prints it."""
    with TemporaryDirectory() as folder:
        for number, raw in enumerate(segments, start=1):
            (Path(folder) / segment_name(number)).write_bytes(raw)
        return says(Path(folder))


def says(journal: Path) -> tuple[str, ...]:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            verify.main(journal)
        except SystemExit as stop:
            return (*err.getvalue().split(":")[:2], *([] if stop.code == 3 else ["not 3"]))
    return tuple(out.getvalue().strip().replace(" of ledger 0a1b2c3d", "").split(", head "))
