"""Farms with a second version of a profile, and remotes that protect their main branch."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.floor.small_farm import commit_all, git, make_farm

NAME = "pla-0.4-draft"
NEW = "1.1.0"
PIN = f"{NAME}@{NEW}"
PATH = f"profiles/{NAME}/profile.yaml"
PROTECT_MAIN = """#!/bin/sh
while read old new ref; do
  if [ "$ref" = "refs/heads/main" ]; then echo "main is protected" >&2; exit 1; fi
done
"""


@pytest.fixture(scope="module")
def farm_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A farm with a second version of a profile, in no channel."""
    folder = make_farm(tmp_path_factory.mktemp("promoting") / "farm", commit_plans=True)
    release(folder)
    return folder


@pytest.fixture
def farm(farm_once: Path, tmp_path: Path) -> Path:
    """The same for one test alone."""
    return Path(shutil.copytree(farm_once, tmp_path / "farm"))


def release(folder: Path, version: str = NEW, changes: str = "temperature = 205\n") -> None:
    """Release a version by hand, in no channel."""
    place = folder / f"profiles/{NAME}"
    old = (place / "1.0.0.ini").read_text()
    keys = {row.partition("=")[0].strip() for row in changes.splitlines()}
    kept = [row for row in old.splitlines() if row.partition("=")[0].strip() not in keys]
    text = "\n".join(sorted([*kept, *changes.splitlines()])) + "\n"
    (place / f"{version}.ini").write_text(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    document = (place / "profile.yaml").read_text()
    line = f"  {version}: {{sha256: {sha256}, state: released, notes: cooler}}\n"
    (place / "profile.yaml").write_text(document.replace("channels:", f"{line}channels:"))
    commit_all(folder, f"{NAME}@{version} released")


def follow(folder: Path, forge: str = "") -> Path:
    """Push the farm to a bare remote that protects main, and let the farm follow that."""
    bare = folder.parent / "remote.git"
    text = (folder / "farm.yaml").read_text()
    more = f", forge: {forge}" if forge else ""
    words = f"git: {{follow: origin/main, plans: farmctl/plans{more}}}\n"
    (folder / "farm.yaml").write_text(text.replace("automation:", f"{words}automation:"))
    commit_all(folder, "follow")
    git(folder.parent, "init", "-q", "--bare", "-b", "main", str(bare))
    git(folder, "remote", "add", "origin", str(bare))
    git(folder, "push", "-q", "origin", "main")
    hook = bare / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(PROTECT_MAIN)
    hook.chmod(0o755)
    return bare


def merge(folder: Path, bare: Path, branch: str) -> None:
    """Merge a branch on the remote, as a person does on the forge; no push is needed."""
    git(bare, "update-ref", "refs/heads/main", git(bare, "rev-parse", branch))
    git(folder, "fetch", "-q", "origin")
