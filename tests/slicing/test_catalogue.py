from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.errors import SlicerFailed
from farmctl.model.digest import digest_of
from farmctl.slicing import catalogue as catalogues
from farmctl.slicing.catalogue import Catalogue, Kind
from farmctl.slicing.prusaslicer.keys import kind_of
from farmctl.slicing.prusaslicer.program import PrusaSlicer
from farmctl.slicing.registry import open_slicer
from farmctl.slicing.seat import Seat
from farmctl.system.disk import RealDisk
from farmctl.system.processes import RealProcesses

from .conftest import PROFILES, program

SMALL = Catalogue("prusaslicer", "2.5.0+UNKNOWN", {"a": "1", "b": ""}, frozenset({"c"}))


@pytest.mark.pure
def test_a_catalogue_is_read_back_as_it_was_written() -> None:
    raw = catalogues.write(SMALL)
    assert catalogues.read(raw, "x.ini") == SMALL
    assert catalogues.write(catalogues.read(raw, "x.ini")) == raw


@pytest.mark.pure
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"a = 1\n",
        b"# program: x\n# version: 1\n",
        b"# program: x\na = 1\n",
        b"\xff",
        catalogues.write(SMALL) + b"a = 2\n",
    ],
)
def test_a_damaged_catalogue_is_named(raw: bytes) -> None:
    with pytest.raises(SlicerFailed) as caught:
        catalogues.read(raw, "profiles/slicers/x.ini")
    assert caught.value.code == "slicer-catalogue-damaged"
    assert "profiles/slicers/x.ini" in caught.value.message


@pytest.mark.pure
def test_a_farm_keeps_a_catalogue_under_the_slicers_digest() -> None:
    digest = digest_of(b"slicer")
    assert catalogues.farm_path(digest) == f"profiles/slicers/{digest[7:]}.ini"


@pytest.mark.pure
def test_a_misspelt_setting_is_near_the_right_one() -> None:
    known = Catalogue("p", "1", {"layer_height": "0.3"}, frozenset({"filament_wipe"}))
    assert known.nearest("layer_hight") == "layer_height"
    assert known.nearest("filament_wip") == "filament_wipe"
    assert known.nearest("zzz") is None


@pytest.mark.slicer
def test_the_catalogue_is_what_the_program_proves_and_no_more(catalogue: Catalogue) -> None:
    assert catalogue.defaults["perimeter_generator"] == "arachne"
    assert catalogue.optional >= {"filament_retract_length", "filament_wipe"}
    assert len(catalogue.defaults) > 250
    nowhere = {
        key for key in catalogue.defaults if kind_of(key) in {Kind.PRIVATE, Kind.BOOKKEEPING}
    }
    assert nowhere == set()


@pytest.mark.slicer
def test_the_pinned_catalogue_of_the_reference_farm_is_that_of_the_program(
    catalogue: Catalogue,
) -> None:
    (pinned,) = (PROFILES / "slicers").glob("*.ini")
    assert catalogues.read(pinned.read_bytes(), pinned.name) == catalogue


@pytest.mark.slicer
def test_the_program_writes_values_in_its_own_form_or_refuses_them(
    prusaslicer: PrusaSlicer,
) -> None:
    old = {"layer_height": "0.20", "draft_shield": "0", "retract_before_wipe": "0", "made_up": "1"}
    own = {"layer_height": "0.2", "draft_shield": "disabled", "retract_before_wipe": "0%"}
    assert prusaslicer.normal(old) == own
    with pytest.raises(SlicerFailed) as caught:
        prusaslicer.normal({"fill_pattern": "wibble"})
    assert caught.value.code == "slicer-refused-config"


@pytest.mark.slicer
def test_a_word_of_a_later_version_becomes_what_this_one_calls_it(
    prusaslicer: PrusaSlicer,
) -> None:
    found = prusaslicer.normal({"gcode_flavor": "klipper", "layer_height": "0.20"})
    assert found == {"gcode_flavor": "marlin2", "layer_height": "0.2"}


@pytest.mark.slicer
def test_slicers_are_opened_by_name(tmp_path: Path) -> None:
    seat = Seat(program(), tmp_path, RealDisk(), RealProcesses())
    assert open_slicer("prusaslicer", seat).pin().version.startswith("2.")
    with pytest.raises(SlicerFailed, match="prusaslicer"):
        open_slicer("prusa", seat)


@pytest.mark.slicer
def test_a_program_that_is_no_slicer_is_named(tmp_path: Path) -> None:
    with pytest.raises(SlicerFailed) as caught:
        PrusaSlicer(Seat(Path("/bin/true"), tmp_path, RealDisk(), RealProcesses())).pin()
    assert caught.value.code == "slicer-unknown"
