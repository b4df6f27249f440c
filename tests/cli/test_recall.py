"""What `slice` remembers of a question: only while all that decides the answer is the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from farmctl.farm.slices.recall import Said, question, recall
from farmctl.model.digest import digest_of, hexdigits
from farmctl.testing.parts import box
from tests.floor.small_farm import add_order, farm_at, git, make_farm, type_in

pytestmark = pytest.mark.slicer

SAID = Said("pla-0.4-draft", "generic-250")
HOW = ("--profile", "pla-0.4-draft", "--class", "generic-250")


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    folder = make_farm(tmp_path / "farm")
    assert type_in(folder, "slice", str(folder / "models/box.stl"), *HOW).code == 0
    return folder


def recalled(folder: Path, said: Said = SAID) -> bool:
    farm = farm_at(folder)
    asked = question(farm, str(folder / "models/box.stl"), said)
    return asked is not None and recall(farm, asked) is not None


def test_the_same_question_is_recalled(farm: Path) -> None:
    assert recalled(farm)


def test_another_choice_commit_or_model_is_another_question(farm: Path) -> None:
    assert not recalled(farm, Said("pla-0.4-draft"))
    (farm / "models/box.stl").write_bytes(box(9, 9, 3))
    assert not recalled(farm)
    (farm / "models/box.stl").write_bytes(box())
    assert recalled(farm)
    add_order(farm, "ord-2")
    assert not recalled(farm)


def test_a_changed_setting_is_sliced_anew(farm: Path) -> None:
    asked = ("slice", "ord-1/box", "--class", "generic-250", "-o", "name")
    before = type_in(farm, *asked).out
    settings = farm / "profiles/pla-0.4-draft/1.0.0.ini"
    document = settings.with_name("profile.yaml")
    old = settings.read_bytes()
    new = old.replace(b"\nperimeters = 2\n", b"\nperimeters = 3\n")
    assert new != old
    settings.write_bytes(new)
    digests = [hexdigits(digest_of(each)) for each in (old, new)]
    document.write_text(document.read_text().replace(*digests))
    git(farm, "commit", "-qam", "three perimeters")
    done = type_in(farm, *asked)
    assert done.code == 0, done.err
    assert done.out != before


@pytest.mark.parametrize("gone", ["slices", "artifacts"])
def test_a_slice_that_is_gone_is_made_again(farm: Path, gone: str) -> None:
    shutil.rmtree(farm / ".farmctl" / gone)
    assert not recalled(farm)
    done = type_in(farm, "slice", str(farm / "models/box.stl"), *HOW)
    assert (done.code, ", sliced" in done.out) == (0, True)


def test_a_damaged_memory_is_no_answer(farm: Path) -> None:
    (kept,) = (farm / ".farmctl/asked").iterdir()
    kept.write_text('{"name": 1}')
    assert not recalled(farm)
    assert type_in(farm, "slice", str(farm / "models/box.stl"), *HOW).code == 0
