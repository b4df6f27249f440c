"""What changed, and what it is held against."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from farmctl.ci.cases import Case, Pair, Slicer, Target, counts, dropped, in_use, pairs
from farmctl.model.documents.common import Version
from farmctl.model.documents.golden import CountsFor
from farmctl.model.documents.profile import Canary, Channels, Production, Profile
from tests.ci.cases import SHA, case, golden

pytestmark = pytest.mark.pure

PRODUCTION = {"pla": "1.0.0"}


def profile(channels: Channels, *versions: str, state: str = "released") -> Profile:
    said = {each: Version.model_validate({"sha256": SHA, "state": state}) for each in versions}
    return Profile(
        schema_="profile/v1",
        name="pla",
        program="prusaslicer",
        material="PLA",
        nozzle_mm=0.4,
        quality="standard",
        classes=("mini",),
        versions=said,
        channels=channels,
    )


RULING = Channels(production=Production(version="1.0.0"))


def test_production_canary_draft_and_what_is_new_count() -> None:
    both = Channels(
        production=Production(version="1.0.0"), canary=Canary(version="1.1.0", plates=1)
    )
    document = profile(both, "0.9.0", "1.0.0", "1.1.0", "1.2.0")
    found = in_use(document, has_draft=True, known=["0.9.0", "1.0.0", "1.1.0"])
    assert found == (
        Target("pla", "1.0.0", ("production",)),
        Target("pla", "1.1.0", ("canary",)),
        Target("pla", "1.2.0", ("new",)),
        Target("pla", "draft", ("draft",)),
    )


def test_a_version_that_is_new_and_in_production_counts_once() -> None:
    found = in_use(profile(RULING, "1.0.0"), has_draft=False)
    assert found == (Target("pla", "1.0.0", ("production", "new")),)


def test_what_is_retired_or_in_no_channel_does_not_count() -> None:
    assert in_use(profile(Channels(), "1.0.0", state="retired"), has_draft=False) == ()
    assert in_use(profile(Channels(), "1.0.0"), has_draft=False, known=["1.0.0"]) == ()
    nowhere = profile(Channels(production=Production(version="9.9.9")), "1.0.0")
    assert in_use(nowhere, has_draft=False, known=["1.0.0"]) == ()


@pytest.mark.parametrize(
    ("rule", "is_so"),
    [
        (CountsFor(), True),
        (CountsFor(profiles=("pla",)), True),
        (CountsFor(profiles=("petg",)), False),
        (CountsFor(materials=("PLA", "PETG"), qualities=("standard",), classes=("mini",)), True),
        (CountsFor(materials=("PETG",)), False),
        (CountsFor(qualities=("draft",)), False),
        (CountsFor(classes=("maxi",)), False),
    ],
)
def test_a_model_counts_where_all_that_it_names_fits(rule: CountsFor, is_so: bool) -> None:
    document = golden().model_copy(update={"counts_for": rule})
    assert counts(document, profile(RULING, "1.0.0"), "mini") is is_so


def found(before: list[Case], after: list[Case]) -> list[Pair]:
    return list(pairs(before, after, PRODUCTION))


def test_nothing_changed_is_nothing_to_slice() -> None:
    assert found([case()], [case()]) == []


def test_what_is_not_measured_any_more_is_said() -> None:
    ring, other = golden("ring"), {"profile": "petg"}
    old = [case(), case(model=ring), case(**other), case(model=ring, **other)]
    assert list(dropped(old, old)) == []
    assert list(dropped(old, [case(), case(**other)])) == ["golden model ring is gone"] * 2
    (said,) = dropped(old, [case(), case(**other), case(model=ring)])
    assert said == "golden model ring does not count for petg on mini any more"
    assert list(dropped(old, [case(), case(model=ring)])) == [], "a profile that left its channels"


def test_a_draft_is_held_against_production() -> None:
    (pair,) = found([case()], [case(), case("draft", "temperature = 225", ("draft",))])
    assert pair.after.target.version == "draft"
    assert pair.before == case()
    assert pair.because == ("pla@draft is new here",)


def test_a_draft_that_is_another_is_still_held_against_production() -> None:
    old = case("draft", "temperature = 220", ("draft",))
    new = case("draft", "temperature = 225", ("draft",))
    (pair,) = found([case(), old], [case(), new])
    assert (pair.before, pair.because) == (case(), ("the draft of pla is another",))
    assert found([case(), old], [case(), old]) == []


def test_a_promotion_is_held_against_what_was_in_production() -> None:
    canary = case("1.1.0", "temperature = 215", ("canary",))
    promoted = replace(canary, target=Target("pla", "1.1.0", ("production",)))
    (pair,) = found([case(), canary], [promoted])
    assert pair.before == case()
    assert pair.because == ("pla@1.1.0 comes into production",)


def test_another_class_or_slicer_is_held_against_the_same_version() -> None:
    other = case(settings="temperature = 211", class_version="1.1.0")
    (pair,) = found([case()], [other])
    assert (pair.before, pair.because) == (case(), ("class mini 1.0.0 → 1.1.0",))
    newer = Slicer("prusaslicer", "2.6.0", "linux-x86_64", f"sha256:{'2' * 64}")
    (pair,) = found([case()], [case(slicer=newer)])
    assert (pair.before, pair.because) == (case(), ("slicer 2.5.0 → 2.6.0",))


def test_another_golden_model_is_looked_at_with_every_version() -> None:
    other = golden(time_s={"range": "1..2"})
    (pair,) = found([case()], [case(model=other)])
    assert (pair.before, pair.because) == (case(), ("golden model cube is another",))


def test_a_new_profile_has_nothing_before_it() -> None:
    (pair,) = found([], [case(profile="abs")])
    assert pair.before is None


def test_what_could_not_be_made_before_and_can_now_has_changed() -> None:
    (pair,) = found([case(why_not="off the bed")], [case()])
    assert pair.before == case(why_not="off the bed")
    assert found([case(why_not="off the bed")], [case(why_not="off the bed")]) == []


def test_what_is_new_is_named() -> None:
    assert found([case()], [case(), case(model=golden("b"))])[0].because == (
        "golden model b is new",
    )
    assert found([case()], [case(printer_class="maxi")])[0].because == ("pla is for maxi now",)


def test_a_promotion_of_what_was_in_no_channel_says_so() -> None:
    (pair,) = found([case()], [case("1.1.0", "temperature = 215")])
    assert pair.before == case()
    assert pair.because == ("pla@1.1.0 comes into production",)


MODELS = [golden("a"), golden("b")]


@st.composite
def sides(draw: st.DrawFn) -> list[Case]:
    keys = st.tuples(
        st.sampled_from(["1.0.0", "1.1.0", "draft"]), st.sampled_from(["mini", "maxi"]),
        st.sampled_from(MODELS),
    )  # fmt: skip
    chosen = draw(st.dictionaries(keys.map(lambda k: (k[0], k[1], k[2].name)), st.integers(1, 3)))
    by_name = {each.name: each for each in MODELS}
    return [
        case(
            version, f"temperature = {heat}", ("canary",), printer_class=where, model=by_name[name]
        )
        for (version, where, name), heat in chosen.items()
    ]


@given(sides(), sides())
@settings(deadline=None, max_examples=200)
def test_exactly_what_is_not_as_it_was_is_a_pair(before: list[Case], after: list[Case]) -> None:
    old = {each.key: each for each in before}
    changed = {
        each.key for each in after if each.key not in old or old[each.key].makes != each.makes
    }
    got = found(before, after)
    assert {each.after.key for each in got} == changed
    assert [each.after.key for each in got] == sorted(changed)
    for pair in got:
        assert pair.because
        assert pair.before is None or pair.before in before
        assert pair.before is None or pair.before.key[2:] == pair.after.key[2:]
