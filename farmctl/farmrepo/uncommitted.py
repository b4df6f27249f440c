"""Which of a farm's files differ from the commit, and so are not read."""

from __future__ import annotations

import re

from farmctl.farmrepo.layout import FARM, FOLDERS
from farmctl.farmrepo.repository import Repository

_FILTER = re.compile(r"(filter\..+)\.(?:clean|smudge|process|required)")


def uncommitted(repository: Repository) -> tuple[str, ...]:
    """Return the paths of the farm that are changed, added or removed since HEAD, sorted."""
    listed = repository.ask(
        *_without_filters(repository),
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=all",
        "--no-renames",
        "--ignore-submodules=all",
        "--",
        FARM,
        *FOLDERS,
    )
    return tuple(sorted(row[3:] for row in listed.split("\0") if row))


def _without_filters(repository: Repository) -> list[str]:
    """Return options that empty every filter: `status` would start them on changed files."""
    configured = repository.run("config", "--null", "--name-only", "--get-regexp", r"^filter\.")
    names = {match[1] for key in configured.text.split("\0") if (match := _FILTER.fullmatch(key))}
    options = []
    for name in sorted(names):
        for key, value in (("clean", ""), ("process", ""), ("required", "false")):
            options += ["-c", f"{name}.{key}={value}"]
    return options
