"""What a file says between moves, until the moves are taken that come before it."""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter
from typing import Generic, TypeVar

Said = TypeVar("Said")


class Queue(Generic[Said]):
    """What is said, each with the number of moves of the file before it, in this order."""

    def __init__(self) -> None:
        self._items: list[tuple[int, Said]] = []

    def add(self, before: int, said: Said) -> None:
        """Say something behind so many moves."""
        self._items.append((before, said))

    def before(self, moves: int | None) -> list[tuple[int, Said]]:
        """Take what is said before the next of so many moves; None takes all."""
        past = len(self._items)
        if moves is not None:
            past = bisect_left(self._items, moves, key=itemgetter(0))
        taken, self._items = self._items[:past], self._items[past:]
        return taken
