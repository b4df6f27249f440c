"""What a plate waits for, and which spool a person should change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from farmctl.model.events import farm as said
from farmctl.model.ids import PlateId, PrinterName
from farmctl.model.observation import Loaded
from farmctl.planning.reasons import Code
from farmctl.planning.waiting import For, Swap, swaps, waits
from tests.planning.assigning import PLATE, WHITE, assigned, printing, story_of, waiting_plate
from tests.planning.made import (
    NOW,
    Story,
    item,
    order,
)

pytestmark = pytest.mark.pure


def test_a_plate_waits_for_the_printer_that_is_free_soonest():
    assignment = assigned(printing(waiting_plate()))
    (found,) = waits(assignment).values()
    assert (found.what, found.text) == (For.PRINTER, "a PETG/black bed")
    assert (found.best.printer, found.best.reason.code) == ("p-1", Code.PRINTING)


def test_a_plate_waits_for_a_spool_or_for_nothing_there_is():
    story = story_of().printer("p-1", loaded=WHITE).plate(1, "ord-1/bracket#1").sliced(1)
    story.plate(2, "ord-1/bracket#2", nozzle_um=600).sliced(2)
    found = waits(assigned(story, 1, 2))
    assert (found[PLATE].what, found[PLATE].text) == (
        For.SPOOL,
        "PETG/black in a cube-200@1.0.0 printer",
    )
    assert found[PlateId("plate-2")].what is For.NOTHING
    assert found[PlateId("plate-2")].text == "a cube-200@1.0.0 printer with a 0.6 mm nozzle"


def test_one_spool_is_changed_for_all_that_want_it_where_nobody_wants_the_old_one():
    story = story_of()
    story.printer("p-1", loaded=(Loaded("PLA", "red"),)).printer("p-2", loaded=WHITE)
    story.plate(1, "ord-1/bracket#1").sliced(1).plate(2, "ord-1/bracket#2").sliced(2)
    story.plate(3, "ord-1/bracket#3", filaments=("PLA/white",)).sliced(3)
    story.plate(4, "ord-1/bracket#4", filaments=("PLA/white",)).sliced(4)
    plates = (PLATE, PlateId("plate-2"))
    assert swaps(assigned(story, 1, 2, 3, 4)) == (
        Swap(PrinterName("p-1"), ("PLA/red",), ("PETG/black",), plates),
    )


def _due_in(hours: float) -> Story:
    text = order(item(quantity=9), due=NOW + timedelta(hours=hours))
    story = Story().open_order(text).plan().printer("p-1").printer("p-2", loaded=WHITE)
    return printing(story.plate(1, "ord-1/bracket#1").sliced(1))


def test_a_spool_is_changed_for_a_plate_that_would_be_late_and_for_no_other():
    assert swaps(assigned(_due_in(9))) == ()
    (swap,) = swaps(assigned(_due_in(1)))
    assert (swap.printer, swap.wants) == ("p-2", ("PETG/black",))


def test_nobody_is_sent_to_a_held_printer_to_change_its_spool():
    story = story_of().printer("p-1", loaded=WHITE).plate(1, "ord-1/bracket#1").sliced(1)
    story.tell(said.PrinterHeld(PrinterName("p-1"), "cleaning", "tom"))
    assert swaps(assigned(story)) == ()
