"""The conditions that presets put on printers and prints, and the patterns in them."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.profiles.conditions import Unclear, holds
from farmctl.profiles.patterns import BadPattern, matches

pytestmark = pytest.mark.pure

MK3 = {
    "printer_model": "MK3S",
    "printer_notes": "Don't remove!\\nPRINTER_VENDOR_PRUSA3D\\nPRINTER_MODEL_MK3\\n",
    "nozzle_diameter": "0.4,0.6",
    "single_extruder_multi_material": "1",
    "num_extruders": "2",
    "layer_height": "0.20",
    "fill_density": "15%",
    "filament_type": "PLA;PETG",
    "printer_variant": "",
}


@pytest.mark.parametrize(
    "condition",
    [
        'printer_model=="MK3S"',
        'printer_model != "MINI"',
        'printer_model <> "MINI"',
        "nozzle_diameter[0]==0.4 and nozzle_diameter[1] == 0.60",
        "nozzle_diameter[7]==0.4",
        "nozzle_diameter[0]>=0.4 && nozzle_diameter[0]<=.4",
        "layer_height > 0.1 and layer_height < 0.3",
        "num_extruders>1",
        "num_extruders == nozzle_diameter[0] or num_extruders == 2",
        "single_extruder_multi_material",
        "! (printer_notes=~/.*MINI.*/ and single_extruder_multi_material)",
        "not (printer_notes=~/.*MINI.*/)",
        "printer_notes=~/.*PRINTER_VENDOR_PRUSA3D.*/ and printer_notes=~/.*MODEL_MK(2.5|3).*/",
        "printer_notes!~/.*PRINTER_MODEL_MK2[^\\.].*/",
        'filament_type[1]=="PETG"',
        'fill_density=="15%"',
        'printer_variant==""',
        "single_extruder_multi_material == true",
        'printer_model=="A" or printer_model=="MK3S" and num_extruders==2',
        "((num_extruders==2))",
        "-1 < 0",
        '"a" < "b"',
    ],
)
def test_true_conditions_hold_and_their_opposites_do_not(condition: str) -> None:
    assert holds(condition, MK3)
    assert not holds(f"!({condition})", MK3)


@pytest.mark.parametrize(
    ("condition", "why", "at"),
    [
        ("nozle_diameter[0]==0.4", "no setting is called `nozle_diameter`", 0),
        ("num_extruders==1 or wall==2", "no setting is called `wall`", 20),
        ("num_extruders==", "a value is missing", 15),
        ("num_extruders=1", "has no meaning here", 13),
        ("(num_extruders==1", "a `(` is not closed", 17),
        ("num_extruders==1)", "`)` has no meaning here", 16),
        ("num_extruders", "`2` is neither true nor false", 13),
        ("printer_model and num_extruders==1", "neither true nor false", 17),
        ("num_extruders=~/2/ and 1=~/1/", "only a text can match a pattern", 26),
        ("printer_model=~MK3", "a pattern between two `/` is missing", 15),
        ("printer_model=~/(MK3/", "cannot be read: a `(` is not closed", 15),
        ("fill_density > 10", "`15%` and `10` cannot be compared", 17),
        ("min(1,2)==1", "no setting is called `min`", 0),
        ("num_extruders+1==3", "has no meaning here", 13),
        ("", "a value is missing", 0),
        ("!" * 100 + "single_extruder_multi_material", "follow each other", 40),
        ("x" * 5001, "more than 5000 characters", 0),
    ],
)
def test_what_cannot_be_evaluated_is_said_with_its_place(condition: str, why: str, at: int) -> None:
    with pytest.raises(Unclear) as error:
        holds(condition, MK3)
    assert why in error.value.message
    assert error.value.at == at


NUMBERS = st.integers(-3, 3)
TEXTS = st.text("ab", max_size=2)
SIGNS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}
SETTINGS = {"one": "1", "two": "2.0", "some": "1,2,3", "text": "ab", "yes": "1"}
OPERANDS = st.one_of(
    NUMBERS.map(lambda n: (str(n), n)),
    st.sampled_from([("one", 1), ("two", 2), ("some[2]", 3), ("some[9]", 1)]),
)
WORDS = st.one_of(TEXTS.map(lambda t: (f'"{t}"', t)), st.just(("text", "ab")))


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[str, bool]:
    is_text = draw(st.booleans())
    sign = draw(st.sampled_from(sorted(SIGNS)))
    if is_text:
        literal = draw(TEXTS)
        (left, one), (right, other) = draw(WORDS), (f'"{literal}"', literal)
    else:
        (left, one), (right, other) = draw(OPERANDS), draw(OPERANDS)
    gap = draw(st.sampled_from(["", " "]))
    return f"{left}{gap}{sign}{gap}{right}", SIGNS[sign](one, other)


def _negated(pair: tuple[str, bool]) -> tuple[str, bool]:
    return f"not ({pair[0]})", not pair[1]


def _any_of_all(rows: list[list[tuple[str, bool]]]) -> tuple[str, bool]:
    """Without brackets: `and` binds closer than `or`."""
    text = " || ".join(" and ".join(text for text, _ in row) for row in rows)
    return text, any(all(value for _, value in row) for row in rows)


def _nested(inner: st.SearchStrategy[tuple[str, bool]]) -> st.SearchStrategy[tuple[str, bool]]:
    bracketed = inner.map(lambda pair: (f"({pair[0]})", pair[1]))
    rows = st.lists(st.lists(bracketed, min_size=1, max_size=3), min_size=1, max_size=3)
    return rows.map(_any_of_all) | inner.map(_negated)


@given(st.recursive(comparisons(), _nested, max_leaves=12))
def test_a_condition_means_what_it_is_made_of(pair: tuple[str, bool]) -> None:
    condition, value = pair
    assert holds(condition, SETTINGS) is value


PIECES = ["one", "yes", "text", "some[1]", "==", "=~", "/a/", "<", "!", "(", ")", " and ", "1", '"']


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=30))
def test_any_text_is_true_false_or_unclear(condition: str) -> None:
    try:
        holds(condition, SETTINGS)
    except Unclear as error:
        is_placed = 0 <= error.at <= len(condition)
        if not (error.message and is_placed):
            raise


def _closed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}"])),
        st.builds("{}{}".format, inner, inner),
    )


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c]", r"\.", r"\d", r"\W", ""]),
    _closed,
    max_leaves=6,
)


@given(PATTERNS, st.text("ab.1\n", max_size=8))
def test_a_pattern_matches_what_python_matches_whole(pattern: str, text: str) -> None:
    assert matches(pattern, text) is bool(re.fullmatch(pattern, text, re.DOTALL))


@given(st.text("ab()[]{}*+?|\\.^$-,12", max_size=12))
def test_any_pattern_is_read_or_refused(pattern: str) -> None:
    with suppress(BadPattern):
        matches(pattern, "ab")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+b", "a" * 5_000),
        ("(a|a)*b", "a" * 5_000),
        (".*a.*a.*a.*a.*a.*b", "a" * 3_000),
        ("((((a*)*)*)*)*b", "a" * 3_000),
    ],
)
def test_no_pattern_holds_the_program_up(pattern: str, text: str) -> None:
    assert not matches(pattern, text)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a", "a)", "[a", "*a", "a**", "a{x}", "a{2", "a{999}", "a{3,1}", r"\1", r"\bword\b",
        "(?=a)", "(?i)a", "a^b", "\\", "x" * 501, "(" * 50 + ")" * 50, "((a{99}){99}){99}",
    ],
)  # fmt: skip
def test_what_no_pattern_is_made_of_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        matches(pattern, "a")


def test_the_ends_of_a_pattern_may_be_marked() -> None:
    assert matches("^MK3.*$", "MK3S")
    assert matches(r"5\$", "5$")
    assert not matches("MK3", "MK3S")
