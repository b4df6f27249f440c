"""Real git repositories in temporary folders."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from farmctl.farmrepo.identity import Identity, Signature
from farmctl.farmrepo.repository import Repository, open_repository

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class GitError(AssertionError):
    """Plain git did not do what a person asked."""


@dataclass(frozen=True)
class Clone:
    """A person's clone: what they do there, they do with plain git."""

    top: Path

    def git(self, *argv: str, stdin: bytes | None = None) -> str:
        done = subprocess.run(
            ["git", *argv], cwd=self.top, input=stdin, capture_output=True, check=False
        )
        if done.returncode != 0:
            raise GitError(f"{argv[0]}: {done.stderr.decode()}")
        return done.stdout.decode().rstrip("\n")

    def write(self, path: str, text: str | bytes) -> None:
        place = self.top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, path: str) -> str:
        return (self.top / path).read_text()

    def commit(self, message: str = "work") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def show(self, path: str, revision: str = "HEAD") -> str:
        return self.git("show", f"{revision}:{path}")

    def files(self, revision: str = "HEAD") -> list[str]:
        return self.git("ls-tree", "-r", "--name-only", revision).split("\n")

    def state(self) -> str:
        """Return what `git status` says of the person's work."""
        return self.git("status", "--porcelain=v1", "-uall")


@pytest.fixture
def new_clone(tmp_path: Path) -> Callable[[str], Clone]:
    def make(name: str) -> Clone:
        top = tmp_path / name
        top.mkdir()
        clone = Clone(top)
        clone.git("init", "-q", "-b", "main")
        return clone

    return make


@pytest.fixture
def clone(new_clone: Callable[[str], Clone]) -> Clone:
    return new_clone("farm")


@pytest.fixture
def opened() -> Iterator[Callable[[Clone], Repository]]:
    with ExitStack() as stack:
        yield lambda clone: stack.enter_context(open_repository(clone.top))


@pytest.fixture
def by() -> Signature:
    return Signature(Identity("Mia", "mia@example.org"), AT)


def sha256(raw: bytes | str) -> str:
    return hashlib.sha256(raw.encode() if isinstance(raw, str) else raw).hexdigest()


@pytest.fixture
def hub(new_clone: Callable[[str], Any]) -> Any:
    """A repository that others clone and push to."""
    made = new_clone("hub")
    made.git("config", "receive.denyCurrentBranch", "ignore")
    made.write("farm.yaml", "x\n")
    made.commit()
    return made


@pytest.fixture
def clones(hub: Any, tmp_path: Any, opened: Callable[[Any], Repository]) -> list[Repository]:
    """Two clones of the hub, opened."""
    made = []
    for name in ("one", "two"):
        hub.git("clone", "-q", str(hub.top), str(tmp_path / name))
        made.append(opened(type(hub)(tmp_path / name)))
    return made
