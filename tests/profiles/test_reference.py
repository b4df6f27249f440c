"""The profiles and classes of the reference farm, and that imported ones have the same form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.model.documents.profile import Profile
from farmctl.profiles.effective import Layer, effective, nozzle
from farmctl.profiles.importing import import_settings
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue

pytestmark = pytest.mark.pure


def document(raw: bytes) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(raw)


def classes(profiles: Path) -> dict[str, PrinterClass]:
    files = sorted(profiles.glob("classes/*/class.yaml"))
    return {
        each.parent.name: PrinterClass.model_validate(document(each.read_bytes())) for each in files
    }


def all_profiles(profiles: Path) -> dict[str, Profile]:
    files = sorted(profiles.glob("*/profile.yaml"))
    return {each.parent.name: Profile.model_validate(document(each.read_bytes())) for each in files}


def test_there_are_two_classes_and_a_profile_for_each_material(profiles: Path) -> None:
    assert set(classes(profiles)) == {"generic-250", "voron-350"}
    made = all_profiles(profiles)
    assert {(each.material, each.quality) for each in made.values()} == {
        ("PLA", "standard"),
        ("PLA", "draft"),
        ("PETG", "standard"),
    }
    assert all(set(each.classes) == {"generic-250", "voron-350"} for each in made.values())


def test_released_files_are_the_bytes_that_the_documents_name(profiles: Path) -> None:
    found = {
        **{f"classes/{name}": each for name, each in classes(profiles).items()},
        **all_profiles(profiles),
    }
    for folder, each in found.items():
        assert each.name == folder.rsplit("/", maxsplit=1)[-1]
        for version, released in each.versions.items():
            raw = (profiles / folder / f"{version}.ini").read_bytes()
            assert hexdigits(digest_of(raw)) == released.sha256


def test_a_class_says_the_same_bed_and_height_in_both_files(profiles: Path) -> None:
    for name, each in classes(profiles).items():
        settings = ini.parse((profiles / "classes" / name / "1.0.0.ini").read_bytes(), name).values
        corners = ",".join(f"{x:g}x{y:g}" for x, y in each.bed_outline_mm)
        assert settings["bed_shape"] == corners
        assert settings["max_print_height"] == f"{each.height_mm:g}"


def test_no_profile_asks_for_more_heat_than_its_classes_allow(
    profiles: Path, debian: Catalogue
) -> None:
    for name, profile in all_profiles(profiles).items():
        raw = (profiles / name / "1.0.0.ini").read_bytes()
        settings = effective(debian, [Layer(name, ini.parse(raw, name).values), nozzle(400)]).values
        for class_name in profile.classes:
            most = classes(profiles)[class_name].max_c
            assert float(settings["first_layer_temperature"]) <= most.nozzle
            assert float(settings["first_layer_bed_temperature"]) <= most.bed
        assert settings["filament_type"] == profile.material


def test_an_imported_config_makes_documents_of_the_same_form(
    profiles: Path, debian: Catalogue
) -> None:
    whole = {
        **debian.defaults,
        "filament_type": "PLA+ Silk",
        "bed_shape": "-10x0,190.5x0,190.5x200,-10x200",
    }
    found = import_settings(ini.write(whole), "Mia's best.ini", debian)
    read = {path: document(raw) for path, raw in found.files.items() if path.endswith(".yaml")}
    profile = Profile.model_validate(read[f"profiles/{found.profile}/profile.yaml"])
    machine = PrinterClass.model_validate(read[f"profiles/classes/{found.class_name}/class.yaml"])
    assert (profile.name, profile.material, profile.quality) == (
        "pla-silk-mia-s-best",
        "PLA+-SILK",
        "draft",
    )
    assert machine.bed_outline_mm == ((-10, 0), (190.5, 0), (190.5, 200), (-10, 200))
    for path, raw in found.files.items():
        if path.endswith(".ini"):
            described = read[
                path.replace("1.0.0.ini", "class.yaml" if "classes" in path else "profile.yaml")
            ]
            assert described["versions"]["1.0.0"]["sha256"] == hexdigits(digest_of(raw))
