"""`farmctl printer add` before a real Moonraker with a real Klipper."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from farmctl.model.states import Bed
from farmctl.testing.parts import PARTS
from tests.floor.small_farm import ROOT, git, state_of, type_in
from tests.servers.fixtures import klipper, klipper_stack
from tests.servers.klipper import KlipperStack

__all__ = ["klipper", "klipper_stack"]
pytestmark = [pytest.mark.server, pytest.mark.slicer]


def read(folder: Path, path: str) -> dict:
    return YAML(typ="safe").load(git(folder, "show", f"HEAD:{path}"))


def test_a_klipper_printer_is_found_and_its_class_is_made_from_its_configuration(
    tmp_path: Path, klipper: KlipperStack
) -> None:
    folder = tmp_path / "farm"
    type_in(tmp_path, "init", str(folder))
    assert type_in(folder, "slicer", "pin").code == 0
    words = ["--loaded", "PETG/black", "--bed", "clear"]
    done = type_in(folder, "printer", "add", "voron-1", klipper.url, *words)
    assert done.code == 0, done.err
    lines = done.err.splitlines()
    assert lines[0].startswith("found Moonraker ")
    assert lines[0].endswith("bed 250 × 210 × 200 mm, nozzle 0.4")
    assert lines[1].startswith("voron-1 added, class voron-250@1.0.0, made from its configuration")
    assert lines[-1] == "voron-1 is ready"
    entry = read(folder, "farm.yaml")["printers"][0]
    assert (entry["driver"], entry["url"]) == ("moonraker", klipper.url)
    assert len(entry["identity"]) >= 8
    document = read(folder, "profiles/classes/voron-250/class.yaml")
    assert (document["bed_mm"], document["height_mm"]) == ([250, 210], 200)
    assert (document["nozzles_mm"], document["max_c"]) == ([0.4], {"nozzle": 300, "bed": 130})
    assert type_in(folder, "validate").code == 0
    assert state_of(folder).printers["voron-1"].bed is Bed.CLEAR
    again = type_in(folder, "printer", "add", "voron-2", klipper.url.removeprefix("http://"))
    assert (again.code, f"the machine at {klipper.url} is voron-1 already" in again.err) == (
        4,
        True,
    )


def test_what_is_sliced_for_a_made_class_is_proved(tmp_path: Path, klipper: KlipperStack) -> None:
    folder = tmp_path / "farm"
    type_in(tmp_path, "init", str(folder))
    assert type_in(folder, "slicer", "pin").code == 0
    assert type_in(folder, "printer", "add", "voron-1", klipper.url).code == 0
    shutil.copytree(ROOT / "profiles/pla-0.4-draft", folder / "profiles/pla-0.4-draft")
    profile = folder / "profiles/pla-0.4-draft/profile.yaml"
    profile.write_text(re.sub("classes: .*", "classes: [voron-250]", profile.read_text()))
    assert type_in(folder, "commit").code == 0
    (tmp_path / "clip.stl").write_bytes(PARTS["clip"]())
    words = ["--profile", "pla-0.4-draft", "--class", "voron-250"]
    done = type_in(folder, "slice", str(tmp_path / "clip.stl"), *words)
    assert done.code == 0, done.err


def test_a_class_that_fits_is_taken(tmp_path: Path, klipper: KlipperStack) -> None:
    folder = tmp_path / "farm"
    type_in(tmp_path, "init", str(folder))
    type_in(folder, "printer", "add", "voron-1", klipper.url)
    type_in(folder, "printer", "remove", "voron-1")
    done = type_in(folder, "printer", "add", "other", klipper.url)
    assert "other added, class voron-250@1.0.0 (commit" in done.err
    assert git(folder, "show", "--name-only", "--format=", "HEAD") == "farm.yaml"
