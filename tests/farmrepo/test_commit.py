"""farmctl's commits leave a person's staged, unstaged and untracked work as it is."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from farmctl.farmrepo.branch import TipKeepsMoving
from farmctl.farmrepo.commit import NotCommittable, Waiting, commit_paths, commit_plans
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.repository import Answer, GitFailed, Repository, open_repository
from farmctl.farmrepo.settle import finish_interrupted, finish_left_over
from farmctl.farmrepo.work import alone
from farmctl.system.disk import Busy

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PLAN = "plans/ord-1/bracket.yaml"
OTHER = "plans/ord-2/lid.yaml"


@pytest.fixture
def busy_clone(clone: Any) -> Any:
    """A clone in the middle of a day: every kind of work lies about."""
    for name in ("kept", "staged", "unstaged", "both", "removed", "gone"):
        clone.write(f"{name}.txt", f"{name}\n")
    clone.write("farm.yaml", "schema: farm/v1\n")
    clone.commit("first")
    clone.write("staged.txt", "staged now\n")
    clone.write("both.txt", "staged part\n")
    clone.write("added.txt", "added\n")
    clone.git("add", "staged.txt", "both.txt", "added.txt")
    clone.git("rm", "-q", "removed.txt")
    clone.write("both.txt", "staged part\nand an unstaged one\n")
    clone.write("unstaged.txt", "unstaged now\n")
    clone.write("untracked.txt", "untracked\n")
    clone.write("intended.txt", "intended\n")
    clone.git("add", "--intent-to-add", "intended.txt")
    (clone.top / "gone.txt").unlink()
    return clone


def work_of(clone: Any) -> dict[str, Any]:
    """Return everything that is the person's own: index entries, files and what git calls changed."""
    files = {
        path.relative_to(clone.top).as_posix(): path.read_bytes()
        for path in sorted(clone.top.rglob("*"))
        if path.is_file() and ".git" not in path.parts and "plans" not in path.parts
    }
    staged = [row for row in clone.git("ls-files", "-s").split("\n") if "\tplans/" not in row]
    return {"state": clone.state(), "staged": staged, "files": files}


def test_a_persons_work_is_the_same_before_and_after_a_farmctl_commit(
    busy_clone: Any, opened: Callable[[Any], Repository]
) -> None:
    before = work_of(busy_clone)
    tip = busy_clone.head()
    done = commit_plans(opened(busy_clone), {PLAN: b"revision: 1\n"}, "plans: one", AT)
    assert done.commit == busy_clone.head() != tip
    assert done.paths == (PLAN,)
    assert done.waiting == ()
    assert work_of(busy_clone) == before
    assert busy_clone.git("diff", "--name-only", tip, done.commit) == PLAN
    assert busy_clone.read(PLAN) == "revision: 1\n"


def test_the_persons_next_plain_commit_keeps_the_plans(
    busy_clone: Any, opened: Callable[[Any], Repository]
) -> None:
    commit_plans(opened(busy_clone), {PLAN: b"revision: 1\n"}, "plans: one", AT)
    busy_clone.git("commit", "-q", "-m", "mine")
    assert busy_clone.show(PLAN) == "revision: 1"
    assert busy_clone.show("staged.txt") == "staged now"
    changed = busy_clone.git("diff", "--name-only", "HEAD~1", "HEAD").split("\n")
    assert changed == ["added.txt", "both.txt", "removed.txt", "staged.txt"]


def test_plans_are_changed_and_removed_in_commit_index_and_work_tree(
    busy_clone: Any, opened: Callable[[Any], Repository]
) -> None:
    repository = opened(busy_clone)
    commit_plans(repository, {PLAN: b"revision: 1\n", OTHER: b"revision: 1\n"}, "plans", AT)
    before = work_of(busy_clone)
    done = commit_plans(repository, {PLAN: b"revision: 2\n", OTHER: None}, "plans", AT)
    assert done.paths == (PLAN, OTHER)
    assert busy_clone.read(PLAN) == "revision: 2\n"
    assert not (busy_clone.top / OTHER).exists()
    assert OTHER not in busy_clone.files()
    assert work_of(busy_clone) == before
    busy_clone.git("commit", "-q", "-m", "mine")
    assert busy_clone.show(PLAN) == "revision: 2"
    assert OTHER not in busy_clone.files()


def test_farmctl_signs_its_own_commits_and_says_when(clone: Any, opened: Any) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    commit_plans(opened(clone), {PLAN: b"a\n"}, "plans: ord-1/bracket@1", AT)
    assert clone.git("log", "-1", "--format=%an|%cn|%aI|%s") == (
        "farmctl|farmctl|2026-11-21T10:00:00+00:00|plans: ord-1/bracket@1"
    )


def test_a_plan_that_did_not_change_makes_no_commit(clone: Any, opened: Any) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    commit_plans(opened(clone), {PLAN: b"a\n"}, "plans", AT)
    tip = clone.head()
    done = commit_plans(opened(clone), {PLAN: b"a\n", OTHER: None}, "plans", AT)
    assert (done.commit, done.paths, done.waiting) == (None, (), ())
    assert clone.head() == tip


def test_one_commit_carries_all_plans_of_a_pass(clone: Any, opened: Any) -> None:
    clone.write("farm.yaml", "x\n")
    tip = clone.commit()
    plans = {f"plans/ord-{n}/part.yaml": b"n: %d\n" % n for n in range(600)}
    done = commit_plans(opened(clone), plans, "plans", AT)
    assert len(done.paths) == 600
    assert clone.git("rev-list", "--count", f"{tip}..HEAD") == "1"
    assert clone.state() == ""


def test_git_need_not_read_again_what_farmctl_committed(
    clone: Any, opened: Any, by: Signature
) -> None:
    """`diff-files` looks at no file: it names those that `git status` would have to read."""
    clone.write("farm.yaml", "x\n")
    clone.commit()
    clone.write("orders/ord-1/order.yaml", "new\n")
    commit_paths(opened(clone), ["orders/ord-1/order.yaml"], "order", by)
    commit_plans(opened(clone), {PLAN: b"a\n", OTHER: b"b\n"}, "plans", AT)
    assert clone.git("diff-files", "--name-only") == ""


def test_what_a_person_changed_in_the_second_of_a_commit_is_seen_after_the_next(
    clone: Any, opened: Any, by: Signature
) -> None:
    clone.git("config", "core.trustctime", "false")  # a test cannot set it
    earlier_s = AT.timestamp()

    def write_then(text: str) -> None:
        clone.write("farm.yaml", text)
        os.utime(clone.top / "farm.yaml", (earlier_s, earlier_s))

    write_then("schema: farm/v1\n")
    repository = opened(clone)
    commit_paths(repository, ["farm.yaml"], "a farm", by)
    write_then("schema: farm/v2\n")
    os.utime(repository.index, (earlier_s, earlier_s))
    for name in ("one.txt", "two.txt"):
        clone.write(name, name)
        commit_paths(repository, [name], name, by)
        assert clone.git("status", "--porcelain", "farm.yaml").strip() == "M farm.yaml"


@pytest.mark.parametrize("name", ["farmctl-index.lock", "farmctl-tree.lock"])
def test_a_lock_that_a_killed_git_left_on_a_scratch_index_stops_nothing(
    clone: Any, opened: Any, name: str
) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    (clone.top / ".git" / name).write_bytes(b"")
    assert commit_plans(opened(clone), {PLAN: b"a\n"}, "plans", AT).paths == (PLAN,)
    assert clone.state() == ""


def test_a_plan_waits_where_the_person_has_changed_it(clone: Any, opened: Any) -> None:
    clone.write("farm.yaml", "x\n")
    for name in ("unstaged", "staged", "removed"):
        clone.write(f"plans/ord-1/{name}.yaml", "old\n")
    clone.commit()
    clone.write("plans/ord-1/unstaged.yaml", "mine\n")
    clone.write("plans/ord-1/staged.yaml", "mine\n")
    clone.git("add", "plans/ord-1/staged.yaml")
    (clone.top / "plans/ord-1/removed.yaml").unlink()
    clone.write("plans/ord-1/untracked.yaml", "mine\n")
    before = clone.state()
    names = ("free", "removed", "staged", "unstaged", "untracked")
    plans = {f"plans/ord-1/{name}.yaml": b"new\n" for name in names}
    done = commit_plans(opened(clone), plans, "plans", AT)
    assert done.paths == ("plans/ord-1/free.yaml",)
    assert done.waiting == (
        Waiting("plans/ord-1/removed.yaml", "it was removed there"),
        Waiting("plans/ord-1/staged.yaml", "something else is staged there"),
        Waiting("plans/ord-1/unstaged.yaml", "it was changed there"),
        Waiting("plans/ord-1/untracked.yaml", "another file lies there"),
    )
    assert clone.state() == before
    assert clone.read("plans/ord-1/unstaged.yaml") == "mine\n"


def test_a_plan_waits_where_its_folder_is_a_link_out_of_the_farm(
    clone: Any, opened: Any, tmp_path: Path
) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    (tmp_path / "outside").mkdir()
    (clone.top / "plans").symlink_to(tmp_path / "outside")
    done = commit_plans(opened(clone), {PLAN: b"a\n"}, "plans", AT)
    assert done.waiting == (Waiting(PLAN, "plans is no folder"),)
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("command", ["merge", "rebase", "cherry-pick", "revert"])
def test_plans_wait_while_git_is_in_the_middle_of_something(
    clone: Any, opened: Any, command: str, by: Signature
) -> None:
    clone.write("farm.yaml", "a\n")
    clone.commit()
    clone.git("switch", "-q", "-c", "side")
    clone.write("farm.yaml", "b\n")
    side = clone.commit()
    clone.git("switch", "-q", "main")
    clone.write("farm.yaml", "c\n")
    clone.commit()
    clone.write("farm.yaml", "d\n")
    clone.commit()
    target = {"revert": "HEAD~1"}.get(command, side)
    with pytest.raises(AssertionError, match=command):
        clone.git(command, *(["--no-edit"] if command == "revert" else []), target)
    before = clone.state()
    done = commit_plans(opened(clone), {PLAN: b"a\n"}, "plans", AT)
    assert done.waiting == (Waiting(PLAN, f"git is in the middle of a {command} here"),)
    clone.write("orders/x.yaml", "x\n")
    with pytest.raises(GitFailed, match=f"middle of a {command}"):
        commit_paths(opened(clone), ["orders/x.yaml"], "order", by)
    (clone.top / "orders/x.yaml").unlink()
    assert clone.state() == before


def test_plans_wait_while_another_git_command_holds_the_index(clone: Any, opened: Any) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    (clone.top / ".git/index.lock").write_bytes(b"")
    done = commit_plans(opened(clone), {PLAN: b"a\n"}, "plans", AT)
    assert done.waiting == (Waiting(PLAN, "git is busy in this clone"),)
    assert (clone.top / ".git/index.lock").exists()


def test_git_cannot_touch_the_index_while_farmctl_commits(clone: Any, opened: Any) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    with alone(opened(clone)), pytest.raises(AssertionError, match=r"index\.lock"):
        clone.git("commit", "-q", "--allow-empty", "-m", "in between")
    clone.git("commit", "-q", "--allow-empty", "-m", "afterwards")


def test_no_hook_is_started(clone: Any, opened: Any, by: Signature) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    trace = clone.top / "hook-ran"
    for hook in (
        "pre-commit",
        "post-commit",
        "commit-msg",
        "reference-transaction",
        "post-index-change",
    ):
        path = clone.top / ".git/hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch '{trace}'\n")
        path.chmod(0o755)
    commit_plans(opened(clone), {PLAN: b"a\n"}, "plans", AT)
    clone.write("orders/x.yaml", "x\n")
    commit_paths(opened(clone), ["orders/x.yaml"], "order", by)
    assert not trace.exists()


def test_a_detached_head_and_a_bare_repository_are_committed_to(
    clone: Any, opened: Any, tmp_path: Path
) -> None:
    clone.write("farm.yaml", "x\n")
    first = clone.commit()
    clone.git("clone", "-q", "--bare", str(clone.top), str(tmp_path / "bare.git"))
    clone.git("switch", "-q", "--detach")
    assert commit_plans(opened(clone), {PLAN: b"a\n"}, "plans", AT).commit == clone.head()
    assert clone.git("rev-parse", "main") == first
    with open_repository(tmp_path / "bare.git") as bare:
        done = commit_plans(bare, {PLAN: b"a\n"}, "plans", AT)
        assert bare.resolve("main") == done.commit


class Racing(Repository):
    """A repository where somebody else commits just before the branch moves."""

    rivals: list[tuple[str, str]]

    def run(self, *argv: str, env: Mapping[str, str] | None = None) -> Answer:
        if argv[0] == "update-ref" and self.rivals:
            path, text = self.rivals.pop(0)
            blob = self.top / ".git/rival"
            blob.write_text(text)
            oid = self.ask("hash-object", "-w", str(blob))
            index = {"GIT_INDEX_FILE": str(self.top / ".git/rival-index")}
            self.ask("read-tree", "HEAD", env=index)
            self.ask("update-index", "--add", "--cacheinfo", f"100644,{oid},{path}", env=index)
            tree = self.ask("write-tree", env=index)
            commit = self.ask("commit-tree", tree, "-p", "HEAD", "-m", "rival")
            super().run("update-ref", "refs/heads/main", commit)
        return super().run(*argv, env=env)


@pytest.fixture
def racing(clone: Any, opened: Any) -> Racing:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    plain = opened(clone)
    return Racing(plain._repo, plain.disk)


def test_a_tip_that_moved_between_building_and_moving_is_built_on_again(
    clone: Any, racing: Racing
) -> None:
    racing.rivals = [("rival-1.txt", "one"), ("rival-2.txt", "two")]
    done = commit_plans(racing, {PLAN: b"a\n"}, "plans", AT)
    assert done.commit == clone.head()
    assert clone.git("log", "--format=%s").split("\n") == ["plans", "rival", "rival", "work"]
    assert {"rival-1.txt", "rival-2.txt", PLAN} <= set(clone.files())
    assert clone.read(PLAN) == "a\n"


def test_a_rival_that_writes_the_same_plan_makes_it_wait(clone: Any, racing: Racing) -> None:
    racing.rivals = [(PLAN, "theirs\n")]
    done = commit_plans(racing, {PLAN: b"ours\n"}, "plans", AT)
    assert done.commit is None
    assert [each.path for each in done.waiting] == [PLAN]
    assert clone.show(PLAN) == "theirs"


def test_a_tip_that_never_rests_ends_in_an_error(racing: Racing) -> None:
    racing.rivals = [(f"rival-{n}.txt", "x") for n in range(9)]
    with pytest.raises(TipKeepsMoving):
        commit_plans(racing, {PLAN: b"a\n"}, "plans", AT)


class Killed(BaseException):
    """What stands for SIGKILL: no `except` of the code sees it."""


class Dying(Repository):
    """A repository whose farmctl is killed before or after one command."""

    when: tuple[str, str] = ("", "")

    def run(self, *argv: str, env: Mapping[str, str] | None = None) -> Answer:
        if (argv[0], "before") == self.when:
            raise Killed
        answer = super().run(*argv, env=env)
        if (argv[0], "after") == self.when:
            raise Killed
        return answer


@pytest.mark.parametrize(
    "when",
    [
        ("hash-object", "after"),
        ("write-tree", "after"),
        ("commit-tree", "after"),
        ("update-ref", "before"),
        ("update-ref", "after"),
    ],
)
def test_a_killed_commit_is_finished_or_forgotten_by_the_next_farmctl(
    busy_clone: Any, opened: Any, when: tuple[str, str]
) -> None:
    plain = opened(busy_clone)
    before = work_of(busy_clone)
    tip = busy_clone.head()
    dying = Dying(plain._repo, plain.disk)
    dying.when = when
    with pytest.raises(Killed):
        commit_plans(dying, {PLAN: b"a\n"}, "plans", AT)
    (busy_clone.top / ".git/index.lock").write_bytes(b"held by farmctl\n")  # a kill leaves it
    with alone(plain):
        finish_interrupted(plain)
    is_committed = when == ("update-ref", "after")
    assert (busy_clone.head() != tip) == is_committed
    assert work_of(busy_clone) == before
    assert (busy_clone.top / PLAN).exists() == is_committed
    busy_clone.git("commit", "-q", "-m", "mine")
    assert (PLAN in busy_clone.files()) == is_committed
    done = commit_plans(plain, {PLAN: b"a\n"}, "plans", AT)
    assert (done.commit is None) == is_committed


def test_what_a_killed_farmctl_left_is_finished_before_anything_is_committed(
    busy_clone: Any, opened: Any
) -> None:
    plain = opened(busy_clone)
    before = work_of(busy_clone)
    dying = Dying(plain._repo, plain.disk)
    dying.when = ("update-ref", "after")
    with pytest.raises(Killed):
        commit_plans(dying, {PLAN: b"a\n"}, "plans", AT)
    lock = busy_clone.top / ".git/index.lock"
    lock.write_bytes(b"held by farmctl\n")  # a kill leaves it
    finish_left_over(plain)
    assert not lock.exists()
    assert work_of(busy_clone) == before
    assert (busy_clone.top / PLAN).read_text() == "a\n"


def test_a_lock_of_git_itself_is_left_alone(busy_clone: Any, opened: Any) -> None:
    lock = busy_clone.top / ".git/index.lock"
    lock.write_bytes(b"")
    finish_left_over(opened(busy_clone))
    assert lock.exists()


def test_what_a_killed_farmctl_left_is_not_put_over_newer_work(clone: Any, opened: Any) -> None:
    clone.write("farm.yaml", "x\n")
    clone.write(PLAN, "one\n")
    clone.commit()
    plain = opened(clone)
    dying = Dying(plain._repo, plain.disk)
    dying.when = ("update-ref", "after")
    with pytest.raises(Killed):
        commit_plans(dying, {PLAN: b"two\n"}, "plans", AT)
    clone.write(PLAN, "mine\n")
    clone.git("add", PLAN)
    with alone(plain):
        finish_interrupted(plain)
    assert clone.read(PLAN) == "mine\n"
    assert clone.git("show", f":{PLAN}") == "mine"
    note = clone.top / ".git/farmctl-commit.json"
    assert not note.exists()


def test_a_note_of_a_commit_that_never_was_is_forgotten(clone: Any, opened: Any) -> None:
    clone.write("farm.yaml", "x\n")
    tip = clone.commit()
    note = {
        "ref": "refs/heads/main",
        "old": tip,
        "new": "0" * 40,
        "staged": {},
        "writes_files": True,
    }
    (clone.top / ".git/farmctl-commit.json").write_text(json.dumps(note))
    with alone(opened(clone)):
        finish_interrupted(opened(clone))
    assert not (clone.top / ".git/farmctl-commit.json").exists()


def test_a_person_commits_exactly_the_files_named(
    busy_clone: Any, opened: Any, by: Signature
) -> None:
    busy_clone.write("orders/ord-1.yaml", "id: ord-1\n")
    busy_clone.write("models/part.stl", b"solid\r\n\0binary")
    before = work_of(busy_clone)
    commit = commit_paths(
        opened(busy_clone), ["orders/ord-1.yaml", "models/part.stl"], "order: ord-1", by
    )
    assert commit == busy_clone.head()
    assert busy_clone.git("diff", "--name-only", "HEAD~1", "HEAD").split("\n") == [
        "models/part.stl",
        "orders/ord-1.yaml",
    ]
    assert busy_clone.git("log", "-1", "--format=%an <%ae> %s") == (
        "Mia <mia@example.org> order: ord-1"
    )
    after = work_of(busy_clone)
    untracked = "?? models/part.stl\n?? orders/ord-1.yaml\n"
    assert after["state"] == before["state"].replace(untracked, "")
    assert after["files"] == before["files"]
    busy_clone.git("commit", "-q", "-m", "mine")
    assert busy_clone.show("orders/ord-1.yaml") == "id: ord-1"


def test_a_person_commits_a_file_that_is_also_staged_in_another_state(
    busy_clone: Any, opened: Any, by: Signature
) -> None:
    commit_paths(opened(busy_clone), ["both.txt", "gone.txt"], "both", by)
    assert busy_clone.show("both.txt") == "staged part\nand an unstaged one"
    assert "gone.txt" not in busy_clone.files()
    assert "both.txt" not in busy_clone.state()
    assert "gone.txt" not in busy_clone.state()
    assert "M  staged.txt" in busy_clone.state()


def test_what_is_committed_already_is_not_committed_again(
    clone: Any, opened: Any, by: Signature
) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    assert commit_paths(opened(clone), ["farm.yaml", "never-was.txt"], "again", by) is None


def test_the_first_commit_of_a_repository(clone: Any, opened: Any, by: Signature) -> None:
    clone.write("farm.yaml", "x\n")
    commit = commit_paths(opened(clone), ["farm.yaml"], "first", by)
    assert commit == clone.head()
    assert clone.state() == ""


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/etc/passwd", "not in the farm"),
        ("../outside", "not in the farm"),
        (".git/config", "not in the farm"),
        ("orders/../../x", "not in the farm"),
        ("orders", "is a folder"),
        ("link.yaml", "symbolic link"),
        ("linked/x.yaml", "symbolic link"),
    ],
)
def test_what_is_no_plain_file_of_the_farm_is_not_committed(
    clone: Any, opened: Any, by: Signature, path: str, why: str
) -> None:
    tmp_path = clone.top.parent
    clone.write("orders/x.yaml", "x\n")
    clone.commit()
    (tmp_path / "x.yaml").write_text("secret\n")
    (clone.top / "link.yaml").symlink_to(tmp_path / "x.yaml")
    (clone.top / "linked").symlink_to(tmp_path)
    with pytest.raises(NotCommittable, match=why):
        commit_paths(opened(clone), [path], "no", by)


def test_a_person_is_told_when_git_is_busy(clone: Any, opened: Any, by: Signature) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    clone.write("farm.yaml", "y\n")
    (clone.top / ".git/index.lock").write_bytes(b"")
    with pytest.raises(Busy, match=r"index\.lock is held"):
        commit_paths(opened(clone), ["farm.yaml"], "no", by)


def test_a_filter_in_gitattributes_is_not_started(clone: Any, opened: Any, by: Signature) -> None:
    trace = clone.top / "filter-ran"
    clone.write(".gitattributes", "* filter=evil\n")
    clone.commit()
    clone.git("config", "filter.evil.clean", f"touch '{trace}'; cat")
    clone.git("config", "filter.evil.smudge", f"touch '{trace}'; cat")
    clone.write("orders/x.yaml", "x\n")
    commit_paths(opened(clone), ["orders/x.yaml"], "order", by)
    commit_plans(opened(clone), {PLAN: b"a\n"}, "plans", AT)
    assert not trace.exists()
    assert clone.show("orders/x.yaml") == "x"
