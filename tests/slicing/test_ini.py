from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.slicing import ini

pytestmark = pytest.mark.pure

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp"))
    | st.sampled_from(' "\\;=#[]'),
    max_size=30,
).map(str.strip)


def codes(found: ini.Ini) -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in found.diagnostics]


@given(st.dictionaries(KEYS, VALUES))
def test_what_was_written_is_read_back_and_writes_the_same_bytes(values: dict[str, str]) -> None:
    raw = ini.write(values)
    found = ini.parse(raw, "x.ini")
    assert found.values == values
    assert not found.diagnostics
    assert ini.write(found.values) == raw


@given(st.binary(max_size=300))
def test_any_bytes_are_settings_or_diagnostics_with_a_line(raw: bytes) -> None:
    found = ini.parse(raw, "x.ini")
    assert all(1 <= each.line <= raw.count(b"\n") + 1 for each in found.diagnostics)


def test_keys_are_sorted_and_remarks_come_first() -> None:
    assert ini.write({"b": "2", "a": ""}, ("why",)) == b"# why\na =\nb = 2\n"


def test_escapes_and_signs_in_values_stay_as_they_are() -> None:
    raw = b'start_gcode = G28\\n;x = "y" [z]\\n\n'
    assert ini.parse(raw, "x").values == {"start_gcode": 'G28\\n;x = "y" [z]\\n'}


def test_windows_line_ends_and_a_byte_order_mark_are_no_part_of_values() -> None:
    assert ini.parse(b"\xef\xbb\xbfa = 1\r\nb=2\r\n", "x").values == {"a": "1", "b": "2"}


def test_a_doubled_key_is_an_error_at_the_second_line_and_the_first_value_stays() -> None:
    found = ini.parse(b"a = 1\n# c\na = 2\n", "x")
    assert codes(found) == [(3, "ini-duplicate")]
    assert "line 1" in found.diagnostics[0].message
    assert found.values == {"a": "1"}


@pytest.mark.parametrize("line", ["rubbish", "= 3", "a b = 3", "A = 3", "1a = 3", "a-b = 1"])
def test_a_line_that_is_no_setting_is_an_error(line: str) -> None:
    assert codes(ini.parse(f"a = 1\n{line}\n".encode(), "x")) == [(2, "ini-rubbish")]


def test_a_vendor_bundle_is_one_error_at_its_first_section_and_says_what_to_export() -> None:
    found = ini.parse(b"[vendor]\nname = X\n[print:A]\nlayer_height = 0.2\n", "bundle.ini")
    assert codes(found) == [(1, "ini-section")]
    assert "Export Config" in found.diagnostics[0].mend
    assert found.values == {}


@pytest.mark.parametrize("raw", [b"a = 1\nb = \xff\n", b"a = 1\nb = \x00\n", b"a = 1\n\x07\n"])
def test_bytes_that_are_no_text_are_named_with_their_line(raw: bytes) -> None:
    assert codes(ini.parse(raw, "x")) == [(2, "ini-not-text")]


@pytest.mark.parametrize(
    ("um", "text"),
    [(400, "0.4"), (1_000, "1"), (250, "0.25"), (1_234_567, "1234.567"), (200_000, "200")],
)
def test_lengths_are_written_without_needless_digits(um: int, text: str) -> None:
    assert ini.millimetres(um) == text
