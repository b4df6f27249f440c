"""Figures come from the moves; comments can be dropped or lie."""

from __future__ import annotations

import random
from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.errors import FarmctlError
from farmctl.gcode.limits import Axes, KlipperLimits, MarlinLimits
from farmctl.gcode.measure import measure
from farmctl.gcode.summary import Bounds, Filament, FilamentUse, Placement, Summary

pytestmark = pytest.mark.pure

MARLIN = MarlinLimits(
    Axes(200, 200, 12, 120), Axes(1000, 1000, 200, 5000), Axes(8, 8, 0.4, 4.5), 1000, 1000, 1000
)
KLIPPER = KlipperLimits(300, 3000, 15, 200, 80, 800)
PLA = Filament(diameter_mm=1.75, density_g_cm3=1.24)
AREA_MM2 = pi * 1.75**2 / 4


def figures(*lines: str, placements: tuple[Placement, ...] = (), tools: int = 1) -> Summary:
    raw = "\n".join(lines).encode()
    return measure(raw, limits=MARLIN, filaments=[PLA] * tools, placements=placements)


def square(x: float, y: float, side: float, z: float) -> list[str]:
    """One loop, 0.4 mm of filament a side, with a lift, a retraction and a wipe."""
    return [
        f"G1 Z{z + 0.4} F720",
        f"G1 X{x} Y{y} F9000 ; travel",
        f"G1 Z{z} F720",
        "G1 E.8 F2100",
        ";TYPE:External perimeter",
        f"G1 X{x + side} E.4 F1500",
        f"G1 Y{y + side} E.4",
        f"G1 X{x} E.4",
        f"G1 Y{y} E.4",
        "G1 E-.6 F2100",
        f"G1 X{x + 1} E-.2",
    ]


def tower(*heights: float, x: float = 100, y: float = 80, side: float = 20) -> list[str]:
    lines = ["M83", "M104 S215", "M140 S60", "G28", "G1 E-.8"]
    for z in heights:
        lines += [";LAYER_CHANGE", f";Z:{z}", *square(x, y, side, z)]
    return [*lines, "M104 S0", "M140 S0", "; filament used [mm] = 3.2", "; layer_height = 0.2"]


def test_a_small_print_in_all_its_figures() -> None:
    summary = figures(*tower(0.2, 0.4))
    length = 2 * 1.6
    assert summary.filaments == (
        FilamentUse(
            tool=0,
            length_um=3200,
            volume_nl=round(length * AREA_MM2 * 1000),
            mass_mg=round(length * AREA_MM2 * 1.24),
        ),
    )
    assert (summary.layers, summary.first_layer_um, summary.height_um) == (2, 200, 400)
    assert summary.layer_heights_um == (200,)
    assert summary.laid == Bounds(100_000, 80_000, 200, 120_000, 100_000, 400)
    assert summary.travelled == Bounds(0, 0, 200, 120_000, 100_000, 800)
    assert (summary.max_nozzle_mc, summary.max_bed_mc) == (215_000, 60_000)
    assert summary.retractions == 3
    assert summary.length_um == 3200
    assert summary.mass_mg == summary.filaments[0].mass_mg


def test_what_is_laid_begins_where_its_first_move_begins() -> None:
    summary = figures("M83", "G1 X10 Y10 Z.2", "G1 X20 Y20 E1", "G1 X30 Y5 Z1")
    assert summary.laid == Bounds(10_000, 10_000, 200, 20_000, 20_000, 200)
    assert summary.travelled == Bounds(10_000, 5_000, 200, 30_000, 20_000, 1_000)


def test_time_is_motion_and_dwells_in_ms() -> None:
    # Twice 92 ms and 4.968 mm between 8 and 100 mm/s, and 90.064 mm in between.
    assert figures("G1 X100 E1 F6000").time_ms == 1085
    assert figures("G1 X100 E1 F6000", "G4 S3").time_ms == 4085


def test_filament_is_how_far_it_is_pushed_and_not_how_much_it_is_moved() -> None:
    assert figures("M83", "G1 X1 E5", "G1 E-2", "G1 X9", "G1 E2", "G1 X1 E1").length_um == 6000
    assert figures("M82", "G1 X1 E5", "G1 E3", "G92 E0", "G1 E2", "G1 X9 E3").length_um == 6000
    assert figures("M83", "G1 X1 E5", "G1 E-50").length_um == 5000


def test_a_density_that_nobody_said_is_no_mass() -> None:
    summary = measure(b"G1 X1 E5", limits=MARLIN, filaments=[Filament(1.75, None)])
    assert summary.filaments[0].mass_mg is None
    assert summary.mass_mg is None
    assert summary.length_um == 5000


def test_each_tool_has_its_own_filament() -> None:
    lines = ("M83", "T0", "G1 X1 E1", "G1 E-.5", "T1", "G1 X2 E2", "G1 E-1", "T0", "G1 X3 E3")
    summary = figures(*lines, tools=2)
    assert [(use.tool, use.length_um) for use in summary.filaments] == [(0, 3500), (1, 2000)]
    assert summary.retractions == 2


def test_a_tool_without_a_filament_is_refused() -> None:
    with pytest.raises(FarmctlError) as caught:
        figures("T1", "G1 X1 E1")
    assert caught.value.message == "the g-code pushes filament with tool 1, but 1 are known"
    assert caught.value.mend == "say the filament of each tool that the profile uses"


def test_an_empty_file_has_empty_figures() -> None:
    assert figures("G28", "G1 X50 F6000", "M104 S200") == Summary(
        time_ms=585,
        filaments=(),
        layers=0,
        first_layer_um=0,
        layer_heights_um=(),
        height_um=0,
        laid=None,
        travelled=Bounds(50_000, 0, 0, 50_000, 0, 0),
        objects=0,
        empty_placements=(),
        max_nozzle_mc=200_000,
        max_bed_mc=None,
        retractions=0,
    )


def test_pressing_out_at_height_0_or_on_the_spot_is_no_layer() -> None:
    assert figures("M83", "G1 X50 E5", *tower(0.3)).layers == 1
    assert figures("M83", "G1 Z7 E5", *tower(0.3)).layers == 1


def test_with_placements_a_purge_line_beside_them_is_no_layer() -> None:
    purge = ("M83", "G1 Z.35", "G1 X50 Y2 E9")
    box = Placement(95, 75, 125, 105)
    assert figures(*purge, *tower(0.2, 0.4)).layers == 3
    assert figures(*purge, *tower(0.2, 0.4), placements=(box,)).layers == 2


def test_layers_of_different_heights_and_parts_printed_one_after_the_other() -> None:
    heights = (0.3, 0.45, 0.6, 0.8)
    summary = figures(*tower(*heights), *tower(*heights, x=10))
    assert (summary.layers, summary.first_layer_um, summary.height_um) == (4, 300, 800)
    assert summary.layer_heights_um == (150, 200, 300)


def test_a_spiral_counts_a_layer_for_each_layer_height_it_rises() -> None:
    spiral = [f"G1 X{10 + n % 2} Y{n % 3} Z{0.4 + n * 0.004:.3f} E.1" for n in range(1, 201)]
    summary = figures(*tower(0.2, 0.4), *spiral)
    assert (summary.layers, summary.height_um) == (6, 1200)
    assert summary.layer_heights_um == (200,)


def test_a_part_counts_once_its_box_is_spanned_both_ways() -> None:
    boxes = (Placement(100, 80, 120, 100), Placement(130, 80, 150, 100), Placement(0, 0, 1, 1))
    summary = figures(*tower(0.2), placements=boxes)
    assert (summary.objects, summary.empty_placements) == (1, (1, 2))
    both = figures(*tower(0.2), *tower(0.2, x=130), placements=boxes)
    assert (both.objects, both.empty_placements) == (2, (2,))


def test_a_brim_that_reaches_into_a_neighbours_box_does_not_make_the_neighbour() -> None:
    brim = ("G1 X132 Y80 Z.2", "G1 X132 Y100 E1", "G1 X134 Y100 E1")
    boxes = (Placement(130, 80, 150, 100),)
    assert figures("M83", *brim, placements=boxes).objects == 0


def test_the_thinnest_part_counts() -> None:
    wall = ("G1 X132 Y80.2 Z.2", "G1 X148 Y80.2 E1")
    assert figures("M83", *wall, placements=(Placement(130, 80, 150, 80.4),)).objects == 1


def test_retractions_of_the_firmware_count() -> None:
    assert figures("G10", "G1 X5", "G11", "G10", "G11", "G1 E-1", "G1 E-2").retractions == 3


def test_the_highest_targets_count() -> None:
    summary = figures(
        "M104 S150", "M109 S215", "M104 S0", "M190 S60.5", "M140 S50", "T1", "M104 S9"
    )
    assert (summary.max_nozzle_mc, summary.max_bed_mc) == (215_000, 60_500)


def test_the_machine_only_changes_the_time() -> None:
    raw = "\n".join(tower(0.2, 0.4)).encode()
    slow = measure(raw, limits=MARLIN, filaments=[PLA])
    fast = measure(raw, limits=KLIPPER, filaments=[PLA])
    assert slow.time_ms != fast.time_ms
    assert slow.filaments == fast.filaments
    assert slow.laid == fast.laid


TOWER = tower(0.2, 0.4, 0.6)
LIES = st.sampled_from(
    [
        "; filament used [mm] = 0.01",
        "; estimated printing time (normal mode) = 1s",
        ";LAYER_CHANGE",
        ";Z:99",
        ";HEIGHT:5",
        "; printing object P09 id:9 copy 0",
        "; filament_diameter = 2.85",
        "; G1 X999 E999",
    ]
)


@given(keep=st.lists(st.booleans(), min_size=len(TOWER), max_size=len(TOWER)), lies=st.lists(LIES))
def test_figures_stay_when_comments_are_dropped_or_lie(keep: list[bool], lies: list[str]) -> None:
    lines = [
        line if kept else line.partition(";")[0]
        for line, kept in zip(TOWER, keep, strict=True)
        if kept or not line.startswith(";")
    ]
    places = random.Random(len(lies))
    for lie in lies:
        lines.insert(places.randrange(len(lines)), lie)
    assert figures(*lines) == figures(*TOWER)


@given(raw=st.binary(max_size=300))
def test_any_bytes_have_figures(raw: bytes) -> None:
    summary = measure(raw, limits=KLIPPER, filaments=[PLA] * 64)
    assert summary.time_ms >= 0
    assert summary.length_um >= 0
