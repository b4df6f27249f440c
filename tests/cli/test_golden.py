"""`farmctl golden`: made by code, the bytes that the documents pin, and what says if they are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farmctl.farmrepo.load import load
from farmctl.geometry.golden.make import golden_stl
from farmctl.model.digest import digest_of, hexdigits
from farmctl.model.documents.golden import Golden
from farmctl.model.golden import SHAPES
from tests.floor.small_farm import ROOT, commit_all, git, type_in

pytestmark = pytest.mark.pure


def with_golden(farm: Path, name: str, model: str) -> Path:
    path = farm / f"golden_models/{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"schema: golden/v1\nname: {name}\nshows: A part.\nmodel: {model}\n")
    return path


def sha(shape: str) -> str:
    return hexdigits(digest_of(golden_stl(shape, {})))


@pytest.fixture
def farm(fresh: Path) -> Path:
    with_golden(fresh, "cube", f"{{shape: calibration-cube, sha256: {sha('calibration-cube')}}}")
    with_golden(fresh, "plate", f'{{shape: wide-flat, sha256: "{"0" * 64}"}}  # mine')
    return fresh


def test_the_list_says_what_each_is(farm: Path) -> None:
    done = type_in(farm, "golden", "list")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == ["NAME", "cube", "plate"]
    assert max(map(len, done.out.splitlines())) <= 100
    items = json.loads(type_in(farm, "golden", "list", "-o", "json").out)["items"]
    assert items[0]["model"] == "calibration-cube"
    assert type_in(farm, "golden", "list", "-o", "name").out == "cube\nplate\n"


def test_a_farm_without_golden_models_is_told_how_to_begin(fresh: Path) -> None:
    done = type_in(fresh, "golden", "list")
    assert (done.code, done.out) == (0, "")
    assert "farmctl golden shapes" in done.err


def test_shapes_are_listed_with_what_can_be_chosen(fresh: Path) -> None:
    done = type_in(fresh, "golden", "shapes")
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 100
    assert [line.partition(":")[0] for line in done.out.splitlines() if line[0] != " "] == [*SHAPES]
    items = json.loads(type_in(fresh, "golden", "shapes", "-o", "json").out)["items"]
    assert items[2]["parameters"]["spans_mm"]["default"] == [10, 20, 30, 40, 50]


def test_what_is_pinned_is_written_and_what_moved_is_a_diagnostic(
    farm: Path, tmp_path: Path
) -> None:
    into = tmp_path / "stl"
    done = type_in(farm, "golden", "generate", "--into", str(into))
    assert done.code == 1
    assert done.out == f"{into / 'cube.stl'}\n"
    assert "golden_models/plate.yaml:4:35: error: plate is another shape" in done.err
    assert "farmctl golden pin plate" in done.err
    assert [path.name for path in into.iterdir()] == ["cube.stl"]
    assert (into / "cube.stl").read_bytes() == golden_stl("calibration-cube", {})
    only = type_in(farm, "golden", "generate", "cube", "-o", "json")
    assert only.code == 0
    (written,) = json.loads(only.out)["items"]
    assert Path(written["path"]) == farm / ".farmctl/golden/cube.stl"


def test_pin_writes_the_digest_and_leaves_the_rest_as_it_was(farm: Path) -> None:
    path = farm / "golden_models/plate.yaml"
    before = path.read_text()
    done = type_in(farm, "golden", "pin")
    assert done.code == 0
    assert "golden_models/plate.yaml" in done.err
    assert "cube" not in done.err
    assert path.read_text() == before.replace(f'"{"0" * 64}"', sha("wide-flat"))
    again = type_in(farm, "golden", "pin", "plate")
    assert (again.code, again.err) == (0, "every digest is as it was\n")


def test_a_file_of_the_farm_may_be_one(farm: Path) -> None:
    with_golden(farm, "box", f'{{path: models/box.stl, sha256: "{"0" * 64}"}}')
    commit_all(farm)
    found = type_in(farm, "validate")
    assert found.code == 3
    assert "golden_models/box.yaml:4" in found.out
    assert type_in(farm, "golden", "pin", "box").code == 0
    assert "box" not in type_in(farm, "validate").out
    (farm / "models/box.stl").unlink()
    gone = type_in(farm, "golden", "generate", "box")
    assert gone.code == 3
    assert "there is no file models/box.stl" in gone.err


def test_a_link_is_not_followed(farm: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.stl"
    secret.write_bytes(golden_stl("wide-flat", {}))
    (farm / "models/secret.stl").symlink_to(secret)
    with_golden(farm, "secret", f"{{path: models/secret.stl, sha256: {sha('wide-flat')}}}")
    done = type_in(farm, "golden", "generate", "secret", "--into", str(tmp_path / "out"))
    assert (done.code, (tmp_path / "out").exists()) == (3, False)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["generate", "cub"], 1, "did you mean cube"),
        (["pin", "sphere"], 1, "there is no golden model `sphere`"),
    ],
)
def test_a_name_that_is_not_there(farm: Path, words: list[str], code: int, said: str) -> None:
    done = type_in(farm, "golden", *words)
    assert done.code == code
    assert said in done.err.replace("`cube`", "cube")


def test_a_document_that_is_wrong_is_said_with_its_line(farm: Path) -> None:
    with_golden(farm, "cube", "{shape: calibration-cube, sha256: 7}")
    done = type_in(farm, "golden", "generate")
    assert done.code == 3
    assert "golden_models/cube.yaml:4:" in done.err


def test_every_digest_of_the_reference_farm_is_of_what_is_made(tmp_path: Path) -> None:
    words = ["--state", str(tmp_path), "golden", "generate", "--into", str(tmp_path / "stl")]
    done = type_in(ROOT, *words)
    assert (done.code, done.err) == (0, "")
    assert len(list((tmp_path / "stl").iterdir())) == 11


def test_the_reference_farm_is_not_written_to(tmp_path: Path) -> None:
    done = type_in(ROOT, "--state", str(tmp_path), "golden", "pin")
    assert done.code == 4


def test_what_farmctl_brings_is_committed_and_bounded_by_change_alone(fresh: Path) -> None:
    done = type_in(fresh, "golden", "add")
    assert done.code == 0
    assert "11 golden models added: bridges, " in done.err
    assert "farmctl ci --update-baselines" in done.err
    assert git(fresh, "status", "--porcelain") == ""
    assert type_in(fresh, "validate").code == 0
    items = json.loads(type_in(fresh, "golden", "list", "-o", "json").out)["items"]
    brought = {path.stem: path for path in (ROOT / "golden_models").glob("*.yaml")}
    assert [each["name"] for each in items] == sorted(brought)
    for name, path in brought.items():
        text = (fresh / f"golden_models/{name}.yaml").read_text()
        assert "range" not in text
        assert text.count("change: ") == path.read_text().count("change: ")
        written, original = (
            load(Golden, each.encode()).document for each in (text, path.read_text())
        )
        assert written is not None
        assert original is not None
        assert (written.model, written.supports) == (original.model, original.supports)
    again = type_in(fresh, "golden", "add")
    assert (again.code, again.err) == (0, "every golden model that farmctl brings is here\n")


def test_some_are_added_by_name_and_none_is_written_over(fresh: Path) -> None:
    done = type_in(fresh, "golden", "add", "bridges", "wide-flat", "-o", "json")
    assert json.loads(done.out)["items"] == ["bridges", "wide-flat"]
    path = fresh / "golden_models/bridges.yaml"
    path.write_text(path.read_text().replace("change: 5%", "change: 7%"))
    taken = type_in(fresh, "golden", "add", "thin-walls", "bridges")
    assert taken.code == 4
    assert "golden_models/bridges.yaml is there already" in taken.err
    assert not (fresh / "golden_models/thin-walls.yaml").exists()
    rest = type_in(fresh, "golden", "add", "-o", "name")
    assert (rest.code, len(rest.out.split())) == (0, 9)
    assert "change: 7%" in path.read_text()
    assert git(fresh, "status", "--porcelain") == "M golden_models/bridges.yaml"
    unknown = type_in(fresh, "golden", "add", "benchy")
    assert unknown.code == 1
    assert "there is no golden model that farmctl brings `benchy`" in unknown.err


def test_the_reference_farm_gets_none_added(tmp_path: Path) -> None:
    assert type_in(ROOT, "--state", str(tmp_path), "golden", "add").code == 4
