"""Golden models in a farm: what of them does not fit, where it says so, and that nothing stops."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from farmctl.farmrepo.cache import DocumentCache
from farmctl.farmrepo.collect import Wanted
from farmctl.farmrepo.read import Revision, read
from farmctl.farmrepo.repository import open_repository
from farmctl.farmrepo.snapshot import Snapshot
from farmctl.model.baseline import (
    Baseline,
    ClassFigures,
    ModelFigures,
    SlicedBy,
    read_baseline,
    write_baseline,
)
from farmctl.model.codec import Undecodable
from farmctl.model.digest import digest_of, hexdigits
from tests.farmrepo.test_read import FILES, STL

pytestmark = pytest.mark.pure

SHA = hexdigits(digest_of(STL))
GOLDEN = f"""schema: golden/v1
name: part
shows: What everybody orders.
model: {{path: models/part.stl, sha256: {SHA}}}
counts_for:
  profiles: [petg-0.4]
  classes: [mini]
expect:
  time_s: {{range: 10..20}}
"""
BASELINE = Baseline(
    profile="petg-0.4",
    version="1.8.2",
    slicer=SlicedBy("prusaslicer", "2.5.0", "linux-x86_64", f"sha256:{'1' * 64}"),
    classes={"mini": ClassFigures("1.0.0", {"part": ModelFigures(SHA, {"time_ms": 12_000})})},
)
PLACE = "golden_models/baselines/petg-0.4/1.8.2.json"


def look(clone: Any, files: dict[str, str | bytes], wanted: Wanted | None = None) -> Snapshot:
    for path, text in {**FILES, **files}.items():
        clone.write(path, text)
    clone.commit("a farm")
    with open_repository(clone.top) as repository:
        return read(repository, Revision(), DocumentCache(), wanted or Wanted(golden=True))


def said(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    return [(each.where, each.code, each.message) for each in snapshot.diagnostics.all]


def test_golden_models_and_their_figures_are_read_where_they_are_wanted(clone: Any) -> None:
    files = {"golden_models/part.yaml": GOLDEN, PLACE: write_baseline(BASELINE)}
    found = look(clone, files)
    assert said(found) == []
    assert found.golden["part"].expect.time_s is not None
    assert found.baselines == {("petg-0.4", "1.8.2"): BASELINE}
    nobody = look(clone, {"notes.txt": "more"}, Wanted())
    assert (nobody.golden, nobody.baselines) == ({}, {})


@pytest.mark.parametrize(
    ("old", "new", "where", "code"),
    [
        ("name: part", "name: pert", "golden_models/part.yaml:2:7", "name-differs"),
        ("[petg-0.4]", "[petg-0.5]", "golden_models/part.yaml:6:14", "unknown-profile"),
        ("[mini]", "[maxi]", "golden_models/part.yaml:7:13", "unknown-class"),
        ("part.stl", "port.stl", "golden_models/part.yaml:4:15", "no-model"),
        (SHA, "f" * 64, "golden_models/part.yaml:4:40", "golden-mesh-moved"),
        ("10..20", "10-20", "golden_models/part.yaml:9:19", "wrong-form"),
        ("10..20", "20..10", "golden_models/part.yaml:9:19", "conflict"),
    ],
)
def test_what_does_not_fit_is_said_at_its_place(
    clone: Any, old: str, new: str, where: str, code: str
) -> None:
    found = look(clone, {"golden_models/part.yaml": GOLDEN.replace(old, new)})
    assert [(each.where, each.code) for each in found.diagnostics.all] == [(where, code)]
    assert found.diagnostics.all[0].mend


def test_what_is_wrong_with_golden_models_stops_nothing_that_is_made(clone: Any) -> None:
    files = {
        "golden_models/part.yaml": GOLDEN.replace("name: part", "name: 7"),
        "golden_models/sub/part.yaml": GOLDEN,
        PLACE: "{}",
    }
    found = look(clone, files)
    assert {each.code for each in found.diagnostics.all} == {
        "wrong-type",
        "misplaced",
        "baseline-unreadable",
    }
    assert found.diagnostics.of_farm == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no json",
        b"[]",
        b"[" * 100_000,
        b"{}",
        b"\xff\xfe",
        b'{"schema": "farmctl.baseline/v2"}',
        b'{"schema": "farmctl.baseline/v1", "profile": 7}',
        write_baseline(BASELINE).replace(b"12000", b"12000.5"),
        write_baseline(BASELINE).replace(b"12000", b"NaN"),
        write_baseline(BASELINE).replace(b'"1.8.2"', b"null"),
    ],
)
def test_figures_that_nobody_wrote_so_are_a_diagnostic(clone: Any, raw: bytes) -> None:
    with pytest.raises(Undecodable):
        read_baseline(raw)
    found = look(clone, {PLACE: raw})
    (only,) = found.diagnostics.all
    assert (only.file, only.code) == (PLACE, "baseline-unreadable")
    assert "--update-baselines" in only.mend


def test_a_link_is_no_golden_model(clone: Any) -> None:
    (clone.top / "models").mkdir()
    (clone.top / "models/secret.stl").symlink_to("/etc/hostname")
    found = look(clone, {"golden_models/part.yaml": GOLDEN.replace("part.stl", "secret.stl")})
    assert ("golden_models/part.yaml:4:15", "symlink") in {
        (each.where, each.code) for each in found.diagnostics.all
    }


def test_figures_at_another_place_are_said(clone: Any) -> None:
    elsewhere = "golden_models/baselines/petg-0.4/7.0.0.json"
    found = look(clone, {elsewhere: write_baseline(BASELINE)})
    assert {(each.code, each.severity.value) for each in found.diagnostics.all} == {
        ("name-differs", "error"),
        ("baseline-of-nothing", "warning"),
    }


def test_a_draft_has_figures_as_long_as_it_is_there(clone: Any) -> None:
    raw = write_baseline(replace(BASELINE, version="draft"))
    place = "golden_models/baselines/petg-0.4/draft.json"
    assert said(look(clone, {place: raw})) == []
    clone.git("rm", "-q", "profiles/petg-0.4/draft.ini")
    clone.commit("released")
    with open_repository(clone.top) as repository:
        found = read(repository, Revision(), DocumentCache(), Wanted(golden=True))
    assert [each.code for each in found.diagnostics.all] == ["baseline-of-nothing"]


def test_a_baseline_is_the_same_bytes_in_whatever_order_it_was_made() -> None:
    one = {"b": ModelFigures(SHA, {"x": 1, "a": 2}), "a": ModelFigures(SHA, {})}
    other = {"a": ModelFigures(SHA, {}), "b": ModelFigures(SHA, {"a": 2, "x": 1})}
    first, second = (
        write_baseline(replace(BASELINE, classes={"mini": ClassFigures("1.0.0", models)}))
        for models in (one, other)
    )
    assert first == second
    assert read_baseline(first).of("mini", "b") == other["b"]
    assert read_baseline(first).of("mini", "c") is None
    assert read_baseline(first).of("maxi", "b") is None
    assert first.endswith(b"}\n")


def test_each_figure_has_a_line_of_its_own() -> None:
    """A diff of the file is what a reviewer reads."""
    lines = write_baseline(BASELINE).decode().splitlines()
    assert sum("time_ms" in line for line in lines) == 1
    assert max(map(len, lines)) < 100


def test_the_golden_models_of_the_reference_farm_are_all_shapes() -> None:
    from farmctl.farmrepo.load import load
    from farmctl.model.documents.golden import Golden
    from farmctl.model.golden import SHAPES

    folder = Path(__file__).parents[2] / "golden_models"
    documents = [load(Golden, path.read_bytes()).document for path in folder.glob("*.yaml")]
    assert {each.model.shape for each in documents if each} == set(SHAPES)
