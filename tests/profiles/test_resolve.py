from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.model.desired import SignedVersions
from farmctl.model.documents.profile import Profile
from farmctl.profiles.resolve import (
    Blocked,
    Chosen,
    Need,
    NoProfile,
    ProfilePin,
    SeveralProfiles,
    Spot,
    Trial,
    resolve,
)

pytestmark = pytest.mark.pure

PETG = Need("PETG", "standard")
HERE = Spot("generic-250", 400)


def profile(name: str = "petg", **changed: Any) -> Profile:
    document: dict[str, Any] = {
        "schema": "profile/v1",
        "name": name,
        "program": "prusaslicer",
        "material": "PETG",
        "nozzle_mm": 0.4,
        "quality": "standard",
        "classes": ["voron-350", "generic-250"],
        "versions": {
            "1.8.2": {"sha256": "a" * 64, "state": "released"},
            "1.9.0": {"sha256": "b" * 64, "state": "released"},
            "1.0.0": {"sha256": "c" * 64, "state": "revoked"},
            "1.1.0": {"sha256": "d" * 64, "state": "retired"},
        },
        "channels": {"production": {"version": "1.8.2"}},
    }
    return Profile.model_validate({**document, **changed})


def channels(production: str | None, **canary: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"production": {"version": production}} if production else {}
    return found | ({"canary": canary} if canary else {})


def test_material_quality_nozzle_and_class_find_the_version_in_production() -> None:
    others = [
        profile("pla", material="PLA"),
        profile("fine", quality="fine"),
        profile("wide", nozzle_mm=0.6),
        profile("elsewhere", classes=["mk4"]),
        profile("unreleased", channels={}),
    ]
    found = resolve(PETG, HERE, [*others, profile()])
    assert found == Chosen(ProfilePin("petg", "1.8.2", "production"))
    assert str(found.pin) == "petg@1.8.2"


@pytest.mark.parametrize(
    ("need", "spot"),
    [
        (Need("ABS", "standard"), HERE),
        (Need("PETG", "fine"), HERE),
        (PETG, Spot("mk4", 400)),
        (PETG, Spot("generic-250", 600)),
        (Need("PETG", "standard", "other"), HERE),
        (Need("PETG", "standard", "petg"), Spot("mk4", 400)),
    ],
)
def test_no_profile_is_no_variant_and_nothing_falls_back(need: Need, spot: Spot) -> None:
    assert isinstance(resolve(need, spot, [profile()]), NoProfile)


def test_two_that_fit_are_a_persons_choice() -> None:
    two = [profile("b"), profile("a")]
    assert resolve(PETG, HERE, two) == SeveralProfiles(("a", "b"))
    named = resolve(Need("PETG", "standard", "b"), HERE, two)
    assert named == Chosen(ProfilePin("b", "1.8.2", "chosen"))


def test_a_named_profile_may_be_of_another_material_and_quality() -> None:
    found = resolve(Need("ABS", "fine", "petg"), HERE, [profile()])
    assert found == Chosen(ProfilePin("petg", "1.8.2", "chosen"))


def test_a_named_profile_without_production_is_none() -> None:
    found = resolve(Need("PETG", "standard", "petg"), HERE, [profile(channels={})])
    assert isinstance(found, NoProfile)
    assert "production" in found.why


@pytest.mark.parametrize(
    ("version", "stopped", "word"),
    [
        ("1.0.0", frozenset(), "revoked"),
        ("1.8.2", frozenset({"petg@1.8.2"}), "stopped"),
        ("9.9.9", frozenset(), "versions"),
    ],
)
def test_a_revoked_or_stopped_version_blocks(
    version: str, stopped: frozenset[str], word: str
) -> None:
    found = resolve(PETG, HERE, [profile(channels=channels(version))], stopped)
    assert isinstance(found, Blocked)
    assert found.pin.version == version
    assert word in found.why


def test_a_retired_version_stays_for_what_uses_it() -> None:
    retired, pin = profile(channels=channels("1.1.0")), ProfilePin("petg", "1.1.0", "production")
    assert resolve(PETG, HERE, [retired]) == Blocked(pin, "petg@1.1.0 is retired")
    keeps = Need("PETG", "standard", keeps=("petg@1.1.0",))
    assert resolve(keeps, HERE, [retired]) == Chosen(pin)


def test_where_signatures_matter_only_a_signed_version_is_taken() -> None:
    tried = profile(channels=channels("1.8.2", version="1.9.0"))
    signed = SignedVersions(by={"petg@1.8.2": "priya"}, why_not={"petg@1.9.0": "is not signed"})
    pin = ProfilePin("petg", "1.8.2", "production")
    assert resolve(PETG, HERE, [tried], signed=signed) == Chosen(pin)
    turned = SignedVersions(by={}, why_not={"petg@1.8.2": "is not signed"})
    assert resolve(PETG, HERE, [tried], signed=turned) == Blocked(pin, "petg@1.8.2 is not signed")


def test_a_version_that_nobody_looked_at_is_not_signed() -> None:
    found = resolve(PETG, HERE, [profile()], signed=SignedVersions())
    assert isinstance(found, Blocked)
    assert "nobody asked who signed it" in found.why


def test_a_canary_stands_beside_production_with_its_printers_and_plates() -> None:
    tried = profile(channels=channels("1.8.2", version="1.9.0", printers=["voron-1"], plates=3))
    found = resolve(PETG, HERE, [tried])
    trial = Trial(ProfilePin("petg", "1.9.0", "canary"), ("voron-1",), 3)
    assert found == Chosen(ProfilePin("petg", "1.8.2", "production"), trial)


@pytest.mark.parametrize("stopped", [frozenset({"petg@1.9.0"}), frozenset()])
def test_a_stopped_or_revoked_canary_is_not_tried(stopped: frozenset[str]) -> None:
    version = "1.9.0" if stopped else "1.0.0"
    tried = profile(channels=channels("1.8.2", version=version, printers=["voron-1"]))
    assert resolve(PETG, HERE, [tried], stopped) == Chosen(
        ProfilePin("petg", "1.8.2", "production")
    )


@given(st.permutations([profile("a"), profile("b", quality="fine"), profile("c", material="PLA")]))
def test_the_order_of_profiles_does_not_matter(profiles: list[Profile]) -> None:
    assert resolve(PETG, HERE, profiles) == Chosen(ProfilePin("a", "1.8.2", "production"))
