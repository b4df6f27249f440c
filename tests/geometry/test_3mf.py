"""A 3MF is read as the specification says: units, places, components, and shapes only."""

from __future__ import annotations

import pytest

from farmctl.geometry import archive, load
from farmctl.geometry.clean_mesh import read_clean_mesh
from farmctl.geometry.package import composed
from farmctl.geometry.preflight import ingest, preflight
from farmctl.geometry.report import Level, PreflightReport
from farmctl.testing import packages, parts

pytestmark = pytest.mark.pure

BOX = parts.box_facets(2, 3, 4)
MESH = packages.mesh_xml(BOX)
ONE = f'<object id="1" type="model">{MESH}</object>'


def report_of(objects: str, items: str, unit: str = "millimeter") -> PreflightReport:
    return preflight(packages.package(packages.model_xml(objects, items, unit)), "a.3mf")


def codes(report: PreflightReport) -> list[str]:
    return [finding.code for finding in report.findings]


def lowest_corner(raw: bytes) -> tuple[float, ...]:
    mesh = read_clean_mesh(ingest(raw, "a.3mf").clean_mesh or b"")
    return tuple(min(mesh.vertices[axis::3]) for axis in range(3))


@pytest.mark.parametrize(
    ("unit", "mm"),
    [
        ("micron", 0.001),
        ("millimeter", 1),
        ("centimeter", 10),
        ("inch", 25.4),
        ("foot", 304.8),
        ("meter", 1000),
    ],
)
def test_the_unit_is_honoured(unit: str, mm: float) -> None:
    scale = 1 / mm
    facets = parts.box_facets(2 * scale, 3 * scale, 4 * scale)
    report = preflight(packages.package(packages.one_object(facets, unit)), "a.3mf")
    assert report.mesh is not None
    assert report.mesh.size_um == (2000, 3000, 4000)


def test_without_a_unit_a_3mf_is_in_millimetres() -> None:
    model = packages.model_xml(ONE, '<item objectid="1"/>').replace(' unit="millimeter"', "")
    report = preflight(packages.package(model), "a.3mf")
    assert report.mesh is not None
    assert report.mesh.size_um == (2000, 3000, 4000)


def test_an_item_stands_where_its_transform_says_in_the_models_unit() -> None:
    item = '<item objectid="1" transform="1 0 0 0 1 0 0 0 1 1 2 3"/>'
    assert lowest_corner(packages.package(packages.model_xml(ONE, item, "centimeter"))) == (
        10,
        20,
        30,
    )


def test_a_quarter_turn_swaps_width_and_depth() -> None:
    report = report_of(ONE, '<item objectid="1" transform="0 1 0 -1 0 0 0 0 1 0 0 0"/>')
    assert report.mesh is not None
    assert report.mesh.size_um == (3000, 2000, 4000)


def test_a_mirrored_item_still_faces_outwards() -> None:
    report = report_of(ONE, '<item objectid="1" transform="-1 0 0 0 1 0 0 0 1 0 0 0"/>')
    assert report.verdict is Level.PASS
    assert "winding" in codes(report)


def test_components_nest_and_their_transforms_multiply_from_the_inside_out() -> None:
    group = (
        '<object id="2"><components><component objectid="1"'
        ' transform="1 0 0 0 1 0 0 0 1 5 0 0"/></components></object>'
    )
    double = '<item objectid="2" transform="2 0 0 0 2 0 0 0 2 0 0 1"/>'
    assert lowest_corner(packages.package(packages.model_xml(ONE + group, double))) == (10, 0, 1)


def test_composing_transforms_is_doing_one_after_the_other() -> None:
    shift = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 3.0)
    quarter = (0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    assert composed(shift, quarter)[9:] == (-2.0, 1.0, 3.0)
    assert composed(quarter, shift)[9:] == (1.0, 2.0, 3.0)


def test_several_items_are_one_part_and_the_report_says_so() -> None:
    beside = '<item objectid="1" transform="1 0 0 0 1 0 0 0 1 10 0 0"/>'
    report = report_of(ONE, '<item objectid="1"/>' + beside)
    assert report.mesh is not None
    assert (report.mesh.bodies, report.mesh.size_um) == (2, (12000, 3000, 4000))
    assert "several-items" in codes(report)


def test_items_that_are_not_to_be_printed_are_left_out() -> None:
    aside = '<item objectid="1" printable="0" transform="1 0 0 0 1 0 0 0 1 10 0 0"/>'
    report = report_of(ONE, '<item objectid="1"/>' + aside)
    assert report.mesh is not None
    assert report.mesh.bodies == 1
    assert any("unprintable" in finding.what for finding in report.findings)


def test_helper_objects_are_not_printed() -> None:
    helper = f'<object id="2" type="other">{MESH}</object>'
    both = '<object id="3"><components><component objectid="1"/><component objectid="2"'
    both += ' transform="1 0 0 0 1 0 0 0 1 10 0 0"/></components></object>'
    report = report_of(ONE + helper + both, '<item objectid="3"/>')
    assert report.mesh is not None
    assert report.mesh.bodies == 1


def test_objects_in_other_parts_of_the_package_are_found() -> None:
    """As Bambu Studio and OrcaSlicer write them: the Production Extension's `p:path`."""
    group = (
        '<object id="2"><components><component p:path="/3D/Objects/a.model" objectid="1"/>'
        "</components></object>"
    )
    root = packages.model_xml(group, '<item objectid="2"/>')
    raw = packages.package(root, {"3D/Objects/a.model": packages.model_xml(ONE, "")})
    report = preflight(raw, "a.3mf")
    assert report.mesh is not None
    assert report.mesh.size_um == (2000, 3000, 4000)


@pytest.mark.parametrize(
    "other",
    [{}, {"3D/Objects/a.model": packages.model_xml(ONE, "", "inch")}],
    ids=["missing", "in another unit"],
)
def test_an_object_elsewhere_that_makes_no_sense_is_refused(other: dict[str, str]) -> None:
    group = '<object id="2"><components><component p:path="/3D/Objects/a.model" objectid="1"/>'
    root = packages.model_xml(group + "</components></object>", '<item objectid="2"/>')
    assert codes(preflight(packages.package(root, other), "a.3mf")) == ["3mf-malformed"]


def test_the_root_model_is_the_one_the_package_names() -> None:
    kind = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
    link = f'<Relationship Type="{kind}" Target="/shapes/root.model"/>'
    files = {
        "_rels/.rels": f"<Relationships>{link}</Relationships>",
        "shapes/root.model": packages.model_xml(ONE, '<item objectid="1"/>'),
    }
    report = preflight(packages.zipped(files), "a.3mf")
    assert report.mesh is not None
    assert report.mesh.size_um == (2000, 3000, 4000)


def test_settings_and_scripts_in_a_3mf_change_nothing() -> None:
    plain = packages.package(packages.one_object(BOX))
    scripted = packages.package(
        packages.one_object(BOX),
        {
            "Metadata/Slic3r_PE.config": "; post_process = /bin/sh -c 'touch pwned'\n",
            "Metadata/Slic3r_PE_model.config": "<config><object id='1'/></config>",
        },
    )
    assert ingest(scripted, "a.3mf").clean_mesh == ingest(plain, "a.3mf").clean_mesh
    told = [each for each in codes(preflight(scripted, "a.3mf")) if each != "starts-program"]
    assert sorted(told) == sorted(codes(preflight(plain, "a.3mf")))


@pytest.mark.parametrize("mark", ["modifier_part", "negative_part", "support_blocker"])
def test_the_marks_of_other_slicers_are_seen_too(mark: str) -> None:
    settings = f'<config><part id="2" subtype="{mark}"/></config>'
    raw = packages.package(packages.one_object(BOX), {"Metadata/model_settings.config": settings})
    assert "modifiers" in codes(preflight(raw, "a.3mf"))


def test_a_model_that_packs_well_is_no_bomb() -> None:
    model = packages.one_object(parts.box_facets(20, 20, 20))
    raw = packages.package(model.replace("<resources>", "<resources>" + "\n" * 200_000))
    assert len(raw) < 200_000 / archive.MAX_RATIO + 1000
    assert preflight(raw, "a.3mf").verdict is Level.PASS


def test_the_limit_on_all_files_together_is_counted_while_they_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "MAX_INFLATED_B", 500)
    assert codes(preflight(packages.package(packages.one_object(BOX)), "a.3mf")) == ["archive-bomb"]


def test_a_file_or_mesh_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "MAX_TRIANGLES", 11)
    assert codes(preflight(parts.box(), "a.stl")) == ["too-detailed"]
    monkeypatch.setattr(load, "MAX_UPLOAD_B", 100)
    assert codes(preflight(parts.box(), "a.stl")) == ["too-large"]


@pytest.mark.parametrize(
    ("file", "text", "is_told"),
    [
        ("Slic3r_PE.config", "; a = 1\n; post_process = /bin/touch x\n", True),
        ("Slic3r_PE.config", '; post_process = "/bin/sh -c \\"touch x\\""\r\n', True),
        ("Slic3r_PE.config", "; post_process = \n; a = 1\n", False),
        ("Slic3r_PE.config", '; post_process = ""\n; a = 1\n', False),
        ("project_settings.config", '{"post_process": ["/bin/touch x"]}', True),
        ("project_settings.config", '{"post_process": [], "a": ["1"]}', False),
        ("project_settings.config", '{"post_process": [""], "a": ["1"]}', False),
    ],
)
def test_settings_that_would_start_a_program_are_told_and_not_used(
    file: str, text: str, is_told: bool
) -> None:
    model = packages.model_xml(ONE, '<item objectid="1"/>')
    raw = packages.package(model, {f"Metadata/{file}": text})
    report = preflight(raw, "a.3mf")
    assert ("starts-program" in codes(report)) is is_told
    assert b"post_process" not in (ingest(raw, "a.3mf").clean_mesh or b"")
