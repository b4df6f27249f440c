"""The ways to make a part: one for each class and nozzle that can, and why not the others."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.model.desired import Desired
from farmctl.planning.plan_text import PlanDraft, plan_document
from farmctl.planning.plans import PlanProblem
from tests.planning.made import (
    BRACKET,
    SLICER,
    desired,
    farm,
    item,
    printer_class,
    profile,
    row,
    sha,
    slicer,
)
from tests.planning.plan_steps import BOTH, approved, in_git, only, story_of

pytestmark = pytest.mark.pure

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
    assert only(story_of(**model), wanted) == PlanProblem(
        BRACKET, "no-way-to-make", f"cube-200@1.0.0: {text}"
    )


def test_a_part_may_be_as_high_and_wide_as_the_class_reaches():
    draft = only(story_of(size_um=(200_000, 200_000, 200_000)))
    assert len(draft.variants) == 1


def test_one_class_that_can_is_enough():
    model = {"size_um": (210_000, 10_000, 10_000)}
    draft = only(story_of(**model), desired(**BOTH))
    assert [each.printer_class for each in draft.variants] == ["ender-220@1.0.0"]


def test_room_for_a_skirt_is_counted():
    skirt = replace(printer_class(), settings=b"skirts = 1\nskirt_distance = 6\n")
    wanted = desired(classes={"cube-200@1.0.0": skirt})
    step = only(story_of(size_um=(190_000, 10_000, 10_000)), wanted)
    assert step.message == (
        "cube-200@1.0.0: 190.0 × 10.0 mm with 6.8 mm around it is more than its bed"
    )
    assert isinstance(only(story_of(size_um=(186_000, 10_000, 10_000)), wanted), PlanDraft)


def test_two_profiles_for_one_class_need_a_person_who_names_one():
    wanted = desired(profiles={"petg": profile(), "petg-2": profile("petg-2")})
    step = only(story_of(), wanted)
    assert step.kind == "no-way-to-make"
    assert "petg and petg-2 could make it" in step.message
    draft = only(story_of(item(profile="petg-2")), wanted)
    assert [(each.profile, each.channel) for each in draft.variants] == [("petg-2@1.0.0", "chosen")]


def test_each_nozzle_of_a_class_is_a_way_of_its_own():
    of_class = printer_class(nozzles_mm=[0.4, 0.6])
    wanted = desired(
        farm=farm(row("p-1", nozzle_mm=0.4), row("p-2", nozzle_mm=0.6), row("p-3")),
        classes={"cube-200@1.0.0": of_class},
        profiles={"petg": profile(), "petg-6": profile("petg-6", nozzle_mm=0.6)},
    )
    draft = only(story_of(), wanted)
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
    draft = only(story_of(), _with_canary(printers))
    channels = [each.channel for each in draft.variants]
    assert channels == ["production", "canary"][:count]


def test_a_revoked_version_is_no_way_but_takes_no_plan_away():
    revoked = profile(versions={"1.0.0": {"sha256": "0" * 64, "state": "revoked"}})
    story = story_of().plan()
    step = only(story, desired(profiles={"petg": revoked}))
    assert step.message == "cube-200@1.0.0: petg@1.0.0 is revoked"


def test_without_a_slicer_for_this_machine_nothing_is_planned_and_nothing_withdrawn():
    step = only(story_of().plan(), desired(slicers={}))
    assert step.message.endswith("no slicer of cube-200@1.0.0 and petg is pinned for this machine")


def test_the_slicer_called_default_comes_first():
    other = replace(slicer(), name="alpha", digest=sha("alpha"))
    draft = only(story_of(), desired(slicers={"alpha": other, "default": slicer()}))
    assert draft.slicers == (("default", SLICER),)


def test_tags_that_a_person_asks_for_choose_the_classes():
    story, wanted = story_of(), desired(**BOTH)
    draft = approved(only(story, wanted))
    requires = {**plan_document(draft)["requires"], "tags": ["enclosure"]}
    at = in_git(draft, requires=requires)
    rows = farm(row("p-1"), row("e-1", "ender-220@1.0.0", tags=["enclosure"]))
    again = only(story, replace(wanted, farm=rows, plans={BRACKET: at}))
    assert [each.printer_class for each in again.variants] == ["ender-220@1.0.0"]


def test_a_part_of_two_filaments_is_refused_by_name():
    step = only(story_of(item(filaments=("PETG/black", "PETG/red"))))
    assert step.message == "ord-1/bracket: parts of more than one filament are not made yet"


def test_an_override_the_slicer_does_not_know_needs_a_person():
    story, wanted = story_of(), desired()
    draft = approved(only(story, wanted))
    at = in_git(draft, overrides={"brim_widht": 3})
    step = only(story, replace(wanted, plans={BRACKET: at}))
    assert "the plan's overrides: prusaslicer 2.5.0 has no setting `brim_widht`" in step.message
