"""Build plans in a pass of the loop: decided first, written together, composed when all are."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.control.actions import Action, Record, WritePlan
from farmctl.control.decide.decide import decide
from farmctl.model.events.plans import PolicyDecided
from farmctl.planning.plan_text import plan_written
from tests.planning.made import NOW, Story, checked, desired, item, looks, order, sha

pytestmark = pytest.mark.pure

TEXT = order(item("bracket"), item("hook"))
WANTED = desired(TEXT)


def decided_on(story: Story) -> list[Action]:
    return decide(WANTED, story.state, looks("p-1"), NOW)


def follow(story: Story) -> list[Action]:
    """Record what is to be recorded, until nothing is left but acts."""
    while True:
        actions = decided_on(story)
        records = [each for each in actions if isinstance(each, Record)]
        if not records:
            return actions
        story.tell(*records[0].facts)


def decisions(actions: list[Action]) -> list[PolicyDecided]:
    facts = [fact for each in actions if isinstance(each, Record) for fact in each.facts]
    return [each for each in facts if isinstance(each, PolicyDecided)]


@pytest.fixture
def story() -> Story:
    return Story().open_order(TEXT).tell(checked()).printer("p-1")


def test_a_decision_stands_in_the_ledger_before_its_plan_is_written(story: Story) -> None:
    before = decided_on(story)
    assert [each.decision for each in decisions(before)] == ["dec-1", "dec-2"]
    assert not [each for each in before if isinstance(each, WritePlan)]
    story.tell(*decisions(before))
    assert decisions(decided_on(story)) == []


def test_plans_that_are_decided_are_written_in_one_pass(story: Story) -> None:
    drafts = [each.draft for each in follow(story) if isinstance(each, WritePlan)]
    assert [each.item for each in drafts] == ["ord-1/bracket", "ord-1/hook"]
    assert {each.status for each in drafts} == {"approved"}


def test_nothing_is_composed_while_a_plan_of_the_order_is_not_written(story: Story) -> None:
    first, second = (each.draft for each in follow(story) if isinstance(each, WritePlan))
    story.tell(plan_written(first, sha("first"), None))
    follow(story)
    assert story.state.plates == {}
    story.tell(plan_written(second, sha("second"), None))
    follow(story)
    placed = [each for plate in story.state.plates.values() for each in plate.composed.placed]
    assert sorted(each.instance for each in placed) == [
        "ord-1/bracket#1", "ord-1/bracket#2", "ord-1/hook#1", "ord-1/hook#2"
    ]  # fmt: skip


def test_nothing_is_composed_while_a_plan_of_the_order_is_not_decided(story: Story) -> None:
    story.tell(decisions(decided_on(story))[0])
    [first] = [each.draft for each in decided_on(story) if isinstance(each, WritePlan)]
    story.tell(plan_written(first, sha("first"), None))
    kinds = {each.kind for each in decided_on(story) if isinstance(each, Record)}
    assert "decide-plan" in kinds
    assert "compose-plate" not in kinds


def test_the_same_commit_under_another_name_is_no_news(story: Story) -> None:
    follow(story)
    named = replace(WANTED, branch="c0ffee")
    actions = decide(named, story.state, looks("p-1"), NOW)
    assert "accept-revision" not in {each.kind for each in actions if isinstance(each, Record)}
    moved = replace(WANTED, commit="decade")
    actions = decide(moved, story.state, looks("p-1"), NOW)
    assert "accept-revision" in {each.kind for each in actions if isinstance(each, Record)}
