"""Fail the N-th git command: what lies in git is whole, and the next try brings it to the remote."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

import git
import pytest
from msgspec.structs import replace

from farmctl.errors import FarmctlError
from farmctl.farmrepo import checkpoints
from farmctl.farmrepo.checkpoints import add, known_tips, push, read_anchor
from farmctl.farmrepo.claim import REF, Claim, claim_state, local_claim, push_claim, record, refusal
from farmctl.farmrepo.identity import Signature
from farmctl.farmrepo.repository import Answer, Repository
from farmctl.model import deeds
from farmctl.model.checkpoint import Checkpoint
from farmctl.system.disk import RealDisk
from tests.farmrepo.conftest import AT

WRITES = {
    *("hash-object", "read-tree", "update-index", "write-tree"),
    *("commit-tree", "update-ref", "push"),
}
"""Every command that changes something: an effect on git, and on a remote."""
READS = {"config", "ls-remote", "merge-base", "remote", "rev-parse"}
OURS = Claim("7f3a9c2e", "led-1", 1, "farm-pi")
ONE = Checkpoint("7f3a9c2e", "0a1b2c3d", 1, 10, "a" * 64, AT)
TWO = replace(ONE, seq=20, hash="b" * 64)


class Killed(BaseException):
    """The process is gone."""


class Mode(StrEnum):
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    TIMEOUT_BEFORE = "timeout before"
    TIMEOUT_AFTER = "timeout after"
    DISK_FULL = "disk full"


SAID = {
    Mode.TIMEOUT_BEFORE: Answer(-9, b"", "Timeout: the command was killed"),
    Mode.TIMEOUT_AFTER: Answer(-9, b"", "Timeout: the command was killed"),
    Mode.DISK_FULL: Answer(128, b"", "fatal: write error: No space left on device"),
}


class Failing(Repository):
    """A repository in which one of the commands that change something fails."""

    def __init__(self, top: str, number: int | None = None, mode: Mode | None = None) -> None:
        self.commands: list[str] = []
        self._blow = number, mode
        super().__init__(git.Repo(top), RealDisk())

    def run(self, *argv: str, env: Mapping[str, str] | None = None) -> Answer:
        if argv[0] in READS:
            return super().run(*argv, env=env)
        assert argv[0] in WRITES, f"git {argv[0]} is not listed"
        number, mode = self._blow
        self.commands.append(argv[0])
        if len(self.commands) - 1 != number or mode is None:
            return super().run(*argv, env=env)
        if mode is Mode.KILLED_BEFORE:
            raise Killed
        done = super().run(*argv, env=env) if "after" in mode else None
        if mode is Mode.KILLED_AFTER:
            raise Killed
        assert done is None or done.code == 0
        return SAID[mode]


def claim_it(repository: Repository, by: Signature) -> None:
    """Record the claim, or bring one that is recorded here to the remote."""
    assert refusal(claim_state(repository), OURS.ledger, OURS.epoch) is None
    if local_claim(repository) is None:
        record(repository, OURS, by)
    else:
        push_claim(repository)


def anchor_it(repository: Repository, _by: Signature) -> None:
    """Add the second checkpoint, unless it is there, and push."""
    tips = known_tips(repository).tips
    if all(read_anchor(repository, tip).checkpoint != TWO for tip in tips):
        add(repository, TWO, b"signed", tips)
    push(repository)


@dataclass(frozen=True)
class Deed:
    """Something that is done to git, with the ref that it moves."""

    do: Callable[[Repository, Signature], None]
    ref: str
    commits: int


DEEDS = {
    deeds.CLAIM_LEDGER: Deed(claim_it, REF, 1),
    deeds.ADD_CHECKPOINT: Deed(anchor_it, checkpoints.REF, 2),
}


@pytest.fixture
def fresh(hub: Any, tmp_path: Path, opened: Callable[[Any], Repository]) -> Callable[[], str]:
    """Makes clones with one checkpoint, each with a remote of its own that has it too."""
    hub.git("clone", "-q", str(hub.top), str(tmp_path / "one"))
    repository = opened(type(hub)(tmp_path / "one"))
    add(repository, ONE, None, [])
    assert push(repository) == ()
    numbers = count()

    def make() -> str:
        place = tmp_path / f"case-{next(numbers)}"
        for name in (hub.top.name, "one"):
            shutil.copytree(tmp_path / name, place / name)
        clone = type(hub)(place / "one")
        clone.git("remote", "set-url", "origin", str(place / hub.top.name))
        return str(clone.top)

    return make


@pytest.mark.slow
@pytest.mark.parametrize("name", DEEDS)
def test_each_command_may_be_the_last(
    name: str, fresh: Callable[[], str], by: Signature, record_property: Any
) -> None:
    deed = DEEDS[name]
    untouched = Failing(fresh())
    deed.do(untouched, by)
    assert set(untouched.commands) == WRITES
    for number in range(len(untouched.commands)):
        for mode in Mode:
            check(deed, fresh(), (number, mode), by)
    record_property("cases", len(untouched.commands) * len(Mode))


def check(deed: Deed, top: str, blow: tuple[int, Mode], by: Signature) -> None:
    """Strike, and do it again: it is whole, once, here and at the remote."""
    struck = Failing(top, *blow)
    with suppress(Killed, FarmctlError):
        deed.do(struck, by)
    struck.close()
    assert len(struck.commands) > blow[0]
    again = Repository(git.Repo(top), RealDisk())
    again.ask("fsck", "--strict")
    deed.do(again, by)
    assert again.ask("rev-list", "--count", deed.ref) == str(deed.commits), blow
    there = again.ask("ls-remote", "origin", deed.ref).split("\t")[0]
    assert there == again.commit_of(deed.ref), blow
    assert again.ask("status", "--porcelain") == "", blow
    again.close()
