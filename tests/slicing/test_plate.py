"""A plate becomes g-code that was proven, by the real PrusaSlicer."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.artifacts.store import MissingArtifact
from farmctl.errors import Exit, SlicerFailed
from farmctl.gcode.canonical import canonical_digest
from farmctl.model.digest import digest_of
from farmctl.slicing.key import PlacedPart
from farmctl.slicing.limits import missing_limits
from farmctl.slicing.plate import slice_plate
from farmctl.slicing.slicer import SliceRequest, SliceResult
from farmctl.testing.parts import PARTS

from .conftest import Workshop, model

pytestmark = pytest.mark.slicer


class Counted:
    """A slicer that counts how often it is asked to slice."""

    def __init__(self, real: object) -> None:
        self.real = real
        self.slices = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def slice(self, request: SliceRequest) -> SliceResult:
        self.slices += 1
        return self.real.slice(request)


def refusal(workshop: Workshop, *parts: PlacedPart) -> SlicerFailed:
    """What is said of a plate that must be refused before any slicer starts."""
    counted = Counted(workshop.slicer)
    with pytest.raises(SlicerFailed) as caught:
        slice_plate(workshop.request(parts), workshop.bench(counted))
    assert counted.slices == 0
    assert caught.value.exit is Exit.DEVICE
    assert caught.value.mend
    return caught.value


def test_every_digest_of_a_record_can_be_made_again_from_stored_bytes(workshop: Workshop) -> None:
    request = workshop.request([workshop.place(model("box"))])
    record = slice_plate(request, workshop.bench())
    gcode = workshop.store.get(record.gcode)
    assert canonical_digest(gcode) == digest_of(gcode) == record.gcode
    assert workshop.store.get(record.settings) == request.settings
    assert workshop.store.get(record.plate)[:2] == b"PK"
    assert record.slicer == workshop.slicer.pin().digest
    assert record.key == request.key
    made_from = {(edge.child, edge.parent, edge.tool.name) for edge in record.edges}
    assert made_from == {
        (record.plate, request.parts[0].mesh, "farmctl plate v1"),
        (record.gcode, record.plate, "prusaslicer"),
        (record.gcode, record.settings, "prusaslicer"),
    }


def test_figures_are_measured_and_agree_with_what_the_slicer_claims(workshop: Workshop) -> None:
    record = slice_plate(workshop.request([workshop.place(model("box"))]), workshop.bench())
    assert record.summary.layers == 5
    assert record.summary.height_um == 1000
    assert record.summary.objects == 1
    assert record.claims.time_ms == pytest.approx(record.summary.time_ms, rel=0.05)
    purge_um = 6_000  # of the class's start g-code, which the slicer does not count
    assert record.claims.filament_um[0] + purge_um == pytest.approx(
        record.summary.length_um, abs=10
    )


def test_the_limits_in_force_are_recorded(workshop: Workshop) -> None:
    record = slice_plate(workshop.request([workshop.place(model("box"))]), workshop.bench())
    assert set(missing_limits(record.limits)) <= {"no-network"}


@pytest.mark.parametrize("name", sorted(PARTS))
def test_the_reference_profile_slices_every_part_without_a_warning(
    workshop: Workshop, name: str
) -> None:
    record = slice_plate(workshop.request([workshop.place(model(name))]), workshop.bench())
    assert record.warnings == ()
    assert record.summary.objects == 1


@pytest.mark.parametrize("machine", ["generic-250", "voron-350"])
@pytest.mark.parametrize("profile", ["pla-0.4-draft", "petg-0.4-standard"])
def test_the_other_reference_profiles_slice_on_both_classes(
    workshop: Workshop, profile: str, machine: str
) -> None:
    names = ("clip", "bracket", "gear", "cover")
    spots = [(50_000, 50_000), (150_000, 50_000), (50_000, 150_000), (150_000, 150_000)]
    parts = [
        workshop.place(model(name), number, spot)
        for number, (name, spot) in enumerate(zip(names, spots, strict=True), 1)
    ]
    settings = workshop.settings(profile=profile, machine=machine).text
    request = replace(workshop.request(parts), settings=settings)
    record = slice_plate(request, workshop.bench())
    assert record.warnings == ()
    assert record.summary.objects == 4
    gcode = workshop.store.get(record.gcode)
    assert all(f"; printing object P0{number} id:".encode() in gcode for number in (1, 2, 3, 4))


def test_parts_print_where_they_were_placed_and_turned(workshop: Workshop) -> None:
    long_box = workshop.place(model("guide"), at=(60_000, 200_000))
    bench = workshop.bench()
    changed = {"start_gcode": "G28\\nM109 S200", "elefant_foot_compensation": "0"}
    straight = slice_plate(workshop.request([long_box], changed), bench).summary.laid
    turned = replace(long_box, rotate_mdeg=(0, 0, 90_000))
    across = slice_plate(workshop.request([turned], changed), bench).summary.laid
    assert straight is not None
    assert across is not None
    for bounds in (straight, across):
        middle = (bounds.min_x_um + bounds.max_x_um) // 2, (bounds.min_y_um + bounds.max_y_um) // 2
        assert middle == pytest.approx((60_000, 200_000), abs=60)
    wide = straight.max_x_um - straight.min_x_um
    assert across.max_y_um - across.min_y_um == pytest.approx(wide, abs=100)
    assert wide > 55_000


def test_equal_plates_of_different_orders_are_one_slice(workshop: Workshop) -> None:
    counted = Counted(workshop.slicer)
    bench = workshop.bench(counted)
    first = slice_plate(workshop.request([workshop.place(model("box"))]), bench)
    again = slice_plate(workshop.request([workshop.place(model("box"))]), bench)
    assert again == first
    assert counted.slices == 1


def test_a_slice_is_made_again_when_its_bytes_are_gone(workshop: Workshop) -> None:
    counted = Counted(workshop.slicer)
    bench = workshop.bench(counted)
    request = workshop.request([workshop.place(model("box"))])
    record = slice_plate(request, bench)
    next((workshop.folder / "artifacts").glob(f"*/{record.gcode[-62:]}")).unlink()
    assert slice_plate(request, bench) == record
    assert counted.slices == 2
    assert workshop.store.has(record.gcode)


def test_a_damaged_index_is_a_slice_that_has_to_be_made(workshop: Workshop) -> None:
    request = workshop.request([workshop.place(model("box"))])
    record = slice_plate(request, workshop.bench())
    (index,) = (workshop.folder / "slices").iterdir()
    index.write_bytes(index.read_bytes()[:-20])
    assert slice_plate(request, workshop.bench()) == record


def test_a_class_that_allows_less_than_before_is_asked_again(workshop: Workshop) -> None:
    request = workshop.request([workshop.place(model("box"))])
    slice_plate(request, workshop.bench())
    colder = replace(request, ceiling=replace(request.ceiling, nozzle_c=200))
    assert colder.key == request.key
    with pytest.raises(SlicerFailed) as caught:
        slice_plate(colder, workshop.bench())
    assert caught.value.code == "nozzle-too-hot"


def test_another_slicer_than_the_pinned_one_does_not_slice(workshop: Workshop) -> None:
    counted = Counted(workshop.slicer)
    request = workshop.request([workshop.place(model("box"))], slicer=digest_of(b"another"))
    with pytest.raises(SlicerFailed) as caught:
        slice_plate(request, workshop.bench(counted))
    assert caught.value.code == "slicer-not-pinned"
    assert counted.slices == 0


def test_a_mesh_that_is_not_in_the_store_is_named(workshop: Workshop) -> None:
    part = PlacedPart("P01", digest_of(b"lost"), 100_000, 100_000)
    with pytest.raises(MissingArtifact, match=part.mesh):
        slice_plate(workshop.request([part]), workshop.bench())


def test_parts_off_the_bed_are_refused_before_slicing(workshop: Workshop) -> None:
    assert refusal(workshop, workshop.place(model("box"), at=(300_000, 100_000))).code == "off-bed"
    assert refusal(workshop, workshop.place(model("box"), at=(1_000, 100_000))).code == "off-bed"


def test_parts_through_each_other_are_refused_before_slicing(workshop: Workshop) -> None:
    one = workshop.place(model("box"))
    other = workshop.place(model("box"), 2, (127_000, 125_000))
    error = refusal(workshop, one, other)
    assert error.code == "overlap"
    assert "P01 and P02" in error.message


def test_an_empty_plate_is_refused(workshop: Workshop) -> None:
    assert refusal(workshop).code == "plate-empty"
