"""What people and documents say against work, in words."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.model.desired import Desired, SignedVersions
from farmctl.model.events import farm as said
from farmctl.model.events.orders import OrderAwaitsPayment
from farmctl.model.ids import OrderId, PlateId
from farmctl.planning.stops import plate_stops
from tests.planning.made import ORDER, Story, desired, order, printer_class, profile

pytestmark = pytest.mark.pure

REVOKED = {"1.0.0": {"sha256": "0" * 64, "state": "revoked"}}
RETIRED = {"1.0.0": {"sha256": "0" * 64, "state": "retired"}}


def _stops(story: Story, wanted: Desired | None = None) -> list[str]:
    record = story.plate(1, "ord-1/bracket#1").state.plates[PlateId("plate-1")]
    return list(plate_stops(story.state, wanted or desired(), record))


def test_nothing_speaks_against_an_open_order_and_released_versions():
    assert _stops(Story().open_order()) == []


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (said.OrderHeld(ORDER, "wait for Tom"), "ord-1 is held: wait for Tom"),
        (said.ProfileHeld("petg@1.0.0", "strings"), "petg@1.0.0 is held by ann: strings"),
        (OrderAwaitsPayment(ORDER), "ord-1 is awaiting payment"),
    ],
)
def test_what_people_said_stops_it(fact, text):
    assert _stops(Story().open_order().tell(fact, actor="ann")) == [text]


def test_a_hold_on_another_version_stops_nothing():
    assert _stops(Story().open_order().tell(said.ProfileHeld("petg@1.1.0", "x"))) == []


def test_a_revoked_version_stops_it_and_a_retired_one_does_not():
    story = Story().open_order()
    of_profile = desired(profiles={"petg": profile(versions=REVOKED)})
    assert _stops(story, of_profile) == ["petg@1.0.0 is revoked"]
    of_class = desired(classes={"cube-200@1.0.0": printer_class(versions=REVOKED)})
    assert _stops(story, of_class) == ["cube-200@1.0.0 is revoked"]
    retired = desired(
        profiles={"petg": profile(versions=RETIRED)},
        classes={"cube-200@1.0.0": printer_class(versions=RETIRED)},
    )
    assert _stops(story, retired) == []


def test_a_version_without_the_signature_that_policy_asks_for_stops_it():
    story = Story().open_order()
    why = {"petg@1.0.0": "is not signed, and policy asks for it"}
    unsigned = desired(signed=SignedVersions(why_not=why))
    assert _stops(story, unsigned) == ["petg@1.0.0 is not signed, and policy asks for it"]
    assert _stops(story, desired(signed=SignedVersions(by={"petg@1.0.0": "priya"}))) == []


def test_a_diagnostic_stops_it_with_its_place():
    wanted = desired(stopped={ORDER: ("orders/ord-1.yaml:3:1: not a quantity", "more")})
    assert _stops(Story().open_order(), wanted) == ["ord-1: orders/ord-1.yaml:3:1: not a quantity"]


def test_each_order_on_the_plate_is_asked():
    story = Story().open_order().open_order(order(order="ord-2"))
    story.tell(said.OrderHeld(OrderId("ord-2"), "x"))
    record = story.plate(1, "ord-1/bracket#1", "ord-2/bracket#1").state.plates[PlateId("plate-1")]
    assert list(plate_stops(story.state, desired(), record)) == ["ord-2 is held: x"]
    gone = replace(story.state, orders={})
    assert list(plate_stops(gone, desired(), record)) == ["ord-1 is closed", "ord-2 is closed"]
