"""A forge's runner, as far as `farmctl init`'s jobs need one: bash, and a clone of a branch.

`apt-get` and `pipx` need the network: here they only write down how they were called, and where.
Everything else is run as it stands.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from farmctl.farmrepo.pull_requests import GITHUB, GITLAB
from tests.floor.small_farm import ROOT, git

BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")


def parsed(path: Path) -> Any:
    """Return a YAML file, read strictly."""
    return YAML(typ="safe").load(path)


@dataclass
class Ended:
    """How a job went: its exit code, all it printed, what was installed from where."""

    code: int = 0
    said: str = ""
    installed: str = ""
    summary: str = ""
    ran: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Runner:
    """Runs jobs in a folder of its own.

    Args:
        root: Where it may write.
        origin: The repository with all branches.
    """

    root: Path
    origin: Path

    @property
    def state(self) -> Path:
        return self.root / "state"

    def github(self, base: str, head: str) -> Ended:
        """Run the workflow that the head brings along, step by step."""
        folder = self._cloned(head)
        job = parsed(folder / GITHUB)["jobs"]["farmctl"]
        known = {
            "github.event.pull_request.base.sha": git(self.origin, "rev-parse", base),
            "env.FARMCTL_STATE": str(self.state),
        }
        own = {name: filled(text, known) for name, text in job["env"].items()}
        own |= {
            "FARMCTL_STATE": str(self.state),
            "GITHUB_WORKSPACE": str(folder),
            "GITHUB_STEP_SUMMARY": str(self.root / "summary.md"),
        }
        ended = Ended()
        for step in job["steps"]:
            is_due = ended.code == 0 or "cancelled()" in step.get("if", "")
            if "run" in step and is_due:
                self._run(ended, step["run"], Path(step.get("working-directory", folder)), own)
        return self._finished(ended)

    def gitlab(self, base: str, head: str) -> Ended:
        """Run the job's lines in one shell, as GitLab does."""
        folder = self._cloned(head)
        job = parsed(folder / GITLAB)["farmctl"]
        own = {
            **job["variables"],
            "FARMCTL_STATE": str(self.state),
            "CI_PROJECT_DIR": str(folder),
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(self.origin, "merge-base", base, head),
        }
        ended = Ended()
        self._run(ended, "\n".join([*job["before_script"], *job["script"]]), folder, own)
        return self._finished(ended)

    def _cloned(self, head: str) -> Path:
        folder = self.root / "work"
        git(self.root, "clone", "-q", f"file://{self.origin}", str(folder))
        git(folder, "checkout", "-q", "--detach", git(self.origin, "rev-parse", head))
        return folder

    def _run(self, ended: Ended, script: str, where: Path, own: dict[str, str]) -> None:
        done = subprocess.run(
            [*BASH, script],
            cwd=where,
            env=environment(self.root, own),
            capture_output=True,
            text=True,
            check=False,
        )
        ended.ran.append(script)
        ended.said += done.stdout + done.stderr
        ended.code = ended.code or done.returncode

    def _finished(self, ended: Ended) -> Ended:
        for name in ("installed", "summary"):
            place = self.root / f"{name}{'.md' if name == 'summary' else ''}"
            setattr(ended, name, place.read_text() if place.is_file() else "")
        return ended


def filled(text: str, known: dict[str, str]) -> str:
    """Return a text with the forge's expressions put in; one that nobody knows is a fault."""
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: known[found[1]], text)


def environment(root: Path, own: dict[str, str]) -> dict[str, str]:
    """Return what a job sees: a home of its own, and farmctl and the installers on the PATH."""
    home = root / "home"
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    path = f"{programs(root)}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "HOME": str(home), "PATH": path, "PYTHONPATH": "", **own}


def programs(root: Path) -> Path:
    """Return a folder with `farmctl`, and what writes down that it was called."""
    folder = root / "bin"
    folder.mkdir(exist_ok=True)
    scripts = {
        name: f'echo "{name} $* in $PWD" >> "{root}/installed"' for name in ("apt-get", "pipx")
    }
    scripts["farmctl"] = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -P -m farmctl "$@"'
    for name, line in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    return folder
