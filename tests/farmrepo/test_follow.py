"""Following a remote's branch, and farmctl's own branch for build plans."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from farmctl.errors import UsageError
from farmctl.farmrepo import plans_branch
from farmctl.farmrepo.cache import DocumentCache
from farmctl.farmrepo.collect import Wanted
from farmctl.farmrepo.follow import (
    BranchGone,
    Followed,
    GitEnds,
    NotFastForward,
    NotReached,
    follow,
)
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.plans_branch import (
    Diverged,
    Edition,
    NotPushed,
    Pushed,
    publish_plans,
    push_plans,
    take_plans,
    write_plans,
)
from farmctl.farmrepo.read import Revision, read
from farmctl.farmrepo.remotes import RemoteBranch, Unreachable, parse_branch
from farmctl.farmrepo.repository import GitFailed, Repository

PLAN = "plans/ord-1/bracket.yaml"
MAIN = RemoteBranch("origin", "main")


@pytest.fixture
def origin(new_clone: Callable[[str], Any]) -> Any:
    made = new_clone("origin")
    made.git("config", "receive.denyCurrentBranch", "ignore")
    made.write("farm.yaml", "one\n")
    made.commit("one")
    return made


@pytest.fixture
def host(origin: Any, new_clone: Callable[[str], Any]) -> Any:
    made = new_clone("host")
    made.git("remote", "add", "origin", str(origin.top))
    return made


@pytest.fixture
def repository(host: Any, opened: Callable[[Any], Repository]) -> Repository:
    return opened(host)


def test_a_fast_forward_is_taken(origin: Any, repository: Repository) -> None:
    first = origin.head()
    assert follow(repository, MAIN) == Followed(first, moved=True)
    assert follow(repository, MAIN) == Followed(first, moved=False)
    origin.write("farm.yaml", "two\n")
    second = origin.commit("two")
    assert follow(repository, MAIN) == Followed(second, moved=True)


def test_a_force_push_is_not_taken_until_a_person_accepts_it(
    origin: Any, repository: Repository
) -> None:
    old = origin.head()
    follow(repository, MAIN)
    origin.write("farm.yaml", "other\n")
    origin.git("commit", "-q", "-a", "--amend", "-m", "rewritten")
    new = origin.head()
    assert follow(repository, MAIN) == NotFastForward(old, new)
    assert follow(repository, MAIN) == NotFastForward(old, new)
    GitEnds(repository, MAIN).accept(new)
    assert follow(repository, MAIN) == Followed(new, moved=False)


def test_a_branch_that_is_set_back_is_not_taken(origin: Any, repository: Repository) -> None:
    old = origin.head()
    origin.write("farm.yaml", "two\n")
    new = origin.commit("two")
    follow(repository, MAIN)
    origin.git("reset", "-q", "--hard", old)
    assert follow(repository, MAIN) == NotFastForward(new, old)


def test_a_force_push_is_seen_also_after_a_person_fetched_it(
    origin: Any, host: Any, repository: Repository
) -> None:
    old = origin.head()
    follow(repository, MAIN)
    origin.git("commit", "-q", "--amend", "-m", "rewritten")
    host.git("fetch", "-q", "origin")
    assert follow(repository, MAIN) == NotFastForward(old, origin.head())


def test_a_deleted_branch_and_a_remote_that_is_away(origin: Any, repository: Repository) -> None:
    old = origin.head()
    follow(repository, MAIN)
    origin.git("branch", "-m", "main", "trunk")
    assert follow(repository, MAIN) == BranchGone("origin/main", old)
    shutil.rmtree(origin.top)
    outcome = follow(repository, MAIN)
    assert isinstance(outcome, NotReached)
    assert outcome.old == old
    assert "does not appear to be a git repository" in outcome.why


def test_following_leaves_the_persons_refs_and_files_alone(
    origin: Any, host: Any, repository: Repository
) -> None:
    follow(repository, MAIN)
    refs = host.git("for-each-ref", "--format=%(refname)").split("\n")
    assert refs == ["refs/farmctl/followed/origin/main", "refs/farmctl/incoming/origin/main"]
    assert not (host.top / ".git/FETCH_HEAD").exists()
    assert [path.name for path in host.top.iterdir()] == [".git"]


def test_no_helper_is_started_by_an_address(host: Any, opened: Any) -> None:
    trace = host.top / "helper-ran"
    host.git("remote", "add", "evil", f"ext::touch {trace}")
    outcome = follow(opened(host), RemoteBranch("evil", "main"))
    assert isinstance(outcome, NotReached)
    assert "transport 'ext' not allowed" in outcome.why
    assert not trace.exists()


def test_branches_are_named_as_people_write_them(repository: Repository, host: Any) -> None:
    assert parse_branch(repository, "origin/main") == MAIN
    host.git("remote", "add", "origin/eu", "nowhere")
    assert parse_branch(repository, "origin/eu/x") == RemoteBranch("origin/eu", "x")
    for text in ("orign/main", "main", "origin/", ""):
        with pytest.raises(UsageError):
            parse_branch(repository, text)
    with pytest.raises(UsageError) as caught:
        parse_branch(repository, "orign/main")
    assert caught.value.mend == "did you mean `origin/main`?"


def plans_in(clone: Any, revision: str) -> list[str]:
    return [path for path in clone.files(revision) if path.startswith("plans/")]


def test_the_plans_branch_differs_from_what_is_followed_in_plans_alone(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    origin.write("plans/ord-0/old.yaml", "old\n")
    first = origin.commit("with a plan")
    follow(repository, MAIN)
    made = write_plans(repository, first, {PLAN: b"one\n"}, "plans", by)
    assert plans_in(host, made) == ["plans/ord-0/old.yaml", PLAN]
    assert host.git("diff", "--name-only", first, made) == PLAN
    assert write_plans(repository, first, {PLAN: b"one\n"}, "plans", by) == made


def test_the_plans_branch_is_rebuilt_on_each_new_commit_and_only_goes_forward(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    first = origin.head()
    follow(repository, MAIN)
    made = write_plans(repository, first, {PLAN: b"one\n"}, "plans", by)
    origin.write("farm.yaml", "two\n")
    origin.write(PLAN, "a person's\n")
    second = origin.commit("two")
    follow(repository, MAIN)
    rebuilt = write_plans(repository, second, {}, "plans", by)
    assert host.show("farm.yaml", rebuilt) == "two"
    assert host.show(PLAN, rebuilt) == "one"
    host.git("merge-base", "--is-ancestor", made, rebuilt)
    host.git("merge-base", "--is-ancestor", second, rebuilt)
    assert host.git("rev-parse", "farmctl/plans") == rebuilt


def test_plans_removed_from_the_plans_branch_stay_removed(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    origin.write("plans/ord-0/old.yaml", "old\n")
    first = origin.commit("with a plan")
    follow(repository, MAIN)
    made = write_plans(repository, first, {"plans/ord-0/old.yaml": None}, "plans", by)
    assert plans_in(host, made) == []
    origin.write("farm.yaml", "two\n")
    second = origin.commit("two")
    follow(repository, MAIN)
    assert plans_in(host, write_plans(repository, second, {}, "plans", by)) == []


def test_what_is_acted_on_is_the_followed_commit_with_the_plans_of_the_branch(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    first = origin.head()
    follow(repository, MAIN)
    write_plans(repository, first, {PLAN: b"one\n"}, "plans", by)
    host.git("switch", "-q", "farmctl/plans")
    host.write("farm.yaml", "not to be read\n")
    host.commit("a person meddles")
    host.git("switch", "-q", "--orphan", "elsewhere")
    snapshot = read(repository, Revision(first, plans_branch.BRANCH), DocumentCache(), Wanted())
    assert snapshot.commit == first
    assert sorted(snapshot.entries) == ["farm.yaml", PLAN]
    assert repository.read(snapshot.entries["farm.yaml"].blob) == b"one\n"


def test_the_plans_branch_is_not_moved_under_a_person_who_has_it_checked_out(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    first = origin.head()
    follow(repository, MAIN)
    write_plans(repository, first, {PLAN: b"one\n"}, "plans", by)
    host.git("switch", "-q", "farmctl/plans")
    with pytest.raises(GitFailed, match="farmctl's own"):
        write_plans(repository, first, {PLAN: b"two\n"}, "plans", by)


def test_plans_are_pushed_forward_only(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    first = origin.head()
    follow(repository, MAIN)
    made = write_plans(repository, first, {PLAN: b"one\n"}, "plans", by)
    assert push_plans(repository, "origin") == Pushed(made)
    assert origin.git("rev-parse", "farmctl/plans") == made
    origin.git("branch", "-f", "farmctl/plans", first)
    origin.git("switch", "-q", "farmctl/plans")
    origin.write("plans/ord-9/x.yaml", "theirs\n")
    theirs = origin.commit("theirs")
    outcome = push_plans(repository, "origin")
    assert isinstance(outcome, NotPushed)
    assert "has commits that are not here" in outcome.why
    assert take_plans(repository, "origin") == Diverged(made, theirs)
    assert host.git("rev-parse", "farmctl/plans") == made


def test_a_persons_approval_on_the_plans_branch_is_taken(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    first = origin.head()
    follow(repository, MAIN)
    assert take_plans(repository, "origin") is None
    write_plans(repository, first, {PLAN: b"draft\n"}, "plans", by)
    push_plans(repository, "origin")
    origin.git("switch", "-q", "farmctl/plans")
    origin.write(PLAN, "approved\n")
    approved = origin.commit("approve ord-1/bracket")
    assert take_plans(repository, "origin") is None
    assert host.git("rev-parse", "farmctl/plans") == approved
    write_plans(repository, first, {"plans/ord-2/lid.yaml": b"x\n"}, "plans", by)
    assert take_plans(repository, "origin") is None
    assert host.show(PLAN, "farmctl/plans") == "approved"
    shutil.rmtree(origin.top)
    assert isinstance(take_plans(repository, "origin"), Unreachable)
    assert isinstance(push_plans(repository, "origin"), NotPushed)


def edition(followed: str, plans: dict[str, bytes | None], by: Signature) -> Edition:
    return Edition(followed, plans, "plans", by)


def test_an_approval_between_our_look_and_our_push_is_kept(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    first = origin.head()
    follow(repository, MAIN)
    publish_plans(repository, edition(first, {PLAN: b"draft\n"}, by), "origin")
    origin.git("switch", "-q", "farmctl/plans")
    origin.write(PLAN, "approved\n")
    approved = origin.commit("approve ord-1/bracket")
    outcome = publish_plans(
        repository, edition(first, {"plans/ord-2/lid.yaml": b"x\n"}, by), "origin"
    )
    assert isinstance(outcome, Pushed)
    tip = origin.git("rev-parse", "farmctl/plans")
    assert tip == outcome.commit == host.git("rev-parse", "farmctl/plans")
    assert origin.git("rev-parse", f"{tip}^") == approved
    assert origin.show(PLAN, tip) == "approved"
    assert origin.show("plans/ord-2/lid.yaml", tip) == "x"


def test_both_changing_the_same_plan_is_for_a_person(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    first = origin.head()
    follow(repository, MAIN)
    publish_plans(repository, edition(first, {PLAN: b"draft\n"}, by), "origin")
    origin.git("switch", "-q", "farmctl/plans")
    origin.write(PLAN, "approved\n")
    theirs = origin.commit("approve ord-1/bracket")
    outcome = publish_plans(repository, edition(first, {PLAN: b"other\n"}, by), "origin")
    assert outcome == Diverged(host.git("rev-parse", "farmctl/plans"), theirs)
    assert origin.git("rev-parse", "farmctl/plans") == theirs


def test_a_branch_that_somebody_set_back_is_not_written_over(
    origin: Any, host: Any, repository: Repository, by: Signature
) -> None:
    first = origin.head()
    follow(repository, MAIN)
    publish_plans(repository, edition(first, {PLAN: b"draft\n"}, by), "origin")
    origin.git("branch", "-f", "farmctl/plans", first)
    origin.git("switch", "-q", "farmctl/plans")
    origin.write("plans/ord-9/x.yaml", "theirs\n")
    theirs = origin.commit("theirs")
    outcome = publish_plans(
        repository, edition(first, {"plans/ord-2/lid.yaml": b"x\n"}, by), "origin"
    )
    assert isinstance(outcome, Diverged)
    assert origin.git("rev-parse", "farmctl/plans") == theirs


def test_a_branch_for_merging_says_only_what_is_to_be_merged(
    origin: Any, repository: Repository, by: Signature
) -> None:
    first = origin.head()
    follow(repository, MAIN)
    waiting = Edition(first, {PLAN: b"one\n"}, "plans", by, "bot/plans", keeps=False)
    made = publish_plans(repository, waiting, "origin")
    assert isinstance(made, Pushed)
    assert publish_plans(repository, waiting, "origin") == made
    origin.write("plans/ord-0/mine.yaml", "by hand\n")
    origin.write(PLAN, "merged and mended\n")
    second = origin.commit("squashed")
    follow(repository, MAIN)
    lid = {"plans/ord-2/lid.yaml": b"x\n"}
    publish_plans(repository, Edition(second, lid, "plans", by, "bot/plans", keeps=False), "origin")
    changed = origin.git("diff", "--name-only", "main", "bot/plans")
    assert changed == "plans/ord-2/lid.yaml"
