from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.slicing.prusaslicer.values import same, strings

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("asked", "echoed"),
    [
        ("0.20", "0.2"),
        ("25 %", "25%"),
        ("0x0, 250x0, 250x210, 0x210", "0x0,250x0,250x210,0x210"),
        ("1e3", "1000"),
        (".5", "0.5"),
        ("Prusament PLA", '"Prusament PLA"'),
        ('"a";"b c"', 'a;"b c"'),
        ('G28\\n; "home"', 'G28\\n; \\"home\\"'),
        ("grid", "grid"),
        ("", ""),
    ],
)
def test_two_ways_to_write_a_value_are_the_same(asked: str, echoed: str) -> None:
    assert same(asked, echoed)
    assert same(echoed, asked)


@pytest.mark.parametrize(
    ("asked", "echoed"),
    [
        ("205.4", "205"),
        ("80%", "80"),
        ("0.2", "0.3"),
        ("0.4,0.4", "0.4"),
        ("grid", "stars"),
        ("G28\\nM84", "G28\\nM83"),
        ("G28 ; home", "G28"),
        ("", "0"),
        ("1", ""),
        ("PLA", '"PETG"'),
        ('"a";"b"', '"a"'),
        ("0x0,1x1", "0x0,1,1"),
    ],
)
def test_what_means_something_else_is_not_the_same(asked: str, echoed: str) -> None:
    assert not same(asked, echoed)
    assert not same(echoed, asked)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_two_texts_compare_the_same_both_ways(one: str, other: str) -> None:
    assert same(one, one)
    assert same(one, other) == same(other, one)


def test_lists_of_texts_are_read_with_their_quotes() -> None:
    assert strings('"a;b"; c ;""') == ("a;b", "c", "")


def test_a_list_may_end_with_its_separator() -> None:
    assert strings("a;") == ("a", "")
    assert strings('"a;";') == ("a;", "")
    assert strings(";") == ("", "")
