"""Scripts: what a machine does, as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.gcode.commands import Heater
from farmctl.sim.script import Broken, Moves, NoScript, Notice, Script, Step, Stop, Target, Wait

pytestmark = pytest.mark.pure

words = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=9)
heaters = st.sampled_from(sorted(Heater))
steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(Moves, st.integers(0, 10**12), st.integers(-(10**6), 10**9)),
    st.builds(Target, heaters, st.integers(0, 400_000)),
    st.builds(Wait, heaters),
    st.builds(Stop, words),
    st.builds(Notice, words),
    st.builds(Broken, words),
)


@given(st.lists(steps))
def test_a_script_says_the_steps_it_was_made_of(made_of: list[Step]) -> None:
    assert Script.of(made_of).steps == tuple(made_of)


def test_it_reads_as_people_would_write_it() -> None:
    script = Script.of([Target(Heater.BED, 60_000), Wait(Heater.BED), Moves(5, 7), Stop("M600")])

    assert script.text == "target bed 60000\nwait bed\nmoves 5 7\nstop M600\n"
    assert script.moving_us == 5


def test_a_text_of_several_lines_stays_one_step() -> None:
    assert Script.of([Notice("a\nmoves 1 1")]).steps == (Notice("a moves 1 1"),)


@pytest.mark.parametrize(
    "line", ["moves", "moves 1", "moves 1 x", "target stove 1", "wait", "wait stove", "jump 3"]
)
def test_a_damaged_script_is_an_error_that_names_the_line(line: str) -> None:
    with pytest.raises(NoScript, match=f"`{line}`") as caught:
        _ = Script(f"moves 1 1\n{line}\n").steps
    assert caught.value.mend
