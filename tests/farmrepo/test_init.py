"""A new farm, and who commits to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from farmctl.farmrepo.cache import DocumentCache
from farmctl.farmrepo.identity import Identity, NoIdentity, Signature, identity, set_identity
from farmctl.farmrepo.init import FarmExists, NewFarm, farm_files, init
from farmctl.farmrepo.pull_requests import CHECKS, GITHUB, GITLAB
from farmctl.farmrepo.read import read_revision
from farmctl.farmrepo.repository import create_repository, open_repository
from farmctl.farmrepo.schema import schema
from farmctl.model.documents.kinds import Kind

GARAGE = NewFarm("12345678", "garage", "Europe/Berlin")


def make(top: Path, farm: NewFarm, by: Signature) -> str:
    create_repository(top)
    with open_repository(top) as repository:
        return init(repository, farm, by)


def test_a_new_farm_is_committed_valid_and_empty(tmp_path: Path, by: Signature) -> None:
    commit = make(tmp_path / "deep" / "farm", GARAGE, by)
    snapshot = read_revision(tmp_path / "deep" / "farm", "main", DocumentCache())
    assert snapshot.commit == commit
    assert snapshot.diagnostics.all == ()
    assert snapshot.uncommitted == ()
    assert snapshot.farm is not None
    assert (snapshot.farm.id, snapshot.farm.name) == ("12345678", "garage")
    assert snapshot.farm.timezone == "Europe/Berlin"
    assert snapshot.farm.printers == ()
    assert list(snapshot.policies) == ["default"]
    assert snapshot.orders == {}


def test_editors_find_the_schema_of_each_document(tmp_path: Path, by: Signature) -> None:
    make(tmp_path / "farm", GARAGE, by)
    for path in ("farm.yaml", "policies/default.yaml"):
        first = (tmp_path / "farm" / path).read_text().split("\n")[0]
        prefix = "# yaml-language-server: $schema="
        assert first.startswith(prefix)
        found = ((tmp_path / "farm" / path).parent / first.removeprefix(prefix)).resolve()
        assert json.loads(found.read_text())["$id"] == f"farmctl:{found.stem}/v1"
    for kind in Kind:
        text = (tmp_path / "farm" / "schemas" / f"{kind}.json").read_text()
        assert json.loads(text) == schema(kind)


def test_git_copies_no_hooks_into_a_new_farm_and_ignores_the_state(
    tmp_path: Path, by: Signature
) -> None:
    make(tmp_path / "farm", GARAGE, by)
    assert not (tmp_path / "farm/.git/hooks").exists()
    assert (tmp_path / "farm/.gitignore").read_text() == ".farmctl/\n"


def test_a_folder_that_has_a_repository_keeps_what_it_has(clone: Any, by: Signature) -> None:
    clone.write("README.md", "mine\n")
    clone.write(".gitignore", "*.tmp")
    clone.commit("mine")
    clone.write("README.md", "mine, changed\n")
    make(clone.top, GARAGE, by)
    assert clone.state() == " M README.md"
    assert clone.show(".gitignore").split("\n") == ["*.tmp", ".farmctl/"]
    assert clone.git("log", "--format=%s|%an").split("\n") == ["garage: a new farm|Mia", "mine|Ada"]


@pytest.mark.parametrize("path", CHECKS)
def test_what_a_repository_does_with_pull_requests_stays_as_it_is(
    clone: Any, by: Signature, path: str
) -> None:
    clone.write(path, "mine\n")
    clone.commit("mine")
    make(clone.top, GARAGE, by)
    assert clone.state() == ""
    assert clone.show(path) == "mine"
    for other in set(CHECKS) - {path}:
        assert "Written by `farmctl init`" in clone.show(other)


def test_the_jobs_run_in_the_image_that_is_asked_for(tmp_path: Path) -> None:
    farm = NewFarm("12345678", "garage", image="ubuntu:24.04")
    assert b"container: ubuntu:24.04\n" in farm_files(farm)[GITHUB]
    assert b"image: ubuntu:24.04\n" in farm_files(farm)[GITLAB]


def test_a_farm_is_not_made_over_another(tmp_path: Path, by: Signature) -> None:
    make(tmp_path / "farm", GARAGE, by)
    with pytest.raises(FarmExists, match=r"farm\.yaml is there already"):
        make(tmp_path / "farm", GARAGE, by)


def test_the_sample_farm_gets_its_own_id_and_name(tmp_path: Path, by: Signature) -> None:
    files = {
        "farm.yaml": b"schema: farm/v1\nid: 00000000a\nname: sample  # of all\nprinters: []\n",
        "policies/default.yaml": b"schema: policy/v1\nname: default\n",
        "orders/ord-1.yaml": b"not checked here\n",
    }
    farm = NewFarm("1e345678", "mine", sample=files)
    assert farm_files(farm)["farm.yaml"] == (
        b'schema: farm/v1\nid: "1e345678"\nname: mine  # of all\nprinters: []\n'
    )
    make(tmp_path / "farm", farm, by)
    assert (tmp_path / "farm/orders/ord-1.yaml").read_bytes() == files["orders/ord-1.yaml"]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, clone: Any, opened: Any) -> Any:
    for role in ("AUTHOR", "COMMITTER"):
        for field in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{role}_{field}")
    return opened(clone)


def test_an_identity_that_is_missing_is_none_and_can_be_told(nobody: Any, clone: Any) -> None:
    assert identity(nobody) is None
    set_identity(nobody, Identity("Mia Muster", "mia@laptop"))
    assert identity(nobody) == Identity("Mia Muster", "mia@laptop")
    assert clone.git("config", "--local", "user.name") == "Mia Muster"


def test_the_identity_that_git_knows_is_taken(clone: Any, opened: Any) -> None:
    assert identity(opened(clone)) == Identity("Ada", "ada@example.org")


@pytest.mark.parametrize("name", ["", "  ", "a <b>", "a\nb"])
def test_a_name_that_git_cannot_write_is_refused(nobody: Any, name: str) -> None:
    with pytest.raises(NoIdentity):
        set_identity(nobody, Identity(name, "x@y"))
    with pytest.raises(NoIdentity):
        set_identity(nobody, Identity("x", name))


def test_a_farm_is_begun_without_any_identity_of_git(
    nobody: Any, clone: Any, by: Signature
) -> None:
    init(nobody, GARAGE, by)
    assert clone.git("log", "-1", "--format=%an <%ae>|%cI") == (
        "Mia <mia@example.org>|2026-11-21T10:00:00+00:00"
    )
