"""Farms whose orders are planned, for tests of plates."""

from __future__ import annotations

from msgspec.structs import replace

from farmctl.model.desired import Desired
from farmctl.model.events.plates import PlateVoided
from farmctl.planning.machines import Around
from farmctl.planning.plan_text import plan_written
from farmctl.planning.plans import PlanDraft, plan_steps
from farmctl.planning.plates import PlateDraft, compose, next_plates
from farmctl.planning.stale import stale_plates
from tests.planning.made import (
    NOW,
    Story,
    checked,
    desired,
    farm,
    item,
    looks,
    order,
    printer_class,
    profile,
    row,
    sha,
)

MM = 1000


def planned(*texts, wanted: Desired | None = None, size=(40 * MM, 40 * MM, 20 * MM)) -> Story:
    """Open these orders, with their plans approved as farmctl itself would write them."""
    story = Story().tell(checked(size_um=size))
    for text in texts or (order(),):
        story.open_order(text)
    return plan_all(story, wanted or desired())


def plan_all(story: Story, wanted: Desired) -> Story:
    for step in list(plan_steps(story.state, wanted)):
        if isinstance(step, PlanDraft):
            story.tell(replace(plan_written(step, sha("f")), status="approved", approved_by="p"))
    return story


def around_of(story: Story, wanted: Desired | None = None) -> Around:
    return Around(story.state, wanted or desired(), looks(*story.state.printers), NOW)


def compose_now(story: Story, wanted: Desired | None = None) -> tuple[PlateDraft, ...]:
    return compose(around_of(story, wanted))


def stale_now(story: Story, wanted: Desired | None = None) -> tuple[PlateVoided, ...]:
    return stale_plates(around_of(story, wanted))


def put_on_plates(story: Story, wanted: Desired | None = None) -> Story:
    return story.tell(*next_plates(story.state, compose_now(story, wanted)))


TWO = {
    "farm": farm(row("p-1"), row("p-2"), row("e-1", "ender-220@1.0.0")),
    "classes": {
        "cube-200@1.0.0": printer_class(),
        "ender-220@1.0.0": printer_class("ender-220", bed_mm=[220.0, 220.0]),
    },
    "profiles": {"petg": profile(classes=["cube-200", "ender-220"])},
}


def two(quantity: int = 6) -> tuple[Story, Desired]:
    wanted = desired(**TWO)
    return planned(order(item(quantity=quantity)), wanted=wanted), wanted
