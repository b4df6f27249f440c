"""Which presets go together, and which are meant."""

from __future__ import annotations

import pytest

from farmctl.errors import FarmctlError, InvalidDocuments, UsageError
from farmctl.profiles.bundle import PresetKind, parse_bundle
from farmctl.profiles.importing import import_settings, sort_settings
from farmctl.profiles.picking import Wanted, listed, pick
from farmctl.profiles.presets import Shelf, reading_of
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue

pytestmark = pytest.mark.pure

ACME = """\
[vendor]
name = Acme
config_version = 1.0

[printer:*common*]
bed_shape = 0x0,200x0,200x200,0x200
max_print_height = 180
start_gcode = G28

[printer:One]
inherits = *common*
printer_model = ONE
nozzle_diameter = 0.4
default_print_profile = "0.2 mm"
default_filament_profile = PLA

[printer:Two]
inherits = *common*
renamed_from = "Zwei"
printer_model = TWO
nozzle_diameter = 0.6,0.6
default_print_profile = gone

[printer:Resin]
printer_technology = SLA

[print:*common*]
perimeters = 2

[print:0.2 mm]
inherits = *common*
layer_height = 0.2
compatible_printers_condition = nozzle_diameter[0]==0.4

[print:0.3 mm]
inherits = *common*
layer_height = 0.3
compatible_printers_condition = printer_model==\\"TWO\\" and num_extruders==2

[print:0.1 mm @TWO]
inherits = *common*
layer_height = 0.1
compatible_printers = "Zwei"; Three

[filament:PLA]
filament_type = PLA
temperature = 215
compatible_printers_condition = printer_model!="TWO"

[filament:PLA @TWO]
filament_type = PLA
temperature = 220
compatible_printers_condition = printer_model=="TWO"

[filament:FLEX]
filament_type = FLEX
temperature = 230
compatible_prints_condition = layer_height>0.15

[filament:Broken]
filament_type = PLA
compatible_printers_condition = wall_of_the_future==1
"""
OTHER = """\
[vendor]
name = Other

[print:Foreign]
layer_height = 0.2
"""
MINE = """\
[printer:My One]
inherits = One
bed_shape = 0x0,200x0,200x200,0x200
max_print_height = 180
nozzle_diameter = 0.4
gcode_flavor = marlin2
printer_model = ONE
default_print_profile = 0.2 mm

[filament:My PLA]
filament_type = PLA
temperature = 201
compatible_printers = One

[presets]
printer = My One
filament = My PLA
"""


@pytest.fixture
def shelf(debian: Catalogue) -> Shelf:
    files = {"acme.ini": ACME, "other.ini": OTHER}
    return Shelf([parse_bundle(text.encode(), name) for name, text in files.items()], debian)


@pytest.fixture
def own(debian: Catalogue) -> Shelf:
    files = {"mine.ini": MINE, "acme.ini": ACME}
    return Shelf([parse_bundle(text.encode(), name) for name, text in files.items()], debian)


def names(shelf: Shelf, *wanted: str) -> tuple[str, ...]:
    return tuple(each.name for each in pick(shelf, Wanted(*wanted)))


def refused(shelf: Shelf, *wanted: str | None) -> FarmctlError:
    with pytest.raises(FarmctlError) as error:
        pick(shelf, Wanted(*wanted))
    return error.value


def test_the_printer_says_which_print_and_filament(shelf: Shelf) -> None:
    assert names(shelf, "One") == ("One", "0.2 mm", "PLA")


def test_a_person_says_otherwise(shelf: Shelf) -> None:
    assert names(shelf, "Two", "0.3 mm", "FLEX") == ("Two", "0.3 mm", "FLEX")


def test_a_former_name_is_as_good(shelf: Shelf) -> None:
    assert names(shelf, "Zwei", "0.1 mm @TWO", "PLA @TWO")[0] == "Two"


def test_presets_that_do_not_go_together_are_refused_with_the_condition(shelf: Shelf) -> None:
    error = refused(shelf, "One", "0.3 mm")
    assert isinstance(error, InvalidDocuments)
    line = (
        ACME.splitlines().index(
            'compatible_printers_condition = printer_model==\\"TWO\\" and num_extruders==2'
        )
        + 1
    )
    assert error.message == (
        f"acme.ini:{line}:1: `0.3 mm` does not go with `One`: not true is "
        'printer_model=="TWO" and num_extruders==2'
    )
    assert error.mend == "these fit: `0.2 mm`"


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (("One", "0.1 mm @TWO"), "`0.1 mm @TWO` is only for Zwei and Three"),
        (("One", "Foreign"), "`Foreign` is for printers of Other, One is Acme's"),
        (
            ("Two", "0.1 mm @TWO", "FLEX"),
            "`FLEX` does not go with `0.1 mm @TWO`: not true is layer_height>0.15",
        ),
        (("One", None, "Broken"), "no setting is called `wall_of_the_future`"),
        (("Resin",), "`Resin` prints with resin (SLA)"),
    ],
)
def test_what_does_not_fit_is_refused_with_why(
    shelf: Shelf, wanted: tuple[str | None, ...], why: str
) -> None:
    error = refused(shelf, *wanted)
    assert isinstance(error, InvalidDocuments)
    assert why in error.message
    assert error.message.startswith(("acme.ini:", "other.ini:"))
    assert error.mend


@pytest.mark.parametrize(
    ("wanted", "why", "mend"),
    [
        ((None,), "which printer?", '--printer "NAME"'),
        (("Two",), "which print? `Two` names none", "these fit: `0.3 mm`, `0.1 mm @TWO`"),
        (("One", "0.25 mm"), "no print preset `0.25 mm`", "did you mean `0.2 mm`?"),
        (("*common*",), "no printer preset `*common*`", ""),
    ],
)
def test_what_is_not_there_or_not_said_is_a_usage_error(
    shelf: Shelf, wanted: tuple[str | None, ...], why: str, mend: str
) -> None:
    error = refused(shelf, *wanted)
    assert isinstance(error, UsageError)
    assert why in error.message
    assert mend in error.mend


def test_ones_own_bundle_is_enough_with_what_came_with_the_slicer(own: Shelf) -> None:
    picked = pick(own, Wanted())
    assert [each.name for each in picked] == ["My One", "0.2 mm", "My PLA"]
    assert [each.bundle.file for each in picked] == ["mine.ini", "acme.ini", "mine.ini"]


def test_a_name_in_a_bundle_that_cannot_be_read_is_not_called_missing(debian: Catalogue) -> None:
    broken = Shelf([parse_bundle(b"[print:a]\nx = \xff\n", "bad.ini")], debian)
    assert "bad.ini:2:1: bytes that are not UTF-8" in refused(broken, "One").message


def test_presets_become_a_class_and_a_profile(shelf: Shelf, debian: Catalogue) -> None:
    found = sort_settings(reading_of(pick(shelf, Wanted("One")), debian), debian)
    assert (found.profile, found.class_name) == ("pla-0.4-standard", "one")
    assert found.written_by == "Acme 1.0: One, 0.2 mm, PLA"
    machine = ini.parse(found.files["profiles/classes/one/1.0.0.ini"], "").values
    assert machine["start_gcode"] == "G28"
    other = ini.parse(found.files["profiles/pla-0.4-standard/1.0.0.ini"], "").values
    assert (other["layer_height"], other["temperature"]) == ("0.2", "215")
    assert not {"compatible_printers_condition", "inherits"} & {*machine, *other}
    assert "renamed_from" not in str(found.left_out)


def test_what_presets_leave_to_the_slicer_is_named(debian: Catalogue) -> None:
    bare = "[printer:A]\nprinter_model = A\n[print:B]\nperimeters = 2\n[filament:C]\ntemperature = 200\n"
    shelf = Shelf([parse_bundle(bare.encode(), "bare.ini")], debian)
    found = sort_settings(reading_of(pick(shelf, Wanted("A")), debian), debian)
    said = [each.message for each in found.findings if each.code == "import-slicers-own"]
    assert "`A` does not say `bed_shape`: the slicer's own is 0x0,200x0,200x200,0x200" in said
    assert len(said) == 5
    assert "profiles/classes/a/class.yaml" in found.files


def test_several_extruders_have_the_filament_in_each(shelf: Shelf, debian: Catalogue) -> None:
    reading = reading_of(pick(shelf, Wanted("Two", "0.3 mm", "PLA @TWO")), debian)
    found = sort_settings(reading, debian)
    (profile,) = (
        path for path in found.files if path.endswith("1.0.0.ini") and "classes" not in path
    )
    values = ini.parse(found.files[profile], "").values
    assert (values["temperature"], values["filament_type"]) == ("220,220", "PLA;PLA")
    (note,) = (each for each in found.findings if each.code == "import-as-loaded")
    assert "2 extruders" in note.message


@pytest.mark.parametrize(
    ("said", "key", "value"),
    [
        ("first_layer_height = 150%\nlayer_height = 0.2\n", "first_layer_height", "0.3"),
        ("gap_fill_speed = 0\nlayer_height = 0.2\n", "gap_fill_enabled", "0"),
    ],
)
def test_old_words_are_read_as_the_window_reads_them(
    debian: Catalogue, said: str, key: str, value: str
) -> None:
    more = "bed_shape = 0x0,200x0,200x200,0x200\nmax_print_height = 180\nnozzle_diameter = 0.4\nfilament_type = PLA\n"
    found = import_settings((said + more).encode(), "old.ini", debian)
    assert ini.parse(found.files["profiles/pla-old/1.0.0.ini"], "").values[key] == value
    (note,) = (each for each in found.findings if each.code == "import-as-loaded")
    assert (note.severity, note.file) == ("note", "old.ini")
    assert "as PrusaSlicer's window has it" in note.message


def test_words_find_presets(shelf: Shelf) -> None:
    def found(wanted: Wanted, *words: str) -> list[str]:
        return [each.preset.name for each in listed(shelf, wanted, words)]

    assert found(Wanted(), "acme", "mm") == ["0.2 mm", "0.3 mm", "0.1 mm @TWO"]
    assert found(Wanted()) == ["One", "Two", "Resin"]
    assert found(Wanted(), "nothing") == []
    assert found(Wanted("One")) == ["One", "0.2 mm", "PLA", "FLEX"]
    own = [each.preset.name for each in listed(shelf, Wanted("One"), ()) if each.is_default]
    assert own == ["0.2 mm", "PLA"]
    assert found(Wanted("Two", "0.1 mm @TWO"), "two") == ["Two", "0.1 mm @TWO", "PLA @TWO"]
    assert shelf.find(PresetKind.PRINTER, "*common*") is None
