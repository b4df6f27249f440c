"""Bundles of presets: sections, inheritance, and everything that can be wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.profiles.bundle import (
    Bundle,
    PresetKind,
    is_bundle,
    is_resin,
    names_of,
    parse_bundle,
    resolved,
)
from farmctl.slicing import ini

pytestmark = pytest.mark.pure

VENDOR = """\
# made by hand
[vendor]
name = Acme Printers
config_version = 1.2.0

[printer_model:A1]
name = Acme One

[print:*common*]
layer_height = 0.2
perimeters = 2
infill_speed = 60

[print:*fine*]
layer_height = 0.1
infill_speed = 40

[print:0.1mm Fine]
inherits = *common*; *fine*
infill_speed = 30

[printer:Acme "One" 0.4]
printer_model = A1
start_gcode = G28 ; home\\nG1 Z5 ; = up

[sla_print:Resin]
layer_height = 0.05
"""


def bundle(text: str) -> Bundle:
    return parse_bundle(text.encode(), "acme.ini")


def said(text: str, name: str, kind: PresetKind = PresetKind.PRINT) -> ini.Ini:
    found = bundle(text)
    return resolved(found, found.presets[kind, name])


def test_a_bundle_says_whose_it_is_and_which_presets_can_be_chosen() -> None:
    found = bundle(VENDOR)
    assert (found.vendor, found.version) == ("Acme Printers", "1.2.0")
    assert [each.name for each in found.of_kind(PresetKind.PRINT)] == ["0.1mm Fine"]
    assert [each.name for each in found.of_kind(PresetKind.PRINTER)] == ['Acme "One" 0.4']
    assert found.of_kind(PresetKind.FILAMENT) == ()
    assert found.resin == ("sla_print:Resin",)
    assert found.diagnostics == ()


def test_later_parents_win_over_earlier_and_own_words_over_all() -> None:
    found = said(VENDOR, "0.1mm Fine")
    assert {key: found.values[key] for key in ("layer_height", "perimeters", "infill_speed")} == {
        "layer_height": "0.1",
        "perimeters": "2",
        "infill_speed": "30",
    }


def test_each_value_has_the_line_it_is_on() -> None:
    found = said(VENDOR, "0.1mm Fine")
    lines = VENDOR.splitlines()
    assert lines[found.lines["perimeters"] - 1] == "perimeters = 2"
    assert lines[found.lines["layer_height"] - 1] == "layer_height = 0.1"


def test_values_stay_as_they_are_written() -> None:
    found = said(VENDOR, 'Acme "One" 0.4', PresetKind.PRINTER)
    assert found.values["start_gcode"] == "G28 ; home\\nG1 Z5 ; = up"


def test_grandparents_count_and_a_parent_of_two_is_looked_at_once() -> None:
    chain = "".join(f"[print:p{n}]\ninherits = p{n + 1}; p{n + 1}\nk{n} = 1\n" for n in range(28))
    found = said(f"{chain}[print:p28]\nlayer_height = 0.3\n", "p0")
    assert found.values["layer_height"] == "0.3"
    assert found.diagnostics == ()


def test_the_choice_of_an_exported_bundle_is_kept() -> None:
    found = bundle("[presets]\nprint = Mine\nprinter = Own\nfilament = A\nfilament_1 = B\n")
    assert (found.vendor, found.chosen["print"], found.chosen["printer"]) == ("", "Mine", "Own")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A; B", ("A", "B")),
        ('"0.20 mm (0.4 mm nozzle) @CR"', ("0.20 mm (0.4 mm nozzle) @CR",)),
        ('"One; two"; three', ("One; two", "three")),
        ("", ()),
        ('""', ()),
        (" ; A ;", ("A",)),
    ],
)
def test_lists_of_names_may_be_quoted(text: str, names: tuple[str, ...]) -> None:
    assert names_of(text) == names


@pytest.mark.parametrize(
    ("text", "name", "code", "line"),
    [
        ("[print:a]\nperimeters = 1\ninherits = b\n", "a", "bundle-missing-parent", 3),
        ("[print:a]\ninherits = a\n", "a", "bundle-circle", 2),
        ("[print:a]\ninherits = b\n[print:b]\ninherits = a\n", "a", "bundle-circle", 4),
        ("[print:a]\nperimeters = 1\n[print:a]\nperimeters = 2\n", "a", "bundle-duplicate", 3),
        ("[print:a]\nperimeters = 1\nperimeters = 2\n", "a", "ini-duplicate", 3),
        ("[print:a]\njust text\n", "a", "ini-rubbish", 2),
        ("[print:a]\ninherits = b\n[print:b]\njust text\n", "a", "ini-rubbish", 4),
    ],
)
def test_what_is_wrong_with_a_preset_is_said_with_its_line(
    text: str, name: str, code: str, line: int
) -> None:
    (wrong,) = said(text, name).diagnostics
    assert (wrong.code, wrong.where) == (code, f"acme.ini:{line}:1")
    assert wrong.mend


def test_a_circle_names_its_way_round() -> None:
    (wrong,) = said("[print:a]\ninherits = b\n[print:b]\ninherits = a\n", "a").diagnostics
    assert wrong.message == "presets inherit in a circle: a → b → a"


def test_more_generations_than_anybody_writes_are_refused() -> None:
    chain = "".join(f"[print:p{n}]\ninherits = p{n + 1}\n" for n in range(2_000))
    (wrong,) = said(chain, "p0").diagnostics
    assert wrong.code == "bundle-deep"


def test_what_is_wrong_elsewhere_does_not_hold_up_a_preset() -> None:
    text = "[print:bad]\ninherits = gone\n[print:good]\nperimeters = 1\n"
    assert said(text, "good").diagnostics == ()


def test_a_whole_preset_needs_no_parent_in_the_file() -> None:
    whole = "layer_height = 0.2\nperimeters = 2\nfill_density = 15%\n"
    text = f"[print:mine]\n{whole}inherits = 0.20mm QUALITY @MK3\n"
    assert said(text, "mine").diagnostics == ()


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (b"[vendor]\nname = \xff\xfe\n", "ini-not-text", 2),
        (b"[vendor]\nname = a\x00b\n", "ini-not-text", 2),
        (b"[print:a\nlayer_height = 0.2\n", "bundle-rubbish", 1),
    ],
)
def test_what_is_wrong_with_the_file_is_said_with_its_line(
    raw: bytes, code: str, line: int
) -> None:
    (wrong,) = parse_bundle(raw, "acme.ini").diagnostics
    assert (wrong.code, wrong.line) == (code, line)
    assert "Export Config Bundle" in wrong.mend


@pytest.mark.parametrize(
    ("raw", "is_one"),
    [
        (b"# hello\n\n; more\n[vendor]\n", True),
        (b"\xef\xbb\xbf[presets]\n", True),
        (b"layer_height = 0.2\n[x]\n", False),
        (b"", False),
        (b"G28\n[not]\n", False),
    ],
)
def test_a_bundle_begins_with_a_section(raw: bytes, is_one: bool) -> None:
    assert is_bundle(raw) is is_one


def test_a_printer_for_resin_is_known_by_its_technology() -> None:
    assert is_resin({"printer_technology": "SLA"})
    assert not is_resin({"printer_technology": "FFF"})
    assert not is_resin({})


NAMES = st.text("ab*; ", min_size=1, max_size=3)
SECTIONS = st.lists(
    st.one_of(
        st.builds("[print:{}]".format, NAMES),
        st.builds("inherits = {}; {}".format, NAMES, NAMES),
        st.text(max_size=10),
    ),
    max_size=15,
)


@given(SECTIONS)
def test_any_text_is_read_and_every_preset_resolved(lines: list[str]) -> None:
    found = bundle("\n".join(lines))
    for preset in found.presets.values():
        assert isinstance(resolved(found, preset).values, dict)
