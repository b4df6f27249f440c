"""What farmctl says where PrusaSlicer 2.5.0 says little, nothing, or crashes: input by input.

Each row is an input that was tried on the bare program; the comment is what that did.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.artifacts.store import MissingArtifact
from farmctl.errors import SlicerFailed
from farmctl.geometry.fit import ClassVolume, rectangle
from farmctl.geometry.preflight import ingest, preflight
from farmctl.geometry.report import Level
from farmctl.model.digest import digest_of
from farmctl.slicing.arrange import arrange
from farmctl.slicing.key import PlacedPart
from farmctl.slicing.plate import slice_plate
from farmctl.testing import packages, parts
from farmctl.testing.bad_models import BAD_MODELS
from farmctl.testing.shapes import binary_stl

from .conftest import ROOM, Workshop, model

FAIL, WARN, PASS = Level.FAIL, Level.WARN, Level.PASS
GENERIC = ClassVolume("generic-250", rectangle(250, 250), 250)

MODELS = [
    # rc 1 `Loading of a model file failed.`
    ("zero bytes", "empty-file", FAIL),
    ("empty binary STL", "no-triangles", FAIL),
    ("empty ASCII STL", "no-triangles", FAIL),
    ("single triangle", "no-volume", FAIL),
    ("random bytes", "not-a-model", FAIL),
    ("truncated binary STL", "truncated", FAIL),
    ("text", "not-a-model", FAIL),
    ("zero bytes, 3MF", "empty-file", FAIL),
    ("random 3MF", "archive-damaged", FAIL),
    ("nothing built", "no-triangles", FAIL),
    # rc 1 `Unknown file format.`
    ("unknown ending", "unknown-format", FAIL),
    # rc 0: it believes the size of the file
    ("lying header", "facet-count", WARN),
    # rc 1 `No layers were detected.`
    ("open box", "open-surface", FAIL),
    ("0.05 mm plate", "too-thin", FAIL),
    ("0.02 mm cube", "no-volume", FAIL),
    # rc 0, silent
    ("pinholes", "not-watertight", WARN),
    ("inside out", "inside-out", WARN),
    ("self-intersecting", "bodies", PASS),
    # rc 1 `The print is empty.`
    ("needle", "too-thin", FAIL),
    # killed by SIGSEGV, nothing said
    ("NaN", "not-finite", FAIL),
]


@pytest.mark.pure
@pytest.mark.parametrize(("name", "code", "verdict"), MODELS)
def test_a_bad_model_is_named_before_any_slicer_sees_it(
    name: str, code: str, verdict: Level
) -> None:
    bad = BAD_MODELS[name]
    report = preflight(bad.make(), bad.file_name)
    found = {each.code: each for each in report.findings}
    assert found[code].level is verdict
    assert report.verdict is verdict
    assert verdict is PASS or found[code].mend


@pytest.mark.pure
def test_a_3mf_in_inches_is_as_large_as_it_says() -> None:
    """Sliced for 300 s into 2.6 GB."""
    cube = packages.package(
        packages.one_object(parts.box_facets(20, 20, 20)).replace("millimeter", "inch")
    )
    report = preflight(cube, "cube.3mf", [GENERIC])
    assert report.mesh is not None
    assert report.mesh.size_um == (508_000, 508_000, 508_000)
    assert "too-big" in {each.code for each in report.findings}


@pytest.mark.slicer
@pytest.mark.parametrize("name", ["lying header", "pinholes", "inside out", "self-intersecting"])
def test_what_preflight_lets_pass_slices_without_a_word(workshop: Workshop, name: str) -> None:
    mesh = ingest(BAD_MODELS[name].make(), BAD_MODELS[name].file_name).clean_mesh
    assert mesh is not None
    record = slice_plate(workshop.request([workshop.place(mesh)]), workshop.bench())
    assert (record.summary.objects, record.warnings) == (1, ())


@pytest.mark.slicer
def test_cubes_that_share_an_edge_slice_without_a_word(workshop: Workshop) -> None:
    cubes = [*parts.box_facets(20, 20, 5), *parts.box_facets(20, 20, 5, at=(20, 20, 0))]
    found = ingest(binary_stl(cubes), "cubes.stl")
    assert found.report.verdict is not FAIL
    assert found.clean_mesh is not None
    record = slice_plate(workshop.request([workshop.place(found.clean_mesh)]), workshop.bench())
    assert (record.summary.objects, record.warnings) == (1, ())


@pytest.mark.slicer
@pytest.mark.parametrize(
    ("name", "code"), [("0.05 mm plate", "no-layers"), ("needle", "print-empty")]
)
def test_what_preflight_fails_is_named_by_the_slicer_too(
    workshop: Workshop, name: str, code: str
) -> None:
    mesh = ingest(BAD_MODELS[name].make(), "a.stl").clean_mesh
    assert mesh is not None
    with pytest.raises(SlicerFailed) as caught:
        slice_plate(workshop.request([workshop.place(mesh)]), workshop.bench())
    assert caught.value.code == code


@pytest.mark.slicer
def test_a_floating_part_is_a_warning_with_a_code(workshop: Workshop) -> None:
    table = [*parts.box_facets(20, 20, 2), *parts.box_facets(20, 20, 2, at=(0, 0, 6))]
    mesh = ingest(binary_stl(table), "a.stl").clean_mesh
    assert mesh is not None
    record = slice_plate(workshop.request([workshop.place(mesh)]), workshop.bench())
    assert [each.code for each in record.warnings] == ["empty-layers"]


@pytest.mark.pure
def test_a_missing_model_is_named(tmp_path: Path) -> None:
    """rc 1 `No such file: X`."""
    workshop = Workshop(tmp_path, slicer=None, catalogue=None)
    part = PlacedPart("P01", digest_of(b"gone"), 0, 0)
    with pytest.raises(MissingArtifact, match=part.mesh):
        arrange([part], ROOM, workshop.store)


def box_mesh(width: float, depth: float, height: float) -> bytes:
    mesh = ingest(parts.box(width, depth, height), "a.stl").clean_mesh
    assert mesh is not None
    return mesh


def large(workshop: Workshop) -> list[PlacedPart]:
    """SIGABRT `Objects could not fit on the bed`; with `--dont-arrange` rc 0, silent."""
    return [workshop.place(box_mesh(1000, 1000, 5))]


def tower(workshop: Workshop) -> list[PlacedPart]:
    """rc 0, silent: 13 MB of g-code above the frame."""
    return [workshop.place(box_mesh(20, 20, 400))]


def beside(workshop: Workshop) -> list[PlacedPart]:
    """rc 0, silent: coordinates beside the bed."""
    return [workshop.place(box_mesh(20, 20, 5), at=(300_000, 125_000))]


def crossing(workshop: Workshop) -> list[PlacedPart]:
    """rc 0, silent: printed through each other."""
    cube = box_mesh(20, 20, 5)
    return [workshop.place(cube), workshop.place(cube, 2, (135_000, 125_000))]


def too_many(workshop: Workshop) -> list[PlacedPart]:
    """`--duplicate 200`: rc 1; `--duplicate-grid`: SIGSEGV. Copies are placed parts here."""
    cube = box_mesh(20, 20, 5)
    return [workshop.place(cube, number, (number * 25_000, 125_000)) for number in range(1, 12)]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("plate", "code"),
    [
        (large, "off-bed"),
        (tower, "too-tall"),
        (beside, "off-bed"),
        (crossing, "overlap"),
        (too_many, "off-bed"),
    ],
)
def test_a_bad_plate_is_refused_before_any_slicer_sees_it(
    tmp_path: Path, plate: Callable[[Workshop], list[PlacedPart]], code: str
) -> None:
    workshop = Workshop(tmp_path, slicer=None, catalogue=None)
    with pytest.raises(SlicerFailed) as caught:
        arrange(plate(workshop), ROOM, workshop.store)
    assert caught.value.code == code
    assert caught.value.mend


def sliced_with(workshop: Workshop, changed: dict[str, str]) -> SlicerFailed:
    request = workshop.request([workshop.place(model("box"))], changed)
    with pytest.raises(SlicerFailed) as caught:
        slice_plate(request, workshop.bench())
    return caught.value


# Unknown keys, sections, vendor bundles, duplicate keys, rubbish lines and empty files never get to
# a slicer: tests/profiles/test_lint.py and tests/slicing/test_ini.py. A file that is not there, an
# output folder that is not there, and unknown options: tests/slicing/test_wrappers.py.
@pytest.mark.slicer
@pytest.mark.parametrize(
    ("changed", "code", "word"),
    [
        # rc 0: replaced by the default
        ({"fill_pattern": "wibble"}, "slicer-refused-config", "fill_pattern"),
        ({"gcode_flavor": "klipper"}, "slicer-refused-config", "gcode_flavor"),
        # rc 1, each with other words
        ({"layer_height": "abc"}, "slicer-refused-config", "layer_height"),
        ({"layer_height": "0.9"}, "slicer-refused-config", "Layer height"),
        ({"temperature": "-5"}, "slicer-refused-config", "temperature"),
        ({"extrusion_width": "3"}, "slicer-refused-config", "extrusion_width"),
        ({"start_gcode": "{nonexistent_var}"}, "custom-gcode-refused", "start_gcode"),
        ({"before_layer_gcode": "G92 E0"}, "slicer-refused-config", "before_layer_gcode"),
        # rc 0, silent: it used something else
        ({"temperature": "205.4"}, "slicer-changed-key", "asked 205.4, used 205"),
        ({"max_fan_speed": "80%"}, "slicer-changed-key", "asked 80%, used 80"),
    ],
)  # fmt: skip
def test_bad_settings_are_named(
    workshop: Workshop, changed: dict[str, str], code: str, word: str
) -> None:
    error = sliced_with(workshop, changed)
    assert error.code == code
    assert word in error.message


@pytest.mark.slicer
def test_empty_settings_are_refused_rather_than_filled_with_defaults(workshop: Workshop) -> None:
    """rc 0, silent: built-in defaults on a bed of 200 mm."""
    request = replace(workshop.request([workshop.place(model("box"))]), settings=b"")
    with pytest.raises(SlicerFailed) as caught:
        slice_plate(request, workshop.bench())
    assert caught.value.code == "settings-incomplete"


@pytest.mark.slicer
def test_no_program_is_started_by_settings_that_name_one(
    workshop: Workshop, tmp_path: Path
) -> None:
    """rc 0: it runs, as the person who slices."""
    request = workshop.request([workshop.place(model("box"))])
    line = f"post_process = /usr/bin/touch {tmp_path}/pwned; true".encode()
    settings = request.settings.replace(b"post_process =", line)
    assert settings != request.settings
    with pytest.raises(SlicerFailed) as caught:
        slice_plate(replace(request, settings=settings), workshop.bench())
    assert caught.value.code == "setting-starts-program"
    assert not (tmp_path / "pwned").exists()


@pytest.mark.slicer
def test_settings_that_leave_a_default_to_the_slicer_are_incomplete(workshop: Workshop) -> None:
    request = workshop.request([workshop.place(model("box"))])
    settings = request.settings.replace(b"bed_shape = 0x0,250x0,250x250,0x250\n", b"")
    assert settings != request.settings
    with pytest.raises(SlicerFailed, match="bed_shape") as caught:
        slice_plate(replace(request, settings=settings), workshop.bench())
    assert caught.value.code == "settings-incomplete"
