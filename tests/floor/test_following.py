"""A farm that follows a branch of a remote: what is pushed there is what is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.floor.small_farm import add_order, git, make_farm, state_of, type_in

pytestmark = pytest.mark.slicer
FOLLOW = ("--follow", "origin/main")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository."""
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(tmp_path / "remote.git"))
    return tmp_path / "remote.git"


@pytest.fixture
def farm(tmp_path: Path, remote: Path) -> Path:
    """The host's clone; main is checked out."""
    folder = make_farm(tmp_path / "farm", commit_plans=True)
    git(folder, "remote", "add", "origin", str(remote))
    git(folder, "push", "-q", "origin", "main")
    return folder


@pytest.fixture
def desk(tmp_path: Path, farm: Path, remote: Path) -> Path:
    """Somebody else's clone, where orders come from."""
    git(tmp_path, "clone", "-q", str(remote), str(tmp_path / "desk"))
    return tmp_path / "desk"


def push_order(desk: Path, order: str, *more: str) -> None:
    add_order(desk, order)
    git(desk, "push", "-q", *more, "origin", "main")


def once(farm: Path) -> str:
    done = type_in(farm, "run", "--once", *FOLLOW)
    assert done.code == 0, done.err
    return done.err


def planned(farm: Path) -> set[str]:
    return set(state_of(farm).plans)


def test_what_is_pushed_there_is_planned_here(farm: Path, desk: Path) -> None:
    head = git(farm, "rev-parse", "HEAD")
    push_order(desk, "ord-2")
    assert "ord-2/box@1" in type_in(farm, "plan", *FOLLOW).out
    assert "ord-2/box@1" not in type_in(farm, "plan").out
    assert git(farm, "rev-parse", "HEAD") == head


def test_build_plans_go_to_a_branch_of_their_own(farm: Path, desk: Path, remote: Path) -> None:
    head = git(farm, "rev-parse", "HEAD")
    push_order(desk, "ord-2")
    once(farm)
    assert planned(farm) == {"ord-1/box", "ord-2/box"}
    plans = git(remote, "ls-tree", "-r", "--name-only", "farmctl/plans", "plans").splitlines()
    assert plans == ["plans/ord-1/box.yaml", "plans/ord-2/box.yaml"]
    assert git(farm, "rev-parse", "HEAD") == head
    assert git(farm, "status", "--porcelain") == ""
    assert git(remote, "rev-parse", "main") == git(desk, "rev-parse", "HEAD")
    tip = git(remote, "rev-parse", "farmctl/plans")
    once(farm)
    assert git(remote, "rev-parse", "farmctl/plans") == tip
    assert json.loads(type_in(farm, "plan", "-o", "json", *FOLLOW).out)["items"] == []


def test_a_branch_that_was_rewritten_starts_nothing_until_a_person_looked(
    farm: Path, desk: Path
) -> None:
    once(farm)
    git(desk, "commit", "-q", "--amend", "-m", "another past")
    push_order(desk, "ord-2", "--force")
    said = once(farm)
    assert "! farm: origin/main was rewritten" in said
    assert planned(farm) == {"ord-1/box"}
    take = said.partition("git update-ref ")[2].split()
    git(farm, "update-ref", *take[:2])
    once(farm)
    assert planned(farm) == {"ord-1/box", "ord-2/box"}
    kinds = {each.kind for each in state_of(farm).attentions.values()}
    assert "revision-held" not in kinds


def test_a_branch_that_is_gone_starts_nothing(farm: Path, desk: Path, remote: Path) -> None:
    once(farm)
    git(remote, "update-ref", "-d", "refs/heads/main")
    assert "! farm: origin/main is gone" in once(farm)


def test_a_remote_that_does_not_answer_changes_nothing(farm: Path, remote: Path) -> None:
    once(farm)
    before = planned(farm)
    remote.rename(remote.with_name("elsewhere.git"))
    assert "origin/main cannot be asked" in type_in(farm, "plan", *FOLLOW).err
    assert planned(farm) == before


def test_what_was_never_reached_cannot_be_followed(farm: Path, remote: Path) -> None:
    remote.rename(remote.with_name("elsewhere.git"))
    done = type_in(farm, "plan", *FOLLOW)
    assert (done.code, "origin/main cannot be followed" in done.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--follow", "upstream/main"], "`upstream/main` is no branch of a remote"),
        (["--follow", "origin/main", "--rev", "HEAD~1"], "--rev and --follow exclude each other"),
    ],
)
def test_what_cannot_be_followed_is_refused(farm: Path, words: list[str], said: str) -> None:
    for verb in (["plan"], ["run", "--once"]):
        done = type_in(farm, *verb, *words)
        assert (done.code, said in done.err) == (2, True), done.err
