"""The guard's macro, its words, and what is laid around a file."""

from __future__ import annotations

import pytest

from farmctl.control.envelope import Wrapper, envelope
from farmctl.printers.moonraker.guard import VERSION, findings_of_guard, is_refusal, macro

pytestmark = pytest.mark.pure

FILE = "farmctl-7f3a9c2e-1-17-2.gcode"
PLATE = b"; printing object P01 id:0 copy 0\nG1 X1 E1\n; stop printing object P01 id:0 copy 0\n"


def test_a_guarded_file_asks_first_whatever_else_is_laid_around_it() -> None:
    made = envelope(PLATE, FILE, (Wrapper.OBJECTS, Wrapper.GUARD))
    assert made.splitlines()[0] == b"FARMCTL_BEGIN RUN=7F3A9C2E_1_17_2"
    assert made.count(b"FARMCTL_BEGIN") == 1
    assert b"EXCLUDE_OBJECT_DEFINE NAME=P01_7F3A9C2E_1_17_2\n" in made
    assert envelope(PLATE, FILE, (Wrapper.GUARD, Wrapper.OBJECTS)) == made
    assert envelope(PLATE, FILE, ()) == PLATE


def test_each_try_has_bytes_of_its_own() -> None:
    names = [f"farmctl-7f3a9c2e-1-{run}-{attempt}.gcode" for run in (1, 2) for attempt in (1, 2)]
    assert len({envelope(PLATE, name, (Wrapper.GUARD,)) for name in names}) == len(names)


def test_the_macro_is_klippers_and_of_a_version() -> None:
    assert "[gcode_macro FARMCTL_BEGIN]\n" in macro()
    assert f"\nvariable_version: {VERSION}\n" in macro()
    assert macro().count("{") == macro().count("}")


@pytest.mark.parametrize(
    ("words", "is_its"),
    [
        ("farmctl guard: 7F3A9C2E_1_17_2 was begun before; nothing is printed", True),
        ("Error: farmctl guard: X was begun before; nothing is printed", True),
        ("Move out of range", False),
        ("farmctl guard: ", False),
        ("", False),
    ],
)
def test_its_words_are_known(words: str, is_its: bool) -> None:
    assert is_refusal(words) is is_its


def said(version: object, variables: object) -> dict[str, dict[str, object]]:
    return {
        "gcode_macro FARMCTL_BEGIN": {"version": version},
        "save_variables": {"variables": variables},
    }


@pytest.mark.parametrize(
    ("objects", "codes"),
    [
        (said(VERSION, {}), []),
        (said(None, {}), ["klipper-guard-missing"]),
        (said(0, {}), ["klipper-guard-other"]),
        (said("1", {}), ["klipper-guard-other"]),
        (said(VERSION, None), ["klipper-guard-forgets"]),
        ({}, ["klipper-guard-missing"]),
    ],
)
def test_what_is_wrong_with_it_is_found(
    objects: dict[str, dict[str, object]], codes: list[str]
) -> None:
    found = list(findings_of_guard(objects))
    assert [each.code for each in found] == codes
    assert all(each.refuses and "farmctl printer guard" in each.mend for each in found)
