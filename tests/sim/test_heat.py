"""How virtual heaters warm and cool."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.gcode.commands import Heater
from farmctl.sim.heat import ROOM_MC, Ramp

pytestmark = pytest.mark.pure

SECOND_US = 1_000_000


def test_a_nozzle_takes_its_time_to_warm_and_longer_to_cool() -> None:
    hot = Ramp(Heater.NOZZLE).towards(215_000, 0)

    assert hot.arrives_us == 76 * SECOND_US
    assert [hot.at(s * SECOND_US) for s in (0, 10, 76, 500)] == [25_000, 50_000, 215_000, 215_000]
    off = hot.towards(0, 100 * SECOND_US)
    assert off.arrives_us == (100 + 190) * SECOND_US
    assert off.at(110 * SECOND_US) == 205_000
    assert off.at(10_000 * SECOND_US) == ROOM_MC


def test_a_bed_is_slower_than_a_nozzle() -> None:
    assert Ramp(Heater.BED).towards(60_000, 0).arrives_us == 70 * SECOND_US


def test_a_new_target_goes_on_from_where_the_heater_is() -> None:
    warm = Ramp(Heater.NOZZLE).towards(215_000, 0).towards(100_000, 40 * SECOND_US)

    assert warm.at(40 * SECOND_US) == 125_000
    assert warm.arrives_us == 65 * SECOND_US


@given(
    target_mc=st.integers(0, 300_000),
    now_us=st.integers(0, 10**9),
    heater=st.sampled_from(sorted(Heater)),
)
def test_it_is_never_outside_of_its_way_and_arrives_when_it_says(
    target_mc: int, now_us: int, heater: Heater
) -> None:
    ramp = Ramp(heater).towards(target_mc, 0)

    assert ROOM_MC <= ramp.at(now_us) <= max(ROOM_MC, target_mc)
    assert ramp.at(ramp.arrives_us) == ramp.goal_mc
    if ramp.arrives_us:
        assert ramp.at(ramp.arrives_us - 1) != ramp.goal_mc
