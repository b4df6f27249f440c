"""The figures of a file, worked out by hand for small ones."""

from __future__ import annotations

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.errors import FarmctlError
from farmctl.gcode.figures import Figures, measure_figures
from farmctl.gcode.limits import Axes, KlipperLimits, MarlinLimits
from farmctl.gcode.measure import measure
from farmctl.gcode.summary import Filament, Placement

pytestmark = pytest.mark.pure

KLIPPER = KlipperLimits(300, 3000, 15, 200, 80, 800, minimum_cruise_ratio=0)
MARLIN = MarlinLimits(
    Axes(200, 200, 12, 120), Axes(1000, 1000, 200, 5000), Axes(8, 8, 0.4, 4.5), 1000, 1000, 1000
)
PLA = Filament(diameter_mm=1.75, density_g_cm3=1.24)
AREA_MM2 = pi * 1.75**2 / 4


def figures(
    *lines: str, placements: tuple[Placement, ...] = (), filaments: tuple[Filament, ...] = (PLA,)
) -> Figures:
    raw = "\n".join(lines).encode()
    return measure_figures(raw, limits=KLIPPER, filaments=filaments, placements=placements)


def loop(x: float, y: float, side: float, feature: str) -> list[str]:
    """A square, 0.4 mm of filament a side at 25 mm/s, and a wipe."""
    return [
        f"G1 X{x} Y{y} F9000",
        "G1 E.8 F2100",
        f";TYPE:{feature}",
        "G1 F1500",
        f"G1 X{x + side} E.4",
        f"G1 Y{y + side} E.4",
        f"G1 X{x} E.4",
        f"G1 Y{y} E.4",
        "G1 E-.6 F2100",
        f"G1 X{x + 1} E-.2",
    ]


def tower(layers: int = 3, x: float = 100) -> list[str]:
    """Two walls in each layer, 0.2 mm high; the fan comes on in the second layer."""
    lines = ["M83", "M104 S215", "M140 S60", "M109 S215", "M190 S60", "G28", "M107", "G1 E-.8"]
    for number in range(1, layers + 1):
        lines += [f"G1 Z{number * 0.2:.1f} F720"]
        if number == 2:
            lines += ["M106 S127.5", "M104 S205", "M140 S55"]
        if number == 3:
            lines += ["M106"]
        lines += loop(x + 1, 81, 18, "Perimeter") + loop(x, 80, 20, "External perimeter")
    return [*lines, "M104 S0", "M140 S0", "M107", "G1 X0 Y200 F9000"]


def test_a_small_tower_in_all_its_figures() -> None:
    found = figures(*tower())
    side_mm3 = 0.4 * AREA_MM2
    layer_nl = round(8 * side_mm3 * 1000)
    flow_nl_s = round(side_mm3 * 25 / 18 * 1000)
    summary = measure("\n".join(tower()).encode(), limits=KLIPPER, filaments=[PLA])
    assert found.time_ms == pytest.approx(summary.time_ms, abs=1)
    assert found.filament_um == summary.length_um == round(3 * 8 * 0.4 * 1000)
    assert found.filament_mg == summary.mass_mg
    assert (found.layers, found.height_um) == (3, 600)
    assert found.retractions == summary.retractions == 7
    assert [(each.z_um, each.volume_nl, each.max_flow_nl_s) for each in found.per_layer] == [
        (z_um, layer_nl, flow_nl_s) for z_um in (200, 400, 600)
    ]
    assert found.max_flow_nl_s == flow_nl_s
    assert found.first_layer_um2 == round(layer_nl / 0.2 * 1000)
    assert (found.supports_nl, found.seams) == (0, 3)
    assert (found.nozzle_min_mc, found.nozzle_max_mc) == (205_000, 215_000)
    assert (found.bed_min_mc, found.bed_max_mc) == (55_000, 60_000)
    assert (found.fan_min_permille, found.fan_max_permille) == (500, 1000)
    outer, inner = found.features
    assert (outer.name, outer.length_um, outer.volume_nl) == (
        "External perimeter",
        3 * 80_000,
        round(12 * side_mm3 * 1000),
    )
    assert (inner.name, inner.length_um) == ("Perimeter", 3 * 72_000)
    # Each side but the ends speeds up from the 5 mm/s of a square corner to 25, and brakes again.
    side_s = 20 / 25 + 2 * (25 - 5) ** 2 / (2 * 3000 * 25)
    assert outer.time_ms == pytest.approx(12 * side_s * 1000, rel=0.001)


def test_the_machine_only_changes_times_and_flow() -> None:
    raw = "\n".join(tower()).encode()
    marlin = measure_figures(raw, limits=MARLIN, filaments=[PLA])
    klipper = figures(*tower())
    assert marlin.time_ms != klipper.time_ms
    assert marlin.travel_um == klipper.travel_um
    assert marlin.seams == klipper.seams


def test_an_empty_file_has_empty_figures() -> None:
    assert figures() == Figures(
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, None, None, None, None, 0, 0, (), ()
    )
    found = figures("G28", "G1 X50 F6000", "M104 S200", "M106", "G4 S2", "G10", "G1 E-1 F600")
    assert (found.travel_um, found.retractions) == (50_000, 2)
    moves_s = (50 / 100 + 100 / 3000) + (1 / 10 + 10 / 800)
    assert found.time_ms == round(1000 * (moves_s + 2))
    assert (found.nozzle_max_mc, found.fan_max_permille, found.layers) == (None, 0, 0)


def test_what_is_not_labelled_has_the_empty_name() -> None:
    lines = ("M83", "G1 Z.2", "G1 X5 E1", ";TYPE:Solid infill \r", "G1 X9 E1", "  ;TYPE:No")
    assert [(each.name, each.length_um) for each in figures(*lines, "G1 X11 E.1").features] == [
        ("", 5000),
        ("Solid infill", 6000),
    ]
    first = figures(";TYPE:Custom", *lines)
    assert [each.name for each in first.features] == ["Custom", "Solid infill"]


def test_the_fan_of_something_else_is_not_the_part_fan() -> None:
    lines = tower()
    second = lines.index("M106 S127.5")
    others = [*lines[:second], "M106 P1 S13", *lines[second:], "M107 P1"]
    others.insert(others.index("M106"), "M106 P2 S255")
    assert figures(*others) == figures(*lines)


def test_the_firmware_retracts_only_what_is_not_back_already() -> None:
    lines = ["M83", "G1 Z.2", "G10", "G10", "G1 X9 F6000", "G11", "G11", "G1 X20 E1", "G10"]
    assert figures(*lines).retractions == 2


def test_supports_are_the_features_that_are_called_so() -> None:
    lines = ["M83", "G1 Z.2"]
    for feature in ("Support material", "Support material interface", "Skirt/Brim", "Perimeter"):
        lines += loop(10, 10, 20, feature)
    found = figures(*lines)
    assert found.supports_nl == pytest.approx(2 * 1.6 * AREA_MM2 * 1000, abs=1)
    assert found.seams == 0


def test_a_wall_that_becomes_an_overhang_on_its_way_is_one_seam() -> None:
    lines = loop(10, 10, 20, "External perimeter")
    lines.insert(5, ";TYPE:Overhang perimeter")
    lines.insert(7, ";TYPE:External perimeter")
    lines.insert(7, "G1 F900")
    assert figures("M83", "G1 Z.2", *lines, *lines).seams == 2


def test_flow_is_of_a_millimetre_at_least_and_at_the_speed_that_is_reached() -> None:
    lines = ["M83", "G1 Z.2", "G1 X10 E.5 F600"]
    steady = figures(*lines)
    assert steady.max_flow_nl_s == pytest.approx(0.05 * 10 * AREA_MM2 * 1000, abs=1)
    # A tenth of a millimetre with ten times the filament is a fifth of what goes through in one.
    spike = figures(*lines, "G1 X10.1 E.05", "G1 X20 E.495")
    assert steady.max_flow_nl_s < spike.max_flow_nl_s < 2 * steady.max_flow_nl_s
    assert figures("M83", "G1 Z.2", "G1 X.9 E5 F600").max_flow_nl_s == 0
    # Two short moves with a travel between them are no stretch.
    assert figures("M83", "G1 Z.2", "G1 X.6 E5", "G1 X1 F600", "G1 X1.6 E5").max_flow_nl_s == 0
    assert figures("M83", "G1 Z.2", "G1 X.6 E.6 F600", "G1 X1.2 E.6").max_flow_nl_s > 0
    # 1 mm has no room for 300 mm/s.
    fast = figures("M83", "G1 Z.2", "G1 X1 E.05 F18000")
    assert fast.max_flow_nl_s == pytest.approx(0.05 * 3000**0.5 * AREA_MM2 * 1000, abs=1)


def test_a_purge_line_beside_the_placements_is_no_layer_and_a_skirt_is_part_of_one() -> None:
    purge = ["M83", "G1 Z.35", "G1 X50 Y2 E9 F600"]
    skirt = ["G1 Z.2", *loop(80, 60, 60, "Skirt/Brim")]
    box = Placement(95, 75, 125, 105)
    found = figures(*purge, *skirt, *tower(), placements=(box,))
    assert (found.layers, found.seams) == (3, 3)
    assert found.per_layer[0].volume_nl == pytest.approx(12 * 0.4 * AREA_MM2 * 1000, abs=1)
    assert found.per_layer[1:-1] == figures(*tower()).per_layer[1:-1]
    assert figures(*purge, *tower()).layers == 4


def test_parts_printed_one_after_the_other_share_their_layers() -> None:
    one, both = figures(*tower()), figures(*tower(x=10), *tower())
    assert both.layers == 3
    assert [layer.volume_nl for layer in both.per_layer] == [
        pytest.approx(2 * layer.volume_nl, abs=1) for layer in one.per_layer
    ]


def test_a_spiral_counts_a_layer_for_each_layer_height_it_rises() -> None:
    spiral = [f"G1 X{10 + n % 2} Y{n % 3} Z{0.4 + n * 0.004:.3f} E.1" for n in range(1, 201)]
    found = figures(*tower(2), *spiral)
    assert (found.layers, found.height_um) == (6, 1200)
    # Four have 50 moves that begin there; the last one ends at its first.
    volumes = [each.volume_nl for each in found.per_layer]
    assert volumes[2:5] == [round(50 * 0.1 * AREA_MM2 * 1000)] * 3


def test_each_tool_has_its_own_nozzle_and_filament() -> None:
    thick = Filament(2.85, None)
    lines = ("M83", "M104 T0 S200", "M104 T1 S250", "M104 T2 S300", "G1 Z.2", "G1 X9 E1", "T1")
    found = figures(*lines, "G1 X20 E1", filaments=(PLA, thick))
    assert (found.nozzle_min_mc, found.nozzle_max_mc) == (200_000, 250_000)
    assert (found.filament_um, found.filament_mg) == (2000, None)
    assert found.per_layer[0].volume_nl == round((AREA_MM2 + pi * 2.85**2 / 4) * 1000)
    with pytest.raises(FarmctlError, match="tool 1, but 1 are known"):
        figures(*lines, "G1 X20 E1")


def test_a_dwell_is_time_of_the_layer_that_it_is_in() -> None:
    lines = tower()
    waits = [*lines[:45], "G4 S7", *lines[45:], "G4 S9"]
    plain, found = figures(*lines), figures("G4 S5", *waits)
    assert found.time_ms - plain.time_ms == pytest.approx(21_000, abs=20)
    assert found.per_layer[0].time_ms == plain.per_layer[0].time_ms
    assert found.per_layer[1].time_ms - plain.per_layer[1].time_ms == pytest.approx(7000, abs=20)
    assert found.per_layer[2].time_ms == plain.per_layer[2].time_ms
    assert found.min_layer_ms == min(each.time_ms for each in found.per_layer)


TOWER = tower()
LIES = st.sampled_from(
    [
        "; filament used [mm] = 0.01",
        "; estimated printing time (normal mode) = 1s",
        ";LAYER_CHANGE",
        ";Z:99",
        ";HEIGHT:5",
        ";WIDTH:9",
        "; printing object P09 id:9 copy 0",
        "; TYPE:Support material",
        "; filament_diameter = 2.85",
        "; G1 X999 E999",
    ]
)


@given(
    silent=st.sets(st.integers(0, len(TOWER))),
    lies=st.lists(st.tuples(st.integers(0, len(TOWER)), LIES)),
)
def test_figures_stay_when_comments_but_features_are_dropped_or_lie(
    silent: set[int], lies: list[tuple[int, str]]
) -> None:
    lines = [
        line if line.startswith(";TYPE:") or number in silent else f"{line} ; X9 E9"
        for number, line in enumerate(TOWER)
    ]
    for place, lie in lies:
        lines.insert(place, lie)
    assert figures(*lines) == figures(*TOWER)


@given(raw=st.binary(max_size=300))
def test_any_bytes_have_figures(raw: bytes) -> None:
    for limits in (KLIPPER, MARLIN):
        found = measure_figures(raw, limits=limits, filaments=[PLA] * 64)
        summary = measure(raw, limits=limits, filaments=[PLA] * 64)
        assert found.time_ms == pytest.approx(summary.time_ms, abs=1)
        assert (found.filament_um, found.layers) == (summary.length_um, summary.layers)
