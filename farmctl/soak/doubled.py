"""Starts that a transport doubled, or brought late, where no fence of the machine stops them.

They are nobody's fault but the transport's. What is asked of farmctl is that it sees each of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from farmctl.model.events.printers import BedDoubted, PrinterSeen
from farmctl.soak.bambu import TOLD_TWICE
from farmctl.soak.machines import PhysicalStart


class Doubled:
    """Counts such starts, and those of them that the journal shows.

    Attributes:
        number: How many there were.
    """

    def __init__(self) -> None:
        self.number = 0
        self._unseen: list[tuple[str, PhysicalStart]] = []

    @property
    def detected(self) -> int:
        """Return how many the journal told of afterwards."""
        return self.number - len(self._unseen)

    def count(self, printer: str, start: PhysicalStart) -> bool:
        """Count a start that came a second time, or late onto something; return whether it did."""
        is_late = start.astray == "late" and (start.onto or start.discarded) is not None
        if not is_late and start.astray != "doubled":
            return False
        self.number += 1
        self._unseen.append((printer, start))
        return True

    def take(self, facts: Iterable[object]) -> None:
        """Take in what the journal says since the last time."""
        for fact in facts if self._unseen else ():
            self._unseen = [each for each in self._unseen if not _tells_of(fact, *each)]


def _tells_of(fact: object, printer: str, start: PhysicalStart) -> bool:
    """Return whether a fact shows the start: the print, the printer's complaint, or a doubt."""
    match fact:
        case PrinterSeen(printer=name, job_file=file, message=message) if name == printer:
            return TOLD_TWICE in message or (start.astray == "late" and file == start.file)
        case BedDoubted(printer=name):
            return name == printer
        case _:
            return False
