"""What farmctl commits itself is not news to it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from farmctl.farm.origin import AtRevision
from tests.floor.small_farm import commit_all, farm_at, git, make_farm, state_of, type_in

pytestmark = pytest.mark.slicer

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def test_after_apply_nothing_is_said_to_be_new(tmp_path: Path) -> None:
    folder = make_farm(tmp_path / "farm", commit_plans=True)
    before = git(folder, "rev-parse", "HEAD")
    done = type_in(folder, "apply", "--yes")
    assert done.code == 0, done.err
    assert git(folder, "rev-parse", "HEAD^") == before
    revision = state_of(folder).revision
    assert revision is not None
    assert revision.commit == git(folder, "rev-parse", "HEAD")
    assert "nothing of it is planned yet" not in type_in(folder, "status").out


def test_git_is_free_again_as_soon_as_a_killed_controllers_place_is_taken(tmp_path: Path) -> None:
    folder = make_farm(tmp_path / "farm", commit_plans=True)
    assert type_in(folder, "apply", "--yes").code == 0
    (folder / ".git/index.lock").write_text("held by farmctl\n")  # killed after its commit
    assert type_in(folder, "run", "--once").code == 0
    (folder / "farm.yaml").write_text((folder / "farm.yaml").read_text() + "# theirs\n")
    commit_all(folder)
    assert git(folder, "status", "--porcelain") == ""


def test_what_a_person_commits_meanwhile_is_for_the_next_apply(tmp_path: Path) -> None:
    folder = make_farm(tmp_path / "farm", commit_plans=True)
    shown = git(folder, "rev-parse", "HEAD")
    origin = AtRevision(farm_at(folder), shown)
    (folder / "farm.yaml").write_text((folder / "farm.yaml").read_text() + "# theirs\n")
    commit_all(folder)
    commit = origin.commit_plans({"plans/ord-1/box.yaml": b"a: 1\n"}, "plans", NOW)
    assert commit == git(folder, "rev-parse", "HEAD")
    assert origin.head() == shown
