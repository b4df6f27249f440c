"""A disk that several processes write to: somebody else may get a lock first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from farmctl.system.disk import Lock
from farmctl.testing.disk import SimulatedDisk, lose_everything


class ContendedDisk(SimulatedDisk):
    """A simulated disk with others who wait for its locks.

    Attributes:
        faster: Who gets the next lock first: told of it, each says whether that was its turn.
    """

    def __init__(self, choose: Callable[[int], int] = lose_everything) -> None:
        super().__init__(choose)
        self.faster: list[Callable[[], bool]] = []

    def lock(self, path: Path, *, wait_s: float) -> Lock:
        """Take a lock, when those have had it who were faster. Raises Busy."""
        waiting, self.faster = self.faster, []
        self.faster = [each for each in waiting if not each()]
        return super().lock(path, wait_s=wait_s)
