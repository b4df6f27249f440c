from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from farmctl.errors import Exit, InvalidDocuments
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.profiles.recipe import Recipe, settings_of
from farmctl.profiles.room import ceiling_of, room_of
from farmctl.slicing.catalogue import Catalogue

pytestmark = pytest.mark.pure

OWN = Recipe(
    "mine@1.0.0",
    b"bed_shape = 0x0,100x0,100x100,0x100\nretract_length = 1\ntravel_speed = 100\n",
    "pla@1.0.0",
    b"retract_length = 2\nperimeters = 2\ntravel_speed = 110\n",
    400,
)


def test_class_then_profile_then_supports_then_overrides(debian: Catalogue) -> None:
    found = settings_of(replace(OWN, supports="auto", overrides=(("travel_speed", "120"),)), debian)
    said = (
        "bed_shape",
        "retract_length",
        "perimeters",
        "travel_speed",
        "support_material",
        "perimeter_speed",
        "nozzle_diameter",
    )
    assert {key: (found.values[key], found.sources[key]) for key in said} == {
        "bed_shape": ("0x0,100x0,100x100,0x100", "class mine@1.0.0"),
        "retract_length": ("2", "profile pla@1.0.0"),
        "perimeters": ("2", "profile pla@1.0.0"),
        "travel_speed": ("120", "the plan's overrides"),
        "support_material": ("1", "supports auto"),
        "perimeter_speed": ("60", "the slicer's defaults"),
        "nozzle_diameter": ("0.4", "nozzle 0.4 mm"),
    }


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"machine_ini": b"bed_shap = 1\n"}, "class mine@1.0.0:1:1"),
        ({"profile_ini": b"a = 1\nstart_gcode = G28\n"}, "profile pla@1.0.0:2:1"),
        ({"overrides": (("post_process", "sh x"),)}, "the plan's overrides"),
        ({"overrides": (("bed_shape", "0x0"),)}, "the plan's overrides"),
        ({"profile_ini": b"nozzle_diameter = 0.6\n"}, "0.6 mm, not 0.4 mm"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    debian: Catalogue, changed: dict[str, object], word: str
) -> None:
    with pytest.raises(InvalidDocuments, match=word) as caught:
        settings_of(replace(OWN, **changed), debian)
    assert caught.value.exit is Exit.INVALID
    assert caught.value.mend


def test_the_reference_recipes_are_complete_and_each_its_own(
    debian: Catalogue, profiles: Path
) -> None:
    def ini(name: str) -> bytes:
        return (profiles / name / "1.0.0.ini").read_bytes()

    digests = {
        settings_of(Recipe(machine, ini(f"classes/{machine}"), name, ini(name), 400), debian).digest
        for machine in ("generic-250", "voron-350")
        for name in ("pla-0.4-standard", "pla-0.4-draft", "petg-0.4-standard")
    }
    assert len(digests) == 6


def test_a_class_gives_a_plate_room_and_heat() -> None:
    document = {
        "schema": "class/v1",
        "name": "mine",
        "program": "prusaslicer",
        "bed_mm": [100.5, 90],
        "height_mm": 80,
        "nozzles_mm": [0.4],
        "max_c": {"nozzle": 260, "bed": 100},
        "versions": {},
    }
    mine = PrinterClass.model_validate(document)
    room = room_of(mine)
    assert room.bed_um == ((0, 0), (100_500, 0), (100_500, 90_000), (0, 90_000))
    assert (room.height_um, room.clearance_um) == (80_000, 500)
    assert (ceiling_of(mine).nozzle_c, ceiling_of(mine).bed_c) == (260, 100)
