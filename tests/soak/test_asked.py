"""What can be asked of a soak, and what is said of what cannot be meant."""

from __future__ import annotations

import shlex

import pytest

from farmctl.errors import UsageError
from farmctl.soak.asked import Asked, Seed, faults_of, kinds_of, plays, seeds_of
from farmctl.soak.faults import FAULTS
from farmctl.soak.kinds import KINDS

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "seeds"), [("0..3", range(3)), ("7..8", range(7, 8)), ("17", range(17, 18))]
)
def test_seeds_are_from_the_first_up_to_the_last(text: str, seeds: range) -> None:
    assert seeds_of(text) == seeds


@pytest.mark.parametrize("text", ["", "a..b", "-1..3", "3..", "0...3", "1.5", "5..5", "5..3"])
def test_what_names_no_seeds_is_said_with_what_does(text: str) -> None:
    with pytest.raises(UsageError) as found:
        seeds_of(text)
    assert "0..500" in found.value.mend


def test_faults_come_in_the_order_in_which_they_are_known() -> None:
    assert faults_of("reply lost, request lost") == ("request lost", "reply lost")
    assert faults_of(None) == tuple(FAULTS)
    assert faults_of("none") == ()


def test_an_unknown_fault_or_kind_is_said_with_a_close_one() -> None:
    with pytest.raises(UsageError, match="no fault `repply lost`") as fault:
        faults_of("repply lost")
    assert fault.value.mend == "did you mean `reply lost`?"
    with pytest.raises(UsageError, match="no kind of machine `moonracker`") as kind:
        kinds_of("moonracker")
    assert kind.value.mend == "did you mean `moonraker`?"


def test_a_soak_is_whole_with_every_fault_and_every_kind() -> None:
    assert Asked(range(1)).is_whole
    assert not Asked(range(1), faults=faults_of("reply lost")).is_whole
    assert not Asked(range(1), kinds=()).is_whole


def test_a_play_says_what_plays_it_again() -> None:
    assert Seed(17).command == "farmctl sim soak --seeds 17..18"
    seed = Seed(3, ("request lost", "reply lost"), ("moonraker",), 2)
    words = shlex.split(seed.command)
    assert faults_of(words[words.index("--faults") + 1]) == seed.faults
    assert words[-2:] == ["--printers", "2"]
    assert Seed(3, ()).command == "farmctl sim soak --seeds 3..4 --faults none"
    assert ("--kind" in words) == (tuple(KINDS) != ("moonraker",))


def test_every_seed_is_played_with_what_was_asked_for() -> None:
    asked = Asked(range(4, 6), ("reply lost",), ("moonraker",), 3)
    assert list(plays(asked)) == [
        Seed(4, ("reply lost",), ("moonraker",), 3),
        Seed(5, ("reply lost",), ("moonraker",), 3),
    ]
