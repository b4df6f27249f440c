"""A commit on a branch of its own, and pushing it to remotes that take it or do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from farmctl.errors import Refused
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.repository import GitFailed, Repository
from farmctl.farmrepo.side_branch import NotSent, Proposal, Sent, commit_on_branch, send

BRANCH = "farmctl/promote-petg-1.9.0"
PATH = "profiles/petg/profile.yaml"
PROTECT = """#!/bin/sh
while read old new ref; do
  if [ "$ref" = "{ref}" ]; then echo "{ref} is protected" >&2; exit 1; fi
done
"""


@pytest.fixture
def farm(clone: Any) -> Any:
    clone.write(PATH, "old\n")
    clone.write("farm.yaml", "x\n")
    clone.commit("one")
    return clone


@pytest.fixture
def repository(farm: Any, opened: Callable[[Any], Repository]) -> Repository:
    return opened(farm)


def proposal(farm: Any, text: str = "new\n", branch: str = BRANCH) -> Proposal:
    return Proposal(branch, farm.head(), {PATH: text.encode()}, "profiles: petg\n\nwhy")


def test_nothing_of_the_persons_is_touched(
    farm: Any, repository: Repository, by: Signature
) -> None:
    farm.write("farm.yaml", "half done\n")
    farm.write("notes.txt", "mine\n")
    farm.git("add", "notes.txt")
    before = farm.state(), farm.head(), farm.read(PATH)
    commit = commit_on_branch(repository, proposal(farm), by)
    assert (farm.state(), farm.head(), farm.read(PATH)) == before
    assert farm.git("rev-parse", BRANCH) == commit
    assert farm.git("rev-parse", f"{BRANCH}^") == farm.head()
    assert farm.show(PATH, BRANCH) == "new"
    assert farm.git("diff", "--name-only", "HEAD", BRANCH) == PATH
    assert farm.git("log", "-1", "--format=%an %B", BRANCH).split() == [
        "Mia",
        "profiles:",
        "petg",
        "why",
    ]


def test_the_same_again_is_the_same_commit(
    farm: Any, repository: Repository, by: Signature
) -> None:
    first = commit_on_branch(repository, proposal(farm), by)
    assert commit_on_branch(repository, proposal(farm), by) == first


def test_a_branch_that_is_there_only_goes_forward(
    farm: Any, repository: Repository, by: Signature
) -> None:
    first = commit_on_branch(repository, proposal(farm), by)
    farm.write("farm.yaml", "y\n")
    farm.commit("two")
    second = commit_on_branch(repository, proposal(farm), by)
    assert second != first
    assert repository.is_ancestor(first, second)
    assert repository.is_ancestor(farm.head(), second)
    assert farm.git("diff", "--name-only", "HEAD", BRANCH) == PATH
    third = commit_on_branch(repository, proposal(farm, "newer\n"), by)
    assert farm.git("rev-parse", f"{third}^") == second


def test_a_branch_that_was_merged_begins_anew(
    farm: Any, repository: Repository, by: Signature
) -> None:
    first = commit_on_branch(repository, proposal(farm), by)
    farm.git("merge", "-q", "--ff-only", BRANCH)
    assert farm.head() == first
    second = commit_on_branch(repository, proposal(farm, "newer\n"), by)
    assert farm.git("log", "-1", "--format=%P", second) == first


def test_the_branch_that_is_checked_out_is_left_alone(
    farm: Any, repository: Repository, by: Signature
) -> None:
    farm.git("switch", "-q", "-c", BRANCH)
    with pytest.raises(Refused, match="is checked out"):
        commit_on_branch(repository, proposal(farm), by)


def test_a_name_that_git_does_not_take(farm: Any, repository: Repository, by: Signature) -> None:
    with pytest.raises(GitFailed, match="cannot be the name of a branch"):
        commit_on_branch(repository, proposal(farm, branch="farmctl/promote-a..b-1.0.0"), by)


@pytest.fixture
def bare(farm: Any, tmp_path: Path) -> Any:
    made = type(farm)(tmp_path / "bare.git")
    farm.git("clone", "-q", "--bare", str(farm.top), str(made.top))
    farm.git("remote", "add", "origin", str(made.top))
    return made


def protect(bare: Any, ref: str) -> None:
    hook = bare.top / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(PROTECT.format(ref=ref))
    hook.chmod(0o755)


def test_a_branch_is_pushed_beside_a_protected_main(
    farm: Any, bare: Any, repository: Repository, by: Signature
) -> None:
    protect(bare, "refs/heads/main")
    commit = commit_on_branch(repository, proposal(farm), by)
    assert send(repository, BRANCH, "origin") == Sent("origin", commit)
    assert bare.git("rev-parse", BRANCH) == commit
    farm.git("commit", "-q", "--allow-empty", "-m", "two")
    refused = send(repository, "main", "origin")
    assert isinstance(refused, NotSent)
    assert "origin does not take main: it is protected" in refused.why


def test_a_remote_that_takes_no_such_branch_is_named_with_its_mend(
    farm: Any, bare: Any, repository: Repository, by: Signature
) -> None:
    protect(bare, f"refs/heads/{BRANCH}")
    commit = commit_on_branch(repository, proposal(farm), by)
    refused = send(repository, BRANCH, "origin")
    assert isinstance(refused, NotSent)
    assert f"origin does not take {BRANCH}" in refused.why
    assert refused.mend == "allow branches that begin with farmctl/"
    assert farm.git("rev-parse", BRANCH) == commit


def test_commits_that_somebody_added_there_are_never_overwritten(
    farm: Any, bare: Any, repository: Repository, by: Signature
) -> None:
    commit_on_branch(repository, proposal(farm), by)
    send(repository, BRANCH, "origin")
    theirs = bare.git("commit-tree", f"{BRANCH}^{{tree}}", "-p", BRANCH, "-m", "theirs")
    bare.git("update-ref", f"refs/heads/{BRANCH}", theirs)
    commit_on_branch(repository, proposal(farm, "newer\n"), by)
    refused = send(repository, BRANCH, "origin")
    assert isinstance(refused, NotSent)
    assert "has commits that are not here" in refused.why
    assert bare.git("rev-parse", BRANCH) == theirs


def test_a_remote_that_is_away(farm: Any, bare: Any, repository: Repository, by: Signature) -> None:
    commit = commit_on_branch(repository, proposal(farm), by)
    bare.top.rename(bare.top.with_name("elsewhere.git"))
    refused = send(repository, BRANCH, "origin")
    assert isinstance(refused, NotSent)
    assert f"git push origin {BRANCH}" in refused.mend
    assert farm.git("rev-parse", BRANCH) == commit
