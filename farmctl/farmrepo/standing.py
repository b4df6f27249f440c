"""Where a farm's branch stands: asked of git by `status`, without opening the repository."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from farmctl.farmrepo.filters import ASK, emptied
from farmctl.system.processes import Limits, Processes

_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_ASK = (
    *("status", "--porcelain=v2", "--branch", "--ignore-submodules=all", "--untracked-files=all"),
    *("--", "farm.yaml", "allowed_signers", "profiles", "policies", "orders", "plans", "models"),
)
_WAIT_S = 10.0


class Standing(Struct, frozen=True):
    """Where a branch stands.

    Args:
        branch: `main`, or an empty text where git does not answer.
        commit: What it points to; empty before the first commit.
        ahead: Commits that the followed branch has not.
        behind: Commits that only the followed branch has.
        changed: Files of the farm that are not committed, so not read.
    """

    branch: str = ""
    commit: str = ""
    ahead: int = 0
    behind: int = 0
    changed: tuple[str, ...] = ()


def standing(folder: Path, processes: Processes) -> Standing:
    """Return where the branch of a farm's folder stands; nothing of it where git cannot say."""
    env, limits = _calm(), Limits(wall_s=_WAIT_S)
    try:
        named = processes.run((*_GIT, *ASK), cwd=folder, env=env, limits=limits)
        options = [part for setting in emptied(named.stdout) for part in ("-c", setting)]
        answer = processes.run((*_GIT, *options, *_ASK), cwd=folder, env=env, limits=limits)
    except FileNotFoundError:
        return Standing()
    return parse_status(answer.stdout) if answer.returncode == 0 else Standing()


def _calm() -> dict[str, str]:
    """Return an environment in which git asks nobody and locks nothing."""
    return {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def followed(folder: Path, processes: Processes, branch: str) -> str:
    """Return the commit of a remote's branch that was followed last; empty where none was."""
    ref = f"refs/farmctl/followed/{branch}"
    asked = (*_GIT, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    try:
        answer = processes.run(asked, cwd=folder, env=_calm(), limits=Limits(wall_s=_WAIT_S))
    except FileNotFoundError:
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def parse_status(text: str) -> Standing:
    """Return what `git status --porcelain=v2 --branch` says. Pure."""
    said: dict[str, str] = {}
    changed = []
    for line in text.splitlines():
        if line.startswith("# "):
            key, _, value = line[2:].partition(" ")
            said[key] = value
        else:
            changed.append(_path(line))
    ahead, _, behind = said.get("branch.ab", "+0 -0").partition(" ")
    commit = said.get("branch.oid", "")
    return Standing(
        branch=said.get("branch.head", ""),
        commit="" if commit == "(initial)" else commit,
        ahead=int(ahead),
        behind=-int(behind),
        changed=tuple(sorted(changed)),
    )


def _path(line: str) -> str:
    """Return the path of an entry: behind 1 field when untracked, 8 when changed, 9 or 10 else."""
    fields = {"?": 1, "1": 8, "2": 9, "u": 10}[line[0]]
    return line.split(" ", fields)[-1].split("\t", maxsplit=1)[0]
