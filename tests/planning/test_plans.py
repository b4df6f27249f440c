"""One build plan for each item: how it is made, on every class that can, and when it changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.ledger.state import State
from farmctl.model.desired import Desired, PlanAt
from farmctl.model.documents.plan import Plan
from farmctl.model.events.orders import OrderAmended
from farmctl.model.events.plans import ModelFinding, PlanWithdrawn, PlanWritten
from farmctl.model.ids import ItemKey
from farmctl.model.states import PlanStatus
from farmctl.planning.plan_text import PlanDraft, is_said_by, plan_document, plan_written
from farmctl.planning.plans import PlanProblem, Unchecked, plan_steps, size_as_laid
from tests.planning.made import (
    BRACKET,
    CUBE,
    ORDER,
    SLICER,
    Story,
    checked,
    desired,
    farm,
    item,
    order,
    printer_class,
    profile,
    row,
    sha,
    slicer,
)

pytestmark = pytest.mark.pure

BOTH = {
    "farm": farm(row("p-1"), row("e-1", "ender-220@1.0.0")),
    "classes": {
        "cube-200@1.0.0": printer_class(),
        "ender-220@1.0.0": printer_class("ender-220", bed_mm=[220.0, 220.0]),
    },
    "profiles": {"petg": profile(classes=["cube-200", "ender-220"])},
}


def _story(*items, **changes: Any) -> Story:
    return Story().open_order(order(*items)).tell(checked(**changes))


def _steps(story: Story, wanted: Desired | None = None) -> list[object]:
    return list(plan_steps(story.state, wanted or desired()))


def _only(story: Story, wanted: Desired | None = None) -> Any:
    (step,) = _steps(story, wanted)
    return step


def _in_git(draft: PlanDraft, **changes: Any) -> PlanAt:
    """Return the draft's document as git has it after it was written, or edited."""
    words = plan_document(draft)
    words.update(changes)
    return PlanAt(Plan.model_validate(words), sha(f"file {sorted(words.items())}"))


def _approved(draft: PlanDraft) -> PlanDraft:
    return replace(draft, status=PlanStatus.APPROVED, approved_by="policy/default")


def _wrote(story: Story, draft: PlanDraft, wanted: Desired) -> Desired:
    """Write a draft: the file in git, the fact in the ledger."""
    at = _in_git(draft)
    story.tell(plan_written(draft, at.sha256, "c0ffee"))
    return replace(wanted, plans={draft.item: at})


def test_a_new_item_gets_a_plan_with_a_way_for_each_class():
    draft = _only(_story(), desired(**BOTH))
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
    draft = _approved(_only(_story()))
    document = Plan.model_validate(plan_document(draft))
    assert is_said_by(document, draft)
    assert (document.key, document.revision, document.approved_by) == (BRACKET, 1, "policy/default")
    assert document.requires.size_mm == (40.0, 40.0, 20.0)
    fact = plan_written(draft, sha("file"))
    assert (fact.status, fact.variants, fact.size_um) == ("approved", draft.variants, draft.size_um)


def test_a_model_is_read_before_it_is_planned():
    step = _only(Story().open_order(order(item(model_path="models/b.stl"))))
    assert step == Unchecked(BRACKET, CUBE, "models/b.stl")


def test_a_model_that_fails_needs_a_person():
    finding = ModelFinding("not-watertight", "fail", "it has 3 holes")
    step = _only(_story(verdict="fail", findings=(finding,)))
    assert step == PlanProblem(BRACKET, "model-fails", "it has 3 holes")


def test_planning_twice_is_empty():
    story, wanted = _story(), desired()
    wanted = _wrote(story, _approved(_only(story, wanted)), wanted)
    assert _steps(story, wanted) == []


def test_a_draft_waits_for_a_yes_with_the_same_revision():
    story, wanted = _story(), desired()
    wanted = _wrote(story, _only(story, wanted), wanted)
    again = _only(story, wanted)
    assert (again.revision, again.is_new, again.status) == (1, False, PlanStatus.DRAFT)


def test_a_persons_yes_in_git_is_taken_note_of():
    story, wanted = _story(), desired()
    draft = _only(story, wanted)
    _wrote(story, draft, wanted)
    at = _in_git(draft, status="approved", approved_by="Ada")
    fact = _only(story, replace(wanted, plans={BRACKET: at}))
    assert isinstance(fact, PlanWritten)
    assert (fact.revision, fact.status, fact.approved_by) == (1, "approved", "Ada")
    assert fact.sha256 == at.sha256


def test_a_new_profile_version_makes_a_new_revision():
    story, wanted = _story(), desired()
    wanted = _wrote(story, _approved(_only(story, wanted)), wanted)
    versions = {each: {"sha256": "0" * 64, "state": "released"} for each in ("1.0.0", "1.1.0")}
    newer = profile(versions=versions, channels={"production": {"version": "1.1.0"}})
    draft = _only(story, replace(wanted, profiles={"petg": newer}))
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
    story, wanted = _story(), desired()
    wanted = _wrote(story, _approved(_only(story, wanted)), wanted)
    assert _only(story, replace(wanted, **changes)).revision == 2


def test_quantity_and_due_are_not_in_the_plan():
    story, wanted = _story(), desired()
    wanted = _wrote(story, _approved(_only(story, wanted)), wanted)
    story.tell(OrderAmended(ORDER, order(item(quantity=7), priority="urgent", blob="other")))
    assert _steps(story, wanted) == []


def test_what_a_person_chose_is_kept_from_revision_to_revision():
    story, wanted = _story(size_um=(80_000, 40_000, 20_000)), desired()
    draft = _approved(_only(story, wanted))
    _wrote(story, draft, wanted)
    turned = {"rotate_deg": [0, 0, 90], "chosen_by": "person", "why": "strength along x"}
    at = _in_git(draft, orientation=turned, supports="auto", overrides={"brim_width": 3})
    draft = _only(story, replace(wanted, plans={BRACKET: at}))
    assert draft.revision == 2
    assert draft.chosen.why == "strength along x"
    assert (draft.chosen.supports, draft.chosen.overrides) == ("auto", (("brim_width", 3),))
    assert draft.size_um == (40_000, 80_000, 20_000)
    assert plan_document(draft)["orientation"] == turned
    assert b"brim_width = 3" in draft.settings[draft.variants[0].settings]


def test_an_edit_that_leaves_the_words_right_still_makes_a_new_revision():
    story, wanted = _story(), desired()
    draft = _approved(_only(story, wanted))
    _wrote(story, draft, wanted)
    turned = {"rotate_deg": [0.0, 0.0, 180.0], "chosen_by": "person", "why": None}
    at = _in_git(draft, orientation=turned)
    again = _only(story, replace(wanted, plans={BRACKET: at}))
    assert (again.revision, again.size_um) == (2, draft.size_um)
    assert again.variants[0].digest != draft.variants[0].digest


def test_a_git_that_is_behind_the_ledger_is_not_written_again():
    story, wanted = _story(), desired()
    first = _approved(_only(story, wanted))
    old = _in_git(first)
    story.tell(plan_written(replace(first, revision=2), sha("newer"), "c0ffee"))
    assert _steps(story, wanted) == []
    assert _steps(story, replace(wanted, plans={BRACKET: old})) == []


def test_a_plan_in_git_that_the_ledger_never_saw_is_adopted():
    story, wanted = _story(), desired()
    at = _in_git(replace(_approved(_only(story, wanted)), revision=4))
    fact = _only(story, replace(wanted, plans={BRACKET: at}))
    assert isinstance(fact, PlanWritten)
    assert fact.revision == 4


def test_an_item_that_is_gone_loses_its_plan():
    story, wanted = _story(item(), item("lid", model=CUBE)), desired()
    for draft in _steps(story, wanted):
        story.tell(plan_written(_approved(draft), sha("file"), "c0ffee"))
    story.tell(OrderAmended(ORDER, order(item(), blob="other")))
    assert _steps(story) == [PlanWithdrawn(ItemKey("ord-1/lid"), "it is no longer ordered")]


def test_what_nothing_can_make_any_more_loses_its_plan_and_needs_a_person():
    story = _story().plan()
    steps = _steps(story, desired(profiles={}))
    why = "cube-200@1.0.0: no profile in production makes PETG, standard, 0.4 mm on cube-200"
    assert steps == [PlanWithdrawn(BRACKET, why), PlanProblem(BRACKET, "no-way-to-make", why)]


REFUSED = {
    "bed": ({"size_um": (201_000, 10_000, 10_000)}, {}, "201.0 × 10.0 mm is more than its bed"),
    "height": ({"size_um": (10_000, 10_000, 200_500)}, {}, "0.5 mm too tall"),
    "nozzle": (
        {},
        {"max_c": {"nozzle": 230.0, "bed": 120.0}},
        "the nozzle would be 240 °C, it stands 230",
    ),
    "heat": (
        {},
        {"max_c": {"nozzle": 300.0, "bed": 59.5}},
        "the bed would be 60 °C, it stands 59.5",
    ),
}


@pytest.mark.parametrize("why", list(REFUSED))
def test_a_class_that_cannot_carry_the_part_has_no_variant(why):
    model, of_class, text = REFUSED[why]
    wanted = desired(classes={"cube-200@1.0.0": printer_class(**of_class)})
    assert _only(_story(**model), wanted) == PlanProblem(
        BRACKET, "no-way-to-make", f"cube-200@1.0.0: {text}"
    )


def test_one_class_that_can_is_enough():
    model = {"size_um": (210_000, 10_000, 10_000)}
    draft = _only(_story(**model), desired(**BOTH))
    assert [each.printer_class for each in draft.variants] == ["ender-220@1.0.0"]


def test_room_for_a_skirt_is_counted():
    skirt = replace(printer_class(), settings=b"skirts = 1\nskirt_distance = 6\n")
    wanted = desired(classes={"cube-200@1.0.0": skirt})
    step = _only(_story(size_um=(190_000, 10_000, 10_000)), wanted)
    assert step.message == (
        "cube-200@1.0.0: 190.0 × 10.0 mm with 6.8 mm around it is more than its bed"
    )
    assert isinstance(_only(_story(size_um=(186_000, 10_000, 10_000)), wanted), PlanDraft)


def test_two_profiles_for_one_class_need_a_person_who_names_one():
    wanted = desired(profiles={"petg": profile(), "petg-2": profile("petg-2")})
    step = _only(_story(), wanted)
    assert step.kind == "no-way-to-make"
    assert "petg and petg-2 could make it" in step.message
    draft = _only(_story(item(profile="petg-2")), wanted)
    assert [(each.profile, each.channel) for each in draft.variants] == [("petg-2@1.0.0", "chosen")]


def test_each_nozzle_of_a_class_is_a_way_of_its_own():
    of_class = printer_class(nozzles_mm=[0.4, 0.6])
    wanted = desired(
        farm=farm(row("p-1", nozzle_mm=0.4), row("p-2", nozzle_mm=0.6), row("p-3")),
        classes={"cube-200@1.0.0": of_class},
        profiles={"petg": profile(), "petg-6": profile("petg-6", nozzle_mm=0.6)},
    )
    draft = _only(_story(), wanted)
    assert [(each.nozzle_um, each.profile) for each in draft.variants] == [
        (400, "petg@1.0.0"),
        (600, "petg-6@1.0.0"),
    ]


def _with_canary(printers: list[str]) -> Desired:
    versions = {each: {"sha256": "0" * 64, "state": "released"} for each in ("1.0.0", "1.1.0")}
    channels = {
        "production": {"version": "1.0.0"},
        "canary": {"version": "1.1.0", "printers": printers},
    }
    return desired(profiles={"petg": profile(versions=versions, channels=channels)})


@pytest.mark.parametrize(("printers", "count"), [(["p-1"], 2), ([], 2), (["elsewhere"], 1)])
def test_a_version_on_trial_stands_beside_production_where_it_is_tried(printers, count):
    draft = _only(_story(), _with_canary(printers))
    channels = [each.channel for each in draft.variants]
    assert channels == ["production", "canary"][:count]


def test_a_revoked_version_is_no_way_but_takes_no_plan_away():
    revoked = profile(versions={"1.0.0": {"sha256": "0" * 64, "state": "revoked"}})
    story = _story().plan()
    step = _only(story, desired(profiles={"petg": revoked}))
    assert step.message == "cube-200@1.0.0: petg@1.0.0 is revoked"


def test_without_a_slicer_for_this_machine_nothing_is_planned_and_nothing_withdrawn():
    step = _only(_story().plan(), desired(slicers={}))
    assert step.message.endswith("no slicer of cube-200@1.0.0 and petg is pinned for this machine")


def test_the_slicer_called_default_comes_first():
    other = replace(slicer(), name="alpha", digest=sha("alpha"))
    draft = _only(_story(), desired(slicers={"alpha": other, "default": slicer()}))
    assert draft.slicers == (("default", SLICER),)


def test_tags_that_a_person_asks_for_choose_the_classes():
    story, wanted = _story(), desired(**BOTH)
    draft = _approved(_only(story, wanted))
    requires = {**plan_document(draft)["requires"], "tags": ["enclosure"]}
    at = _in_git(draft, requires=requires)
    rows = farm(row("p-1"), row("e-1", "ender-220@1.0.0", tags=["enclosure"]))
    again = _only(story, replace(wanted, farm=rows, plans={BRACKET: at}))
    assert [each.printer_class for each in again.variants] == ["ender-220@1.0.0"]


def test_a_part_of_two_filaments_is_refused_by_name():
    step = _only(_story(item(filaments=("PETG/black", "PETG/red"))))
    assert step.message == "ord-1/bracket: parts of more than one filament are not made yet"


def test_an_override_the_slicer_does_not_know_needs_a_person():
    story, wanted = _story(), desired()
    draft = _approved(_only(story, wanted))
    at = _in_git(draft, overrides={"brim_widht": 3})
    step = _only(story, replace(wanted, plans={BRACKET: at}))
    assert "this part says what prusaslicer 2.5.0 does not know: brim_widht" in step.message


def test_only_open_orders_with_work_are_planned():
    story = _story()
    assert _steps(story, desired(stopped={ORDER: ("orders/ord-1.yaml:3:1 x",)})) == []
    none_wanted = Story().open_order(order(item(quantity=0))).tell(checked())
    assert _steps(none_wanted) == []
    held = _story()
    held.tell(_held())
    assert _steps(held) == []


def test_what_is_made_is_not_planned_again_when_a_profile_changes():
    story, wanted = _story(item(quantity=1)), desired()
    wanted = _wrote(story, _approved(_only(story, wanted)), wanted)
    story.printer("p-1").plate(1, "ord-1/bracket#1").sliced(1)
    changed = replace(wanted, slicers={"default": replace(slicer(), digest=sha("other"))})
    assert len(_steps(story, changed)) == 1
    story.print_it(1, "p-1")
    assert _steps(story, changed) == []


def _held():
    from farmctl.model.events.farm import OrderHeld

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

    story = _story(item(), item("lid"))
    wanted = desired(**BOTH)
    turned = replace(wanted, classes=shuffled(wanted.classes), profiles=shuffled(wanted.profiles))
    state = replace(story.state, items=shuffled(story.state.items))
    assert list(plan_steps(state, turned)) == _steps(story, wanted)


def test_the_state_is_not_changed_by_planning():
    story = _story()
    before = replace(story.state)
    _steps(story)
    assert story.state == before
    assert isinstance(story.state, State)
