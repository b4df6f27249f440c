"""Where a ledger's files lie, and on which disk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from farmctl.ledger.lines import segment_name
from farmctl.system.disk import Disk

_SEGMENT = re.compile(r"(\d{8})\.jsonl")
_ASIDE = re.compile(r"aside-.+\.jsonl")


@dataclass(frozen=True)
class LedgerFolder:
    """The folder of one farm's ledger.

    Args:
        disk: The disk that it is on.
        root: `.farmctl/`, unless somebody says otherwise.
        segment_b: How many bytes a segment has when it is sealed and the next one begins.
    """

    disk: Disk
    root: Path
    segment_b: int = 8 * 1024 * 1024

    @cached_property
    def journal(self) -> Path:
        """The folder of the segments and of what was written aside."""
        return self.root / "journal"

    @cached_property
    def head(self) -> Path:
        """The two slots that know how far the journal must reach."""
        return self.root / "head"

    @cached_property
    def snapshots(self) -> Path:
        """The folder of the folded states."""
        return self.root / "state"

    @cached_property
    def trust(self) -> Path:
        """What was verified last: a cache."""
        return self.root / "verified.json"

    @cached_property
    def journal_lock(self) -> Path:
        """Held for one append."""
        return self.root / "journal.lock"

    @cached_property
    def controller_lock(self) -> Path:
        """Held for life by the one process that acts on printers."""
        return self.root / "controller.lock"

    def segment(self, number: int) -> Path:
        """Return the path of a segment, counted from 1."""
        return self.journal / segment_name(number)

    def segments(self) -> list[int]:
        """Return the numbers of the segments that exist, in order."""
        found = (_SEGMENT.fullmatch(name) for name in self.disk.list(self.journal))
        return [int(match[1]) for match in found if match]

    def asides(self) -> list[Path]:
        """Return the files that were written beside a damaged journal, the oldest first."""
        names = self.disk.list(self.journal)
        return [self.journal / name for name in names if _ASIDE.fullmatch(name)]
