"""What the real PrusaSlicer makes of a plate: every part in its place, under its label."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from farmctl.geometry.preflight import ingest
from farmctl.geometry.threemf import Placement, write_plate
from farmctl.testing import parts

pytestmark = pytest.mark.slicer

BOX = ingest(parts.box(10, 8, 2), "box.stl").clean_mesh or b""
BRACKET = ingest(parts.bracket(), "bracket.stl").clean_mesh or b""
GUIDE = ingest(parts.guide(), "guide.stl").clean_mesh or b""
NO_TURN = (0.0, 0.0, 0.0)
WITHIN_MM = 0.01

_MOVE = re.compile(
    r"G1 (?:X(?P<x>[-\d.]+) )?(?:Y(?P<y>[-\d.]+) )?.*?(?:E(?P<e>[-\d.]+))?(?: F.*)?$"
)
_OBJECT = re.compile(r"; printing object (\S+) id:\d+ copy \d+")


def sliced(folder: Path, placements: list[Placement], *more: str) -> str:
    (folder / "some plate.3mf").write_bytes(write_plate(placements))
    argv = ["prusa-slicer", "-g", "--loglevel", "0", "--dont-arrange", "--gcode-label-objects"]
    argv += [
        "--perimeter-generator",
        "classic",
        "--skirts",
        "0",
        "--bed-shape",
        "0x0,250x0,250x210,0x210",
    ]
    argv += [
        "--use-relative-e-distances",
        "--layer-gcode",
        "G92 E0",
        *more,
        "--output",
        "out.gcode",
    ]
    subprocess.run(
        [*argv, "some plate.3mf"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=120,
        check=True,
    )
    return (folder / "out.gcode").read_text()


def middles(gcode: str) -> dict[str, tuple[float, float]]:
    """Return the middle of the box around what is extruded under each label."""
    corners: dict[str, list[tuple[float, float]]] = {}
    label, at = "", (0.0, 0.0)
    for line in gcode.splitlines():
        if begun := _OBJECT.match(line):
            label = begun.group(1)
        elif line.startswith("; stop printing object"):
            label = ""
        elif move := _MOVE.match(line):
            before = at
            at = (float(move["x"] or at[0]), float(move["y"] or at[1]))
            if label and float(move["e"] or 0) > 0 and at != before:
                corners.setdefault(label, []).extend((before, at))
    return {
        name: tuple((min(along) + max(along)) / 2 for along in zip(*points, strict=True))
        for name, points in corners.items()
    }


def test_parts_lie_where_they_were_placed_under_their_labels(tmp_path: Path) -> None:
    places = {
        "P01": (40.0, 30.0),
        "P02": (125.3, 105.7),
        "P03": (205.0, 170.0),
        "P04": (60.0, 170.0),
    }
    shapes = {
        "P01": (BOX, NO_TURN),
        "P02": (BRACKET, (0.0, 0.0, 90.0)),
        "P03": (BRACKET, (180.0, 0.0, 0.0)),
        "P04": (GUIDE, (0.0, -90.0, 0.0)),
    }
    placements = [
        Placement(label, mesh, turn, *places[label]) for label, (mesh, turn) in shapes.items()
    ]
    found = middles(sliced(tmp_path, placements))
    assert sorted(found) == sorted(places)
    for label, place in places.items():
        assert found[label] == pytest.approx(place, abs=WITHIN_MM), label


def test_a_lone_part_has_its_label_and_not_the_name_of_the_file(tmp_path: Path) -> None:
    found = middles(sliced(tmp_path, [Placement("P01", BOX, NO_TURN, 100.0, 100.0)]))
    assert found == {"P01": pytest.approx((100.0, 100.0), abs=WITHIN_MM)}


def test_equal_parts_have_labels_of_their_own(tmp_path: Path) -> None:
    placements = [Placement(f"P0{n}", BOX, NO_TURN, 40.0 * n, 100.0) for n in (1, 2, 3)]
    found = middles(sliced(tmp_path, placements))
    assert found == {
        part.label: pytest.approx((part.x_mm, part.y_mm), abs=WITHIN_MM) for part in placements
    }


def test_one_after_the_other_parts_keep_their_labels(tmp_path: Path) -> None:
    placements = [Placement(f"P0{n}", BOX, NO_TURN, 70.0 * n, 100.0) for n in (1, 2)]
    assert sorted(middles(sliced(tmp_path, placements, "--complete-objects"))) == ["P01", "P02"]


def test_the_plate_slices_as_the_part_itself_does(tmp_path: Path) -> None:
    """Names alone ride along: the same moves as without them, and no warning."""
    gcode = sliced(tmp_path, [Placement("P01", BRACKET, NO_TURN, 100.0, 100.0)])
    (tmp_path / "bracket.stl").write_bytes(parts.bracket())
    (tmp_path / "out.gcode").unlink()
    argv = ["prusa-slicer", "-g", "--loglevel", "0", "--center", "100,100", "--gcode-label-objects"]
    argv += ["--perimeter-generator", "classic", "--skirts", "0", "--output", "out.gcode"]
    argv += ["--use-relative-e-distances", "--layer-gcode", "G92 E0", "bracket.stl"]
    subprocess.run(argv, cwd=tmp_path, capture_output=True, timeout=120, check=True)
    alone = (tmp_path / "out.gcode").read_text()
    used = re.compile(r"; filament used \[mm\] = ([\d.]+)")
    plate_mm, alone_mm = (float(used.findall(text)[0]) for text in (gcode, alone))
    assert plate_mm == pytest.approx(alone_mm, rel=1e-3)
