"""What people say is in a printer: all slots in order, or some by number."""

from __future__ import annotations

import pytest

from farmctl.control.loading import load, read_spools
from farmctl.errors import UsageError
from farmctl.model.events.printers import PrinterSeen, SpoolLoaded
from farmctl.model.ids import PrinterName
from farmctl.model.observation import Loaded, slot_by_slot
from tests.planning.made import Story

pytestmark = pytest.mark.pure

ONE = PrinterName("p-1")
BEFORE = (Loaded("PETG", "black"), Loaded("PLA", "white", 2))


@pytest.mark.parametrize(
    ("words", "after"),
    [
        (["PLA/red"], ["PLA/red"]),
        (["PLA/red", "PETG/blue"], ["PLA/red", "PETG/blue"]),
        (["PLA/red", "none", "PETG/blue"], ["PLA/red", "none", "PETG/blue"]),
        (["none"], []),
        (["1=TPU/red"], ["PETG/black", "TPU/red", "PLA/white"]),
        (["2=none"], ["PETG/black"]),
        (["0=none", "3=ABS/grey"], ["none", "none", "PLA/white", "ABS/grey"]),
    ],
)
def test_slots_are_said_in_order_or_by_number(words: list[str], after: list[str]) -> None:
    state = Story().printer("p-1", loaded=BEFORE).state
    (fact,) = load(state, "p-1", read_spools(words))
    assert isinstance(fact, SpoolLoaded)
    assert list(slot_by_slot(fact.loaded)) == after


def test_slots_that_are_not_named_stay_as_the_device_says() -> None:
    story = Story().printer("p-1", loaded=BEFORE)
    seen = (Loaded("ABS", "grey"), Loaded("PLA", "white", 2))
    story.tell(_seen(seen))
    (fact,) = load(story.state, "p-1", read_spools(["2=none"]))
    assert isinstance(fact, SpoolLoaded)
    assert fact.loaded == (Loaded("ABS", "grey"),)


def _seen(loaded: tuple[Loaded, ...]) -> object:
    return PrinterSeen(ONE, "ready", loaded=loaded)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["petg/black"], "`petg/black` is no filament"),
        (["1=black"], "`black` is no filament"),
        (["1=PLA/red", "PETG/black"], "`PETG/black` does not say which slot"),
        (["1=PLA/red", "1=PETG/black"], "slot 1 is named twice"),
    ],
)
def test_what_says_nothing_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        read_spools(words)
    assert "PETG/black" in (refused.value.mend or "")
