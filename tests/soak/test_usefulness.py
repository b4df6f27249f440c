"""Safe is not yet useful: protocols that do nothing, or leave all to people, do not pass."""

from __future__ import annotations

import pytest

from farmctl.soak.asked import Seed
from farmctl.soak.gates import gates
from farmctl.soak.play import perform
from farmctl.soak.report import Played, Report, taken_in
from tests.soak.bad_protocols import AlwaysAsking, Around, NeverStarting

pytestmark = pytest.mark.pure
A_WHILE_S = 7200.0


def missed(bad: type[Around], seed: Seed) -> set[str]:
    """Which gates one play fails already."""
    report = taken_in(Report(), Played(seed, perform(seed, bad, A_WHILE_S)))
    return {each.name for each in gates(report, is_whole=False) if each.fails}


@pytest.mark.parametrize("faults", [(), ("reply lost",)], ids=["quiet", "storm"])
def test_who_never_starts_fulfils_no_order(faults: tuple[str, ...]) -> None:
    word = "on" if faults else "off"
    found = missed(NeverStarting, Seed(0, faults, ("moonraker",)))
    assert f"faults {word}: orders fulfilled" in found


def test_who_always_asks_hands_runs_to_people() -> None:
    found = missed(AlwaysAsking, Seed(0, (), ("moonraker",)))
    assert "faults off: handed to a person" in found
