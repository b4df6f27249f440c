"""Which of a farm's files differ from the commit, and so are not read."""

from __future__ import annotations

from farmctl.farmrepo.layout import FARM, FOLDERS
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.sshsig import ALLOWED_SIGNERS


def uncommitted(repository: Repository) -> tuple[str, ...]:
    """Return the paths of the farm that are changed, added or removed since HEAD, sorted."""
    listed = repository.ask(
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=all",
        "--no-renames",
        "--ignore-submodules=all",
        "--",
        FARM,
        ALLOWED_SIGNERS,
        *FOLDERS,
    )
    return tuple(sorted({row[3:] for row in listed.split("\0") if row}))
