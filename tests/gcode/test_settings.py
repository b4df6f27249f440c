"""What PrusaSlicer says of its own output, and how little of it is taken on trust."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.gcode.settings import (
    UnreadableGcode,
    embedded_settings,
    estimated_time_ms,
    filament_used_um,
    objects,
)

pytestmark = pytest.mark.pure

BLOCK = b"""; prusaslicer_config = begin
; avoid_crossing_perimeters = 0
; post_process = 
; start_gcode = G28 ; home = all\\nG92 E0
; notes = \xc3\xbcber = alles
; prusaslicer_config = end
"""  # noqa: W291 - PrusaSlicer leaves a blank behind an empty value


def test_every_setting_of_the_block_is_read_as_written() -> None:
    assert embedded_settings(b"G28\n; layer_height = 9\n" + BLOCK + b"; x = 1\n") == {
        "avoid_crossing_perimeters": "0",
        "post_process": "",
        "start_gcode": "G28 ; home = all\\nG92 E0",
        "notes": "über = alles",
    }


def test_windows_line_ends_and_a_stripped_blank_do_not_matter() -> None:
    raw = BLOCK.replace(b" \n", b"\n").replace(b"\n", b"\r\n")
    assert embedded_settings(raw) == embedded_settings(BLOCK)


@pytest.mark.parametrize("raw", [b"", b"G28\n", b"; layer_height = 0.2\n"])
def test_a_file_without_settings_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableGcode) as caught:
        embedded_settings(raw)
    assert caught.value.message == "the g-code holds no PrusaSlicer settings"
    assert caught.value.mend == "export it from PrusaSlicer, unchanged"


@pytest.mark.parametrize(
    "raw",
    [
        BLOCK + BLOCK,
        BLOCK.replace(b"; prusaslicer_config = end\n", b""),
        BLOCK.replace(b"; prusaslicer_config = begin\n", b""),
        b"; prusaslicer_config = begin\n" + BLOCK,
        b"; prusaslicer_config = end\n; a = 1\n; prusaslicer_config = begin\n",
    ],
)
def test_settings_that_are_there_twice_or_not_whole_are_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableGcode) as caught:
        embedded_settings(raw)
    assert "more than once, or not whole" in caught.value.message


@pytest.mark.parametrize("line", [b"G1 X1", b"; no equals sign", b";a = 1", b""])
def test_a_line_in_the_block_that_is_no_setting_is_refused(line: bytes) -> None:
    with pytest.raises(UnreadableGcode) as caught:
        embedded_settings(BLOCK.replace(b"; notes", line + b"\n; notes"))
    assert caught.value.message == f"`{line.decode()}` is no setting of PrusaSlicer"


def test_a_setting_that_is_named_twice_is_refused() -> None:
    with pytest.raises(UnreadableGcode) as caught:
        embedded_settings(BLOCK.replace(b"; notes", b"; notes = 1\n; notes"))
    assert caught.value.message == "the g-code names the setting `notes` twice"


@pytest.mark.parametrize(
    ("claim", "seconds"),
    [("28m 57s", 1737), ("1h 52m 5s", 6725), ("1d 2h 3m 4s", 93784), ("9s", 9)],
)
def test_the_slicers_estimate(claim: str, seconds: int) -> None:
    raw = f"M84\n; estimated printing time (normal mode) = {claim}\n".encode()
    assert estimated_time_ms(raw) == seconds * 1000


@pytest.mark.parametrize("claim", [b"", b"\n; estimated printing time (normal mode) = soon\n"])
def test_no_estimate(claim: bytes) -> None:
    assert estimated_time_ms(claim) is None


def test_the_slicers_filament_of_each_tool() -> None:
    assert filament_used_um(b"\n; filament used [mm] = 1248.51\n") == (1248510,)
    assert filament_used_um(b"\n; filament used [mm] = 12.5, 0.00,7\n") == (12500, 0, 7000)
    assert filament_used_um(b"\n; filament used [mm] = 1.2.3, .\n") == ()
    assert filament_used_um(b"") == ()


def test_objects_come_in_the_order_in_which_they_first_appear() -> None:
    raw = b"""; printing object P02 id:1 copy 0
; stop printing object P02 id:1 copy 0
; printing object P01 id:0 copy 0
; printing object P02 id:1 copy 0
; printing object a cup.stl id:3 copy 1
"""
    assert objects(raw) == ["P02", "P01", "a cup.stl"]
    assert objects(b"G1 X1") == []


@given(st.lists(st.one_of(st.binary(max_size=20), st.sampled_from(BLOCK.splitlines()))))
def test_any_bytes_are_read_or_refused(lines: list[bytes]) -> None:
    raw = b"\n".join(lines)
    assert estimated_time_ms(raw) is None
    assert filament_used_um(raw) == ()
    assert objects(raw) == []
    with contextlib.suppress(UnreadableGcode):
        assert "" not in embedded_settings(raw)
