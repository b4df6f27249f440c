"""What controllers sent, against what they intended and what they had looked at (I2, I6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import assert_never

from farmctl.model.events.runs import Effect
from farmctl.soak.books import Once, Say
from farmctl.soak.witness import Began, Looked, Note

_OVERTAKEN = (Effect.START, Effect.EXCLUDE)
_URGENT = (Effect.CANCEL, Effect.PAUSE)


class Sights:
    """Takes in what a witness noted.

    Args:
        once: What was intended.
        say: Told of violations.
    """

    def __init__(self, once: Once, say: Say) -> None:
        self._once = once
        self._say = say
        self._sent = Counter[tuple[Effect, str]]()
        self._looked: dict[tuple[int, str], int] = {}
        self._sent_last: dict[tuple[int, str], Effect] = {}

    def take(self, notes: Iterable[Note]) -> None:
        """Take in notes, in their order."""
        for note in notes:
            match note:
                case Looked(life, printer, after):
                    self._looked[life, printer] = after
                case Began():
                    self._check_intent(note)
                    self._check_look(note)
                case _:
                    assert_never(note)

    def _check_intent(self, note: Began) -> None:
        key = note.effect, note.file
        self._sent[key] += 1
        if self._sent[key] > len(self._once.effects.get(key, ())):
            self._say("I2", f"{note.effect} of {note.file} was sent without an intent for it")

    def _check_look(self, note: Began) -> None:
        """A cancel or a pause may overtake some; all else follows from a look of its own."""
        there = note.life, note.printer
        looked, before = self._looked.get(there), self._sent_last.get(there)
        self._sent_last[there] = note.effect
        # What it was to overtake may have ended between the decision and this moment.
        has_ended = not note.beside and before in _OVERTAKEN and looked == note.after - 1
        overtakes = has_ended or note.beside in tuple((each,) for each in _OVERTAKEN)
        if note.effect in _URGENT and overtakes:
            return
        if looked != note.after:
            what = f"{note.effect} of {note.file} was sent to {note.printer}"
            self._say("I6", f"{what} without a look after the effect before it")
