"""One build plan for each item: what it says, and when it changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.ledger.state import State
from farmctl.model.desired import SignedVersions
from farmctl.model.documents.plan import Plan
from farmctl.model.events.farm import OrderHeld
from farmctl.model.events.orders import OrderAmended
from farmctl.model.events.plans import ModelFinding, PlanWithdrawn, PlanWritten
from farmctl.model.ids import ItemKey
from farmctl.model.states import PlanStatus
from farmctl.planning.plan_text import is_said_by, plan_document, plan_written
from farmctl.planning.plans import PlanProblem, Unchecked, plan_steps, size_as_laid
from tests.planning.made import (
    BRACKET,
    CUBE,
    ORDER,
    SLICER,
    Story,
    checked,
    desired,
    item,
    order,
    printer_class,
    profile,
    sha,
    slicer,
)
from tests.planning.plan_steps import BOTH, approved, in_git, only, steps_of, story_of, wrote

pytestmark = pytest.mark.pure


def test_a_new_item_gets_a_plan_with_a_way_for_each_class():
    draft = only(story_of(), desired(**BOTH))
    assert (draft.item, draft.revision, draft.is_new) == (BRACKET, 1, True)
    assert draft.size_um == (40_000, 40_000, 20_000)
    ways = [(each.printer_class, each.profile, each.channel) for each in draft.variants]
    assert ways == [
        ("cube-200@1.0.0", "petg@1.0.0", "production"),
        ("ender-220@1.0.0", "petg@1.0.0", "production"),
    ]
    assert draft.slicers == (("default", SLICER),)
    assert set(draft.settings) == {each.settings for each in draft.variants}


def test_its_document_is_a_valid_plan_and_its_fact_says_the_same():
    draft = approved(only(story_of()))
    document = Plan.model_validate(plan_document(draft))
    assert is_said_by(document, draft)
    assert (document.key, document.revision, document.approved_by) == (BRACKET, 1, "policy/default")
    assert document.requires.size_mm == (40.0, 40.0, 20.0)
    fact = plan_written(draft, sha("file"))
    assert (fact.status, fact.variants, fact.size_um) == ("approved", draft.variants, draft.size_um)


def test_a_model_is_read_before_it_is_planned():
    step = only(Story().open_order(order(item(model_path="models/b.stl"))))
    assert step == Unchecked(BRACKET, CUBE, "models/b.stl")


def test_a_model_that_fails_needs_a_person():
    finding = ModelFinding("not-watertight", "fail", "it has 3 holes")
    step = only(story_of(verdict="fail", findings=(finding,)))
    assert step == PlanProblem(BRACKET, "model-fails", "it has 3 holes")


def test_planning_twice_is_empty():
    story, wanted = story_of(), desired()
    wanted = wrote(story, approved(only(story, wanted)), wanted)
    assert steps_of(story, wanted) == []


def test_a_draft_waits_for_a_yes_with_the_same_revision():
    story, wanted = story_of(), desired()
    wanted = wrote(story, only(story, wanted), wanted)
    again = only(story, wanted)
    assert (again.revision, again.is_new, again.status) == (1, False, PlanStatus.DRAFT)


def test_without_plans_in_git_a_draft_waits_in_the_ledger():
    story = story_of()
    draft = only(story)
    story.tell(plan_written(draft, sha("artifact")))
    again = only(story)
    assert (again.revision, again.is_new) == (1, False)
    story.tell(plan_written(approved(draft), sha("artifact")))
    assert steps_of(story) == []


def test_a_persons_yes_in_git_is_taken_note_of():
    story, wanted = story_of(), desired()
    draft = only(story, wanted)
    wrote(story, draft, wanted)
    at = in_git(draft, status="approved", approved_by="Ada")
    fact = only(story, replace(wanted, plans={BRACKET: at}))
    assert isinstance(fact, PlanWritten)
    assert (fact.revision, fact.status, fact.approved_by) == (1, "approved", "Ada")
    assert fact.sha256 == at.sha256


def test_a_new_profile_version_makes_a_new_revision():
    story, wanted = story_of(), desired()
    wanted = wrote(story, approved(only(story, wanted)), wanted)
    versions = {each: {"sha256": "0" * 64, "state": "released"} for each in ("1.0.0", "1.1.0")}
    newer = profile(versions=versions, channels={"production": {"version": "1.1.0"}})
    draft = only(story, replace(wanted, profiles={"petg": newer}))
    assert (draft.revision, draft.is_new, draft.status) == (2, True, PlanStatus.DRAFT)
    assert draft.variants[0].profile == "petg@1.1.0"


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": {"cube-200@1.0.0": replace(printer_class(), settings=b"skirts = 2\n")}},
        {"slicers": {"default": replace(slicer(), digest=sha("other slicer"))}},
        BOTH,
    ],
)
def test_whatever_changes_what_is_printed_makes_a_new_revision(changes):
    story, wanted = story_of(), desired()
    wanted = wrote(story, approved(only(story, wanted)), wanted)
    assert only(story, replace(wanted, **changes)).revision == 2


def test_quantity_and_due_are_not_in_the_plan():
    story, wanted = story_of(), desired()
    wanted = wrote(story, approved(only(story, wanted)), wanted)
    story.tell(OrderAmended(ORDER, order(item(quantity=7), priority="urgent", blob="other")))
    assert steps_of(story, wanted) == []


def test_what_a_person_chose_is_kept_from_revision_to_revision():
    story, wanted = story_of(size_um=(80_000, 40_000, 20_000)), desired()
    draft = approved(only(story, wanted))
    wrote(story, draft, wanted)
    turned = {"rotate_deg": [0, 0, 90], "chosen_by": "person", "why": "strength along x"}
    at = in_git(draft, orientation=turned, supports="auto", overrides={"brim_width": 3})
    draft = only(story, replace(wanted, plans={BRACKET: at}))
    assert draft.revision == 2
    assert draft.chosen.why == "strength along x"
    assert (draft.chosen.supports, draft.chosen.overrides) == ("auto", (("brim_width", 3),))
    assert draft.size_um == (40_000, 80_000, 20_000)
    assert plan_document(draft)["orientation"] == turned
    assert b"brim_width = 3" in draft.settings[draft.variants[0].settings]


def test_an_edit_that_leaves_the_words_right_still_makes_a_new_revision():
    story, wanted = story_of(), desired()
    draft = approved(only(story, wanted))
    wrote(story, draft, wanted)
    turned = {"rotate_deg": [0.0, 0.0, 180.0], "chosen_by": "person", "why": None}
    at = in_git(draft, orientation=turned)
    again = only(story, replace(wanted, plans={BRACKET: at}))
    assert (again.revision, again.size_um) == (2, draft.size_um)
    assert again.variants[0].digest != draft.variants[0].digest


def test_a_git_that_is_behind_the_ledger_is_not_written_again():
    story, wanted = story_of(), desired()
    first = approved(only(story, wanted))
    old = in_git(first)
    story.tell(plan_written(replace(first, revision=2), sha("newer"), "c0ffee"))
    assert steps_of(story, wanted) == []
    assert steps_of(story, replace(wanted, plans={BRACKET: old})) == []


def test_a_plan_in_git_that_the_ledger_never_saw_is_adopted():
    story, wanted = story_of(), desired()
    at = in_git(replace(approved(only(story, wanted)), revision=4))
    fact = only(story, replace(wanted, plans={BRACKET: at}))
    assert isinstance(fact, PlanWritten)
    assert fact.revision == 4


def test_an_item_that_is_gone_loses_its_plan():
    story, wanted = story_of(item(), item("lid", model=CUBE)), desired()
    for draft in steps_of(story, wanted):
        story.tell(plan_written(approved(draft), sha("file"), "c0ffee"))
    story.tell(OrderAmended(ORDER, order(item(), blob="other")))
    assert steps_of(story) == [PlanWithdrawn(ItemKey("ord-1/lid"), "it is no longer ordered")]


def test_what_nothing_can_make_any_more_loses_its_plan_and_needs_a_person():
    story = story_of().plan()
    steps = steps_of(story, desired(profiles={}))
    why = "cube-200@1.0.0: no profile in production makes PETG, standard, 0.4 mm on cube-200"
    assert steps == [PlanWithdrawn(BRACKET, why), PlanProblem(BRACKET, "no-way-to-make", why)]


def test_only_open_orders_with_work_are_planned():
    story = story_of()
    assert steps_of(story, desired(stopped={ORDER: ("orders/ord-1.yaml:3:1 x",)})) == []
    none_wanted = Story().open_order(order(item(quantity=0))).tell(checked())
    assert steps_of(none_wanted) == []
    held = story_of()
    held.tell(_held())
    assert steps_of(held) == []


def test_what_is_made_is_not_planned_again_when_a_profile_changes():
    story, wanted = story_of(item(quantity=1)), desired()
    wanted = wrote(story, approved(only(story, wanted)), wanted)
    story.printer("p-1").plate(1, "ord-1/bracket#1").sliced(1)
    changed = replace(wanted, slicers={"default": replace(slicer(), digest=sha("other"))})
    assert len(steps_of(story, changed)) == 1
    story.print_it(1, "p-1")
    assert steps_of(story, changed) == []


def _held():
    return OrderHeld(ORDER, "wait")


@pytest.mark.parametrize(
    ("rotate", "size"),
    [
        ((0, 0, 0), (80, 60, 22)),
        ((0, 0, 90_000), (60, 80, 22)),
        ((90_000, 0, 0), (80, 22, 60)),
        ((0, 90_000, 0), (22, 60, 80)),
        ((0, 0, 45_000), (99, 99, 22)),
        ((0, 0, -90_000), (60, 80, 22)),
    ],
)
def test_a_turned_part_needs_the_room_of_its_turned_box(rotate, size):
    found = size_as_laid((80_000, 60_000, 22_000), rotate)
    assert tuple(-(-each // 1000) for each in found) == size


@given(st.randoms(use_true_random=False))
def test_plans_are_the_same_in_any_order_of_the_documents(shuffle):
    def shuffled(table):
        rows = list(table.items())
        shuffle.shuffle(rows)
        return dict(rows)

    story = story_of(item(), item("lid"))
    wanted = desired(**BOTH)
    turned = replace(wanted, classes=shuffled(wanted.classes), profiles=shuffled(wanted.profiles))
    state = replace(story.state, items=shuffled(story.state.items))
    assert list(plan_steps(state, turned)) == steps_of(story, wanted)


def test_the_state_is_not_changed_by_planning():
    story = story_of()
    before = replace(story.state)
    steps_of(story)
    assert story.state == before
    assert isinstance(story.state, State)


RETIRED = {"petg": profile(versions={"1.0.0": {"sha256": "0" * 64, "state": "retired"}})}


def test_a_retired_version_is_in_no_new_plan():
    step = only(story_of(), desired(profiles=RETIRED))
    why = "cube-200@1.0.0: petg@1.0.0 is retired"
    assert step == PlanProblem(BRACKET, "no-way-to-make", why)


def test_a_plan_stays_with_a_version_that_was_retired_since():
    story, wanted = story_of(), desired()
    wanted = wrote(story, approved(only(story, wanted)), wanted)
    assert steps_of(story, replace(wanted, profiles=RETIRED)) == []


def test_an_unsigned_version_is_in_no_plan_where_policy_asks_for_a_signature():
    signed = SignedVersions(why_not={"petg@1.0.0": "is not signed, and policy asks for it"})
    step = only(story_of(), desired(signed=signed))
    why = "cube-200@1.0.0: petg@1.0.0 is not signed, and policy asks for it"
    assert step == PlanProblem(BRACKET, "no-way-to-make", why)
