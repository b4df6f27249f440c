"""Golden models by code: closed, of the size that was asked for, the same bytes each time."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.errors import UsageError
from farmctl.geometry.golden.make import golden_stl
from farmctl.geometry.preflight import ingest
from farmctl.geometry.report import Level, MeshFacts
from farmctl.geometry.stl import read_stl
from farmctl.model.digest import digest_of
from farmctl.model.golden import SHAPES, Value, chosen, wrong_choice

pytestmark = pytest.mark.pure


def facts(shape: str, **said: Value) -> MeshFacts:
    report = ingest(golden_stl(shape, said), f"{shape}.stl").report
    assert report.verdict is Level.PASS
    assert report.mesh is not None
    return report.mesh


def regular(sides: int, radius: float) -> float:
    """The area of a polygon with equal sides."""
    return sides * radius**2 * math.sin(2 * math.pi / sides) / 2


VOLUMES = {
    "calibration-cube": 20**3 - 8 * 1 * 8,
    "bridges": 180 * 10 * 2 + 6 * 5 * 10 * 10,
    "tolerance-holes": 6 * (84 * 14 - sum(regular(96, 4 + c) for c in (0.05, 0.1, 0.15, 0.2, 0.3, 0.4))),
    "stringing-towers": 40 * 10 * 1 + 2 * 29 * regular(64, 3),
    "wide-flat": 120 * 80 * 2,
    "flow-block": (100 * 24 - 4 * 8 * 8 / 2) * 8,
    "supported-shelf": 8 * 20 * 12 + 15 * 20 * 2,
    "thin-walls": 60 * 12 + 10 * 10 * 6.4,
}  # fmt: skip
SIZES = {
    "calibration-cube": (20, 20, 20),
    "bridges": (180, 10, 12),
    "tall-spire": (14, 14, 50),
    "temperature-tower": (30, 10, 80),
    "overhang-fan": (8 + 15 * math.tan(math.radians(70)), 8 * 6.2 + 6.2, 15.5),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_one_closed_body(shape: str) -> None:
    assert facts(shape).bodies == 1


@pytest.mark.parametrize("shape", VOLUMES)
def test_a_shape_has_the_volume_that_its_drawing_has(shape: str) -> None:
    assert facts(shape).volume_mm3 == pytest.approx(VOLUMES[shape], abs=1)


@pytest.mark.parametrize("shape", SIZES)
def test_a_shape_has_the_size_that_its_drawing_has(shape: str) -> None:
    assert facts(shape).size_um == pytest.approx([1000 * each for each in SIZES[shape]], abs=1)


def test_what_is_chosen_is_made() -> None:
    assert facts("calibration-cube", size_mm=30.0).size_um == (30_000, 30_000, 30_000)
    assert facts("bridges", spans_mm=(5.0, 6.0)).size_um[0] == 3 * 5_000 + 11_000
    assert facts("temperature-tower", storeys=3.0).size_um[2] == 30_000
    spans = facts("overhang-fan", angles_deg=(0.0,), height_mm=4.0)
    assert spans.size_um == (12_000, 6_200, 4_500)


def test_the_same_numbers_are_the_same_bytes_in_another_process() -> None:
    """Digests are pinned in documents: a set's order or an address must not get in."""
    here = {shape: digest_of(golden_stl(shape, {})) for shape in SHAPES}
    script = (
        "from farmctl.geometry.golden.make import golden_stl\n"
        "from farmctl.model.digest import digest_of\n"
        "from farmctl.model.golden import SHAPES\n"
        "for shape in SHAPES: print(shape, digest_of(golden_stl(shape, {})))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert dict(line.split(" ") for line in said.splitlines()) == here


@pytest.mark.parametrize("shape", SHAPES)
def test_the_file_is_an_exact_binary_stl_of_a_clean_mesh(shape: str) -> None:
    raw = golden_stl(shape, {})
    corners, odd = read_stl(raw)
    assert odd == ()
    assert len(raw) == 84 + 50 * len(corners)
    found = ingest(raw, "a.stl").report
    assert not [each for each in found.findings if each.code == "cleaned"]


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_whatever_may_be_chosen_is_one_closed_body_on_the_bed(data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from(sorted(SHAPES)))
    said: dict[str, Value] = {}
    for name, each in SHAPES[shape].parameters.items():
        number = st.integers(math.ceil(each.least * 10), math.floor(each.most * 10)).map(
            lambda tenths: tenths / 10
        )
        value = st.lists(number, min_size=1, max_size=5).map(tuple) if each.is_list else number
        said |= data.draw(st.fixed_dictionaries({}, optional={name: value}))
    mesh = facts(shape, **said)
    assert mesh.bodies == 1
    assert mesh.volume_mm3 > 0


@pytest.mark.parametrize("shape", SHAPES)
def test_every_default_may_be_said(shape: str) -> None:
    known = SHAPES[shape]
    for name, value in chosen(known, {}).items():
        assert wrong_choice(known, name, value) is None


@pytest.mark.parametrize(
    ("shape", "said", "message"),
    [
        ("sphere", {}, "there is no shape `sphere`"),
        ("bridges", {"gap_mm": 3.0}, "it has no `gap_mm`"),
        ("bridges", {"spans_mm": 3.0}, "is a list of numbers"),
        ("bridges", {"spans_mm": ()}, "holds 1 to 24 numbers"),
        ("bridges", {"spans_mm": (5.0,) * 25}, "holds 1 to 24 numbers"),
        ("calibration-cube", {"size_mm": 5.0}, "is from 10 to 100"),
        ("calibration-cube", {"size_mm": float("nan")}, "is from 10 to 100"),
        ("calibration-cube", {"size_mm": float("inf")}, "is from 10 to 100"),
    ],
)
def test_what_cannot_be_made_is_refused(shape: str, said: dict[str, Value], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        golden_stl(shape, said)
