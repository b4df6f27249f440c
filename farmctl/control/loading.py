"""What a person says is in a printer: all its slots in their order, or some by their number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from farmctl.control.subjects import printer_named
from farmctl.errors import UsageError
from farmctl.ledger.state import State
from farmctl.model.documents.common import parse_filament
from farmctl.model.events.printers import SpoolLoaded
from farmctl.model.observation import Loaded

NOTHING = "none"
_NUMBERED = re.compile(r"(\d{1,2})=(.+)")
MEND = "write MATERIAL/color, as PETG/black, or SLOT=MATERIAL/color; `none` for nothing"


class Spools(Struct, frozen=True):
    """What was said.

    Args:
        loaded: What is in the slots that were named.
        emptied: The slots with nothing in them.
        is_all: Whether slots that were not named are empty; else they stay as they are.
    """

    loaded: tuple[Loaded, ...]
    emptied: frozenset[int] = frozenset()
    is_all: bool = True


def read_spools(words: Sequence[str]) -> Spools:
    """Return what words like `PETG/black PLA/white`, `none` or `2=PLA/white 3=none` say.

    Raises UsageError.
    """
    numbered = [_NUMBERED.fullmatch(word) for word in words]
    if not any(numbered):
        named = [] if list(words) == [NOTHING] else words
        found = [_spool(text, slot) for slot, text in enumerate(named)]
        return Spools(tuple(each for each in found if each is not None))
    slots: dict[int, Loaded | None] = {}
    for word, match in zip(words, numbered, strict=True):
        if match is None:
            raise UsageError(f"`{word}` does not say which slot, as the others do", MEND)
        slot = int(match[1])
        if slot in slots:
            raise UsageError(f"slot {slot} is named twice", MEND)
        slots[slot] = _spool(match[2], slot)
    return Spools(
        loaded=tuple(each for each in slots.values() if each is not None),
        emptied=frozenset(slot for slot, each in slots.items() if each is None),
        is_all=False,
    )


def _spool(text: str, slot: int) -> Loaded | None:
    if text == NOTHING:
        return None
    filament = parse_filament(text)
    if filament is None:
        raise UsageError(f"`{text}` is no filament", MEND)
    return Loaded(filament.material, filament.color, slot)


def load(state: State, printer: str, spools: Spools) -> list[object]:
    """Return what a person says is in a printer, as a fact. Raises NoSuchThing."""
    name = printer_named(state, printer)
    named = {each.slot for each in spools.loaded} | spools.emptied
    before = () if spools.is_all else state.printers[name].slots
    kept = [each for each in before if each.slot not in named]
    loaded = sorted([*kept, *spools.loaded], key=lambda each: each.slot)
    return [SpoolLoaded(name, tuple(loaded))]
