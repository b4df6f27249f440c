"""A person's own settings, from their export to a part."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from farmctl.profiles.effective import Layer, effective
from farmctl.profiles.importing import Imported, import_settings
from farmctl.slicing import ini
from farmctl.slicing.plate import slice_plate

from .conftest import Workshop, model

pytestmark = pytest.mark.slicer


def layers(found: Imported) -> list[Layer]:
    files = sorted(path for path in found.files if path.endswith(".ini"))
    return [Layer(path, ini.parse(found.files[path], path).values) for path in files]


def test_an_export_of_an_older_slicer_prints_as_the_pinned_one_writes_it(
    workshop: Workshop,
) -> None:
    exported = {
        **workshop.catalogue.defaults,
        "bed_shape": "0x0,250x0,250x250,0x250",
        "draft_shield": "0",
        "retract_before_wipe": "0",
        "filament_cost": "",
        "print_host": "10.0.0.7",
    }
    raw = ini.write(exported)
    found = import_settings(raw, "old.ini", workshop.catalogue, normal=workshop.slicer.normal)
    settings = effective(workshop.catalogue, layers(found))
    assert settings.values["draft_shield"] == "disabled"
    assert settings.values["filament_cost"] == "0"
    request = workshop.request([workshop.place(model("box"))])
    record = slice_plate(replace(request, settings=settings.text), workshop.bench())
    assert record.summary.objects == 1


def test_the_settings_of_a_sliced_file_are_those_it_was_sliced_with(workshop: Workshop) -> None:
    request = workshop.request([workshop.place(model("box"))], {"filament_retract_length": "0.3"})
    record = slice_plate(request, workshop.bench())
    gcode = workshop.store.get(record.gcode)
    found = import_settings(gcode, "box.gcode", workshop.catalogue, normal=workshop.slicer.normal)
    assert found.profile == "pla-0.4-standard"
    again = effective(workshop.catalogue, layers(found)).values
    asked = ini.parse(request.settings, "").values
    assert {key for key in asked if not workshop.slicer.same_value(asked[key], again[key])} == set()
    assert again.keys() == asked.keys()
