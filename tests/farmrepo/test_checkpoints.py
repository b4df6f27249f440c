"""Checkpoints in git: a chain that is only added to, beside everything of a person's."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from msgspec.structs import replace

from farmctl.farmrepo.checkpoints import (
    REF,
    Anchor,
    Declined,
    RemoteTip,
    add,
    chain,
    known_tips,
    push,
    read_anchor,
)
from farmctl.farmrepo.remotes import Unreachable
from farmctl.farmrepo.repository import GitFailed, Repository
from farmctl.farmrepo.work import only_farmctl
from farmctl.model.checkpoint import Checkpoint
from farmctl.system.disk import Busy
from tests.farmrepo.conftest import AT

ONE = Checkpoint("7f3a9c2e", "0a1b2c3d", 1, 10, "a" * 64, AT)
TWO = replace(ONE, seq=20, hash="b" * 64)
THREE = replace(ONE, seq=30, hash="c" * 64)


def documents(repository: Repository, *tips: str) -> list[Checkpoint]:
    return [each.checkpoint for each in chain(repository, tips)]


def test_checkpoints_follow_one_another(clone: Any, opened: Any) -> None:
    clone.write("farm.yaml", "x\n")
    clone.commit()
    repository = opened(clone)
    assert known_tips(repository).tips == ()
    first = add(repository, ONE, None, [])
    second = add(repository, TWO, b"a signature", [first])
    assert known_tips(repository).tips == (second,)
    assert list(chain(repository, [second])) == [
        Anchor(second, TWO, b"a signature"),
        Anchor(first, ONE, None),
    ]
    assert clone.git("rev-parse", f"{second}^") == first
    assert clone.files(second) == ["checkpoint.json", "checkpoint.json.sig"]
    assert clone.git("log", "-1", "--format=%an %s %at", second) == (
        f"farmctl checkpoint of ledger 0a1b2c3d: event 20 {int(AT.timestamp())}"
    )


def test_a_persons_work_is_as_it_was(clone: Any, opened: Any) -> None:
    for name in ("staged", "changed"):
        clone.write(name, "one\n")
    tip = clone.commit()
    clone.write("staged", "two\n")
    clone.git("add", "staged")
    clone.write("changed", "two\n")
    clone.write("untracked", "two\n")
    before = clone.state(), (clone.top / ".git/index").read_bytes()
    (clone.top / ".git/index.lock").touch()  # a person's git is at work just now
    add(opened(clone), ONE, b"sig", [])
    assert (clone.state(), (clone.top / ".git/index").read_bytes()) == before
    assert clone.head() == tip
    assert clone.git("branch", "--list") == "* main"
    assert not (clone.top / ".git/farmctl-tree").exists()


def test_it_waits_for_build_plans_that_are_being_committed(clone: Any, opened: Any) -> None:
    repository = opened(clone)
    begun, go_on = threading.Event(), threading.Event()

    def commits() -> None:
        with only_farmctl(repository):
            begun.set()
            go_on.wait(10)

    thread = threading.Thread(target=commits)
    thread.start()
    assert begun.wait(10)
    try:
        with pytest.raises(Busy):
            add(repository, ONE, None, [])
    finally:
        go_on.set()
        thread.join()
    assert add(repository, ONE, None, [])


def test_they_are_pushed_and_read_from_another_clone(hub: Any, clones: list[Repository]) -> None:
    first = add(clones[0], ONE, None, [])
    assert push(clones[0]) == ()
    assert hub.git("rev-parse", REF) == first
    known = known_tips(clones[1])
    assert (known.local, known.remotes) == (None, (RemoteTip("origin", first),))
    assert documents(clones[1], *known.tips) == [ONE]
    second = add(clones[1], TWO, None, known.tips)
    assert push(clones[1]) == ()
    assert documents(clones[1], second) == [TWO, ONE]


def test_what_was_not_pushed_is_pushed_with_the_next(hub: Any, clones: list[Repository]) -> None:
    away = hub.top.with_name("away")
    hub.top.rename(away)
    first = add(clones[0], ONE, None, [])
    (missed,) = push(clones[0])
    assert isinstance(missed, Unreachable)
    away.rename(hub.top)
    second = add(clones[0], TWO, None, [first])
    assert push(clones[0]) == ()
    assert hub.git("rev-parse", REF) == second


def test_another_chain_at_the_remote_is_an_alarm_and_never_forced(
    hub: Any, clones: list[Repository]
) -> None:
    theirs = add(clones[0], ONE, None, [])
    push(clones[0])
    ours = add(clones[1], TWO, None, [])
    assert push(clones[1]) == (Declined("origin", ours, theirs),)
    assert hub.git("rev-parse", REF) == theirs


def test_two_chains_are_joined_and_then_pushed(hub: Any, clones: list[Repository]) -> None:
    theirs = add(clones[0], ONE, None, [])
    push(clones[0])
    ours = add(clones[1], TWO, None, [])
    tips = known_tips(clones[1]).tips
    assert tips == (ours, theirs)
    joined = add(clones[1], THREE, None, tips)
    assert push(clones[1]) == ()
    assert hub.git("rev-parse", REF) == joined
    assert documents(clones[1], joined)[0] == THREE
    assert set(documents(clones[1], joined)) == {ONE, TWO, THREE}


def test_a_tip_that_another_one_reaches_is_no_second_parent(clone: Any, opened: Any) -> None:
    repository = opened(clone)
    first = add(repository, ONE, None, [])
    second = add(repository, TWO, None, [first])
    third = add(repository, THREE, None, [first, second])
    assert clone.git("log", "-1", "--format=%P", third) == second


def test_a_remote_that_does_not_answer_is_named(hub: Any, clones: list[Repository]) -> None:
    first = add(clones[0], ONE, None, [])
    hub.top.rename(hub.top.with_name("away"))
    known = known_tips(clones[0])
    assert known.tips == (first,)
    (silent,) = known.remotes
    assert isinstance(silent, Unreachable)
    assert silent.remote == "origin"


def test_what_is_no_checkpoint_is_an_error_with_a_mend(clone: Any, opened: Any) -> None:
    clone.write("checkpoint.json", '{"farm": 1}\n')
    wrong = clone.commit()
    with pytest.raises(GitFailed, match="is no checkpoint") as caught:
        read_anchor(opened(clone), wrong)
    assert "git log" in caught.value.mend
    clone.git("rm", "-q", "checkpoint.json")
    clone.write("farm.yaml", "x\n")
    with pytest.raises(GitFailed):
        read_anchor(opened(clone), clone.commit())
