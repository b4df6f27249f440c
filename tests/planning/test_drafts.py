"""A profile's draft: no printer gets it that is neither virtual nor named, and no other order."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.model.desired import Desired, SignedVersions
from farmctl.model.drafts import Choice, as_text, choice_of
from farmctl.model.events.orders import OrderAmended
from farmctl.model.events.runs import RunQueued
from farmctl.model.ids import PlateId, PrinterName, RunId
from farmctl.planning.assign import assign
from farmctl.planning.drafts import entrusted
from farmctl.planning.machines import Around
from farmctl.planning.plan_text import PlanDraft, plan_document
from farmctl.planning.plans import PlanProblem
from farmctl.planning.reasons import Code
from farmctl.planning.variants import NOBODY
from farmctl.policy.context import plate_context
from farmctl.profiles.resolve import Blocked, Chosen, Need, ProfilePin, Spot, resolve
from tests.planning.composing import compose_now, plan_all, planned, put_on_plates, stale_now
from tests.planning.made import (
    BRACKET,
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
from tests.planning.plan_steps import only

pytestmark = pytest.mark.pure

DRIVERS = {"p-1": "moonraker", "p-2": "virtual", "p-3": "moonraker", "p-4": "virtual"}
SOFTER = b"temperature = 230\n"


def farm_of(raw: bytes = SOFTER, **drivers: str) -> Desired:
    """Return a farm of these printers with a draft of petg that is hotter or softer."""
    at = profile()
    rows = [
        row(name.replace("_", "-"), driver=driver, **_address(driver))
        for name, driver in (drivers or DRIVERS).items()
    ]
    return desired(
        farm=farm(*rows), profiles={"petg": replace(at, settings={**at.settings, "draft": raw})}
    )


def _address(driver: str) -> dict[str, str]:
    return {} if driver == "virtual" else {"url": "http://printer"}


def asks(*printers: str, quantity: int = 6, profile: str = "petg@draft", **changes: Any):
    wish = as_text(profile, printers)
    return order(item(quantity=quantity, profile=wish), **changes)


def takers(story: Story, wanted: Desired) -> dict[PlateId, PrinterName]:
    around = Around(story.state, wanted, looks(*story.state.printers), NOW)
    return dict(assign(around, list(story.state.plates)).chosen)


# -- which version ---------------------------------------------------------------------------------


def test_a_choice_is_one_text_of_the_ledger():
    for text, choice in {
        None: Choice(None),
        "petg": Choice("petg"),
        "petg@draft": Choice("petg@draft"),
        "petg@draft on p-1, p-3": Choice("petg@draft", ("p-1", "p-3")),
    }.items():
        assert choice_of(text) == choice
        assert as_text(choice.profile, choice.printers) == text
    assert as_text("petg@draft", ["p-3", "p-1", "p-3"]) == "petg@draft on p-1, p-3"


def test_only_who_names_a_draft_gets_it():
    documents, spot = [profile().document], Spot("cube-200", 400)
    draft = Need("PETG", "standard", "petg@draft")
    assert resolve(draft, spot, documents) == Chosen(ProfilePin("petg", "draft", "chosen"))
    for need in (Need("PETG", "standard"), Need("PETG", "standard", "petg")):
        found = resolve(need, spot, documents)
        assert isinstance(found, Chosen)
        assert found.pin.version == "1.0.0"
    stopped = resolve(draft, spot, documents, frozenset({"petg@draft"}))
    assert isinstance(stopped, Blocked)


def test_a_draft_needs_no_version_in_production_and_tries_no_canary():
    nothing = profile(channels={}).document
    canary = profile(channels={"canary": {"version": "1.0.0"}}).document
    for document in (nothing, canary):
        found = resolve(Need("PETG", "standard", "petg@draft"), Spot("cube-200", 400), [document])
        assert found == Chosen(ProfilePin("petg", "draft", "chosen"))


def test_a_policy_that_asks_for_signatures_lets_no_draft_be_made():
    wanted = replace(farm_of(), signed=SignedVersions())
    problem = only(Story().open_order(asks()).tell(checked()), wanted)
    assert isinstance(problem, PlanProblem)
    assert "petg@draft is a draft, and the policy asks for signed versions" in problem.message


# -- plans -----------------------------------------------------------------------------------------


def test_a_plan_pins_the_draft_and_its_settings_and_another_draft_is_another_revision():
    story = Story().open_order(asks()).tell(checked())
    drafts = [only(story, farm_of(raw)) for raw in (SOFTER, b"temperature = 245\n")]
    assert all(isinstance(each, PlanDraft) for each in drafts)
    first, second = (each.variants[0] for each in drafts)
    assert {first.profile, second.profile} == {"petg@draft"}
    assert first.settings != second.settings
    assert first.digest != second.digest
    assert b"temperature = 230\n" in drafts[0].settings[first.settings]
    assert plan_document(drafts[0])["variants"][0]["profile"] == "petg@draft"


def test_a_draft_that_changed_drops_the_plates_that_were_made_with_the_one_before():
    before, after = farm_of(), farm_of(b"temperature = 245\n")
    story = put_on_plates(planned(asks(), wanted=before).printer("p-2"), before)
    assert not stale_now(story, before)
    revised = plan_all(story, after)
    assert {each.why for each in stale_now(revised, after)} == {
        "ord-1/bracket@2 is made another way"
    }


def test_classes_of_printers_that_may_not_print_it_get_no_variant():
    wanted = replace(
        farm_of(),
        classes={
            "cube-200@1.0.0": printer_class(),
            "cube-300@1.0.0": printer_class("cube-300"),
        },
        farm=farm(
            row("p-1", driver="virtual"),
            row("p-9", "cube-300@1.0.0", driver="moonraker", url="http://p-9"),
        ),
    )
    at = profile(classes=["cube-200", "cube-300"])
    wanted = replace(
        wanted, profiles={"petg": replace(at, settings={**at.settings, "draft": SOFTER})}
    )
    for named, classes in {(): ["cube-200@1.0.0"], ("p-9",): ["cube-300@1.0.0"]}.items():
        draft = only(Story().open_order(asks(*named)).tell(checked()), wanted)
        assert [each.printer_class for each in draft.variants] == classes


def test_where_nobody_may_print_it_the_item_says_why():
    problem = only(Story().open_order(asks()).tell(checked()), farm_of(p_1="moonraker"))
    assert isinstance(problem, PlanProblem)
    assert problem.message == f"petg@draft: {NOBODY}"


def test_a_draft_that_is_not_there_is_not_made_with_something_else():
    wanted = replace(farm_of(), profiles={"petg": profile()})
    problem = only(Story().open_order(asks()).tell(checked()), wanted)
    assert isinstance(problem, PlanProblem)
    assert "the settings of petg@draft are missing" in problem.message


# -- printers --------------------------------------------------------------------------------------


def test_a_draft_goes_to_virtual_printers_or_to_those_that_the_order_names():
    wanted = farm_of()
    for named, fit in {
        (): {"p-2", "p-4"},
        ("p-1",): {"p-1"},
        ("p-1", "p-2"): {"p-1", "p-2"},
    }.items():
        assert {*entrusted(wanted, named)} == fit
        story = planned(asks(*named), wanted=wanted)
        for name in DRIVERS:
            story.printer(name)
        assert {*takers(put_on_plates(story, wanted), wanted).values()} == fit
    assert entrusted(wanted, ["p-9"]) == (), "one that is gone is not made up for by another"


def test_the_others_say_why_they_do_not_get_it():
    wanted = farm_of(p_1="moonraker", p_2="virtual")
    story = put_on_plates(planned(asks(), wanted=wanted).printer("p-1"), wanted)
    around = Around(story.state, wanted, looks("p-1"), NOW)
    assignment = assign(around, list(story.state.plates))
    assert not assignment.chosen
    (reason,) = (each.reason for each in assignment.not_chosen(next(iter(story.state.plates))))
    assert (reason.code, reason.text) == (Code.DRAFT, "the draft is for p-2 alone")


def test_orders_that_name_different_printers_share_no_plate():
    wanted = farm_of()
    texts = [asks(*named, order=f"ord-{n}") for n, named in enumerate([("p-1",), ("p-3",), ()], 1)]
    story = planned(*texts, wanted=wanted)
    for each in compose_now(story, wanted):
        assert len({placed.instance.split("/")[0] for placed in each.placed}) == 1


def queued(*named: str, on: str) -> tuple[Story, Desired]:
    """Return a plate with a draft that was given to a printer and is not begun."""
    wanted = farm_of()
    story = put_on_plates(planned(asks(*named, quantity=1), wanted=wanted).printer(on), wanted)
    story.sliced(1)
    run, plate = RunId("run-1"), PlateId("plate-1")
    digest = sha("gcode")
    fact = RunQueued(run, plate, PrinterName(on), digest, digest, "dec-1", NOW)
    return story.tell(fact), wanted


def test_a_plate_is_taken_from_a_printer_that_may_not_print_it_any_more():
    story, wanted = queued("p-1", on="p-1")
    assert not stale_now(story, wanted)
    story.tell(OrderAmended(BRACKET.split("/")[0], asks("p-3", quantity=1)))
    (void,) = stale_now(story, wanted)
    assert void.why == "petg@draft is not for p-1 any more"


def test_a_virtual_printer_that_becomes_a_machine_loses_the_plate():
    story, wanted = queued(on="p-2")
    assert not stale_now(story, wanted)
    turned = farm_of(**{**{k.replace("-", "_"): v for k, v in DRIVERS.items()}, "p_2": "moonraker"})
    assert [each.why for each in stale_now(story, turned)] == ["petg@draft is not for p-2 any more"]


def test_an_order_that_asks_for_no_draft_any_more_opens_no_printer_to_its_plate():
    story, wanted = queued("p-1", on="p-1")
    story.tell(OrderAmended(BRACKET.split("/")[0], order(item(quantity=1, profile="petg"))))
    assert [each.why for each in stale_now(story, wanted)] == ["petg@draft is not for p-1 any more"]


def test_a_policy_hears_of_a_draft_as_new_however_often_it_was_good():
    wanted = farm_of()
    story = put_on_plates(planned(asks(quantity=1), wanted=wanted).printer("p-2"), wanted)
    story.sliced(1).complete(1, "p-2").judge(1, "success", "ord-1/bracket#1")
    assert any(each.startswith("petg@draft ") for each in story.state.proven)
    assert not any(each.startswith("petg@1.0.0") for each in story.state.proven)
    plate = story.state.plates[PlateId("plate-1")]
    assert plate_context(story.state, plate, NOW).profile_is_new


names = st.sampled_from([*DRIVERS])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sets(names, max_size=2), min_size=1, max_size=3),
    st.sets(names, min_size=1),
    st.sets(names),
    st.booleans(),
)
def test_no_printer_ever_gets_a_draft_that_is_neither_virtual_nor_named(
    named: list[set[str]], there: Collection[str], turned: Collection[str], is_amended: bool
) -> None:
    """Also not after printers changed their driver, or the order names others, beneath a plate."""
    wanted = farm_of()
    texts = [asks(*each, order=f"ord-{n}") for n, each in enumerate(named, 1)]
    texts.append(order(item(quantity=3), order="ord-9"))
    story = planned(*texts, wanted=wanted)
    for name in sorted(there):
        story.printer(name)
    put_on_plates(story, wanted)
    drivers = {n: "moonraker" if n in turned else driver for n, driver in DRIVERS.items()}
    now = farm_of(**{name.replace("-", "_"): driver for name, driver in drivers.items()})
    wishes = {f"ord-{n}": each for n, each in enumerate(named, 1)}
    if is_amended:
        wishes["ord-1"] = {"p-3"}
        story.tell(OrderAmended(texts[0].order, asks("p-3")))
    for plate, printer in takers(story, now).items():
        composed = story.state.plates[plate].composed
        if composed.profile != "petg@draft":
            continue
        for placed in composed.placed:
            wish = wishes[placed.instance.split("/")[0]]
            assert printer in wish if wish else drivers[printer] == "virtual"
    for each in compose_now(story, now):
        is_of_draft = {placed.instance.split("/")[0] in wishes for placed in each.placed}
        assert is_of_draft == {each.profile == "petg@draft"}
