"""Plates and printers, for tests of who gets what."""

from __future__ import annotations

from farmctl.model.desired import Desired
from farmctl.model.ids import PlateId, PrinterName
from farmctl.model.observation import Loaded
from farmctl.planning.assign import Assignment, assign
from farmctl.planning.machines import Around
from tests.planning.made import (
    NOW,
    Story,
    desired,
    item,
    looks,
    order,
)

PLATE = PlateId("plate-1")


WHITE = (Loaded("PLA", "white"),)


def story_of(*names: str, quantity: int = 9) -> Story:
    story = Story().open_order(order(item(quantity=quantity))).plan()
    for name in names:
        story.printer(name)
    return story


def assigned(story: Story, *plates: int, wanted: Desired | None = None, **changed) -> Assignment:
    seen = {**looks(*story.state.printers), **{PrinterName(k): v for k, v in changed.items()}}
    around = Around(story.state, wanted or desired(), seen, NOW)
    return assign(around, [PlateId(f"plate-{each}") for each in plates or (1,)])


def printing(story: Story) -> Story:
    return story.plate(7, "ord-1/bracket#7").sliced(7, time_ms=7_200_000).print_it(7, "p-1")


def waiting_plate() -> Story:
    return story_of("p-1").plate(1, "ord-1/bracket#1").sliced(1)
