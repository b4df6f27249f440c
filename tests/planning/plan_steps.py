"""Orders to plan, for tests of build plans."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from farmctl.model.desired import Desired, PlanAt
from farmctl.model.documents.plan import Plan
from farmctl.model.states import PlanStatus
from farmctl.planning.plan_text import PlanDraft, plan_document, plan_written
from farmctl.planning.plans import plan_steps
from tests.planning.made import (
    Story,
    checked,
    desired,
    farm,
    order,
    printer_class,
    profile,
    row,
    sha,
)

BOTH = {
    "farm": farm(row("p-1"), row("e-1", "ender-220@1.0.0")),
    "classes": {
        "cube-200@1.0.0": printer_class(),
        "ender-220@1.0.0": printer_class("ender-220", bed_mm=[220.0, 220.0]),
    },
    "profiles": {"petg": profile(classes=["cube-200", "ender-220"])},
}


def story_of(*items, **changes: Any) -> Story:
    return Story().open_order(order(*items)).tell(checked(**changes))


def steps_of(story: Story, wanted: Desired | None = None) -> list[object]:
    return list(plan_steps(story.state, wanted or desired()))


def only(story: Story, wanted: Desired | None = None) -> Any:
    (step,) = steps_of(story, wanted)
    return step


def in_git(draft: PlanDraft, **changes: Any) -> PlanAt:
    """Return the draft's document as git has it after it was written, or edited."""
    words = plan_document(draft)
    words.update(changes)
    return PlanAt(Plan.model_validate(words), sha(f"file {sorted(words.items())}"))


def approved(draft: PlanDraft) -> PlanDraft:
    return replace(draft, status=PlanStatus.APPROVED, approved_by="policy/default")


def wrote(story: Story, draft: PlanDraft, wanted: Desired) -> Desired:
    """Write a draft: the file in git, the fact in the ledger."""
    at = in_git(draft)
    story.tell(plan_written(draft, at.sha256, "c0ffee"))
    return replace(wanted, plans={draft.item: at})
