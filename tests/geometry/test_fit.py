"""Which classes a part fits, and by how much it is too large for the others."""

from __future__ import annotations

import pytest

from farmctl.geometry.fit import ClassVolume, Pose, check_fit, pose_on, rectangle
from farmctl.geometry.preflight import preflight
from farmctl.geometry.report import Level
from farmctl.testing import packages, parts
from farmctl.testing.shapes import circle

pytestmark = pytest.mark.pure

MK3 = ClassVolume("mk3", rectangle(250, 210), 210)
VORON = ClassVolume("voron-350", rectangle(350, 350), 330)
DELTA = ClassVolume("delta", tuple(circle((0, 0), 100, 96)), 300)


def mm(*lengths: float) -> tuple[int, int, int]:
    x, y, z = (round(1000 * length) for length in lengths)
    return x, y, z


@pytest.mark.parametrize(
    ("size", "pose"),
    [
        ((250, 210, 210), Pose.AS_IT_STANDS),
        ((210, 250, 210), Pose.AS_IT_STANDS),
        ((250.1, 10, 10), Pose.TURNED),
        ((310, 5, 5), Pose.TURNED),
        ((330, 5, 5), Pose.NO_WAY),
        ((20, 20, 240), Pose.LAID_DOWN),
        ((20, 230, 240), Pose.NO_WAY),
        ((240, 200, 220), Pose.NO_WAY),
        ((20, 20, 400), Pose.NO_WAY),
    ],
)
def test_how_a_box_fits_a_rectangular_bed(size: tuple[float, float, float], pose: Pose) -> None:
    assert pose_on(mm(*size), MK3) is pose


@pytest.mark.parametrize(
    ("size", "pose"),
    [
        ((141, 141, 300), Pose.AS_IT_STANDS),
        ((142, 142, 300), Pose.NO_WAY),
        ((198, 10, 10), Pose.AS_IT_STANDS),
        ((10, 10, 301), Pose.NO_WAY),
    ],
)
def test_how_a_box_fits_a_round_bed(size: tuple[float, float, float], pose: Pose) -> None:
    assert pose_on(mm(*size), DELTA) is pose


def test_a_bed_may_run_either_way_round() -> None:
    clockwise = ClassVolume("mk3", rectangle(250, 210)[::-1], 210)
    assert pose_on(mm(250, 210, 210), clockwise) is Pose.AS_IT_STANDS


def test_without_classes_nothing_is_said() -> None:
    assert check_fit(mm(1, 1, 1), ()) == ()


def test_it_names_the_classes_that_can_and_by_how_much_the_others_cannot() -> None:
    (found,) = check_fit(mm(300, 200, 220), (MK3, VORON))
    assert (found.code, found.level) == ("fits", Level.PASS)
    assert found.what == "it fits voron-350; not mk3 (50.0 mm too wide, 10.0 mm too tall)"


def test_the_excess_is_that_of_the_better_way_round() -> None:
    (found,) = check_fit(mm(200, 260, 10), (ClassVolume("mk3", rectangle(250, 150), 210),))
    assert "10.0 mm too wide, 50.0 mm too deep" in found.what


def test_a_part_that_only_fits_lying_is_for_a_person_to_judge() -> None:
    (found,) = check_fit(mm(20, 20, 240), (MK3,))
    assert (found.code, found.level) == ("fits-turned", Level.WARN)
    assert "another side" in found.what
    assert "30.0 mm too tall" in found.what


def test_a_part_that_only_fits_at_an_angle_says_so() -> None:
    (found,) = check_fit(mm(300, 5, 5), (MK3,))
    assert (found.code, found.level) == ("fits-turned", Level.WARN)
    assert "turned about the vertical" in found.what


def test_a_400_mm_tower_fits_no_mk3() -> None:
    report = preflight(parts.box(20, 20, 400), "tower.stl", [MK3])
    assert report.verdict is Level.FAIL
    assert report.findings[-1].code == "too-big"
    assert "mk3 (190.0 mm too tall)" in report.findings[-1].what


def test_a_1000_mm_slab_fits_no_class() -> None:
    report = preflight(parts.box(1000, 1000, 1000), "slab.stl", [MK3, VORON])
    assert report.findings[-1].code == "too-big"
    assert (
        "mk3 (750.0 mm too wide, 790.0 mm too deep, 790.0 mm too tall)" in report.findings[-1].what
    )


def test_a_cube_of_20_inches_fits_no_class() -> None:
    raw = packages.package(packages.one_object(parts.box_facets(20, 20, 20), "inch"))
    report = preflight(raw, "cube.3mf", [MK3, VORON])
    assert report.mesh is not None
    assert report.mesh.size_um == (508_000, 508_000, 508_000)
    assert report.verdict is Level.FAIL
    assert "voron-350 (158.0 mm too wide, 158.0 mm too deep, 178.0 mm too tall)" in (
        report.findings[-1].what
    )
