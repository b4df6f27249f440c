"""Types are learned by one thread at a time.

msgspec learns a type when it first meets it, nested types with it. Two threads that meet one type
at once crash the process (seen with 0.22.0): one of them reads what the other has half learned.
"""

from __future__ import annotations

from threading import RLock

from msgspec.json import Decoder

_turn = RLock()
_learned: set[object] = set()


def learn(kind: object) -> None:
    """Let msgspec know a type, if it does not: from now on any thread may use it."""
    if kind not in _learned:
        with _turn:
            Decoder(kind)
            _learned.add(kind)
