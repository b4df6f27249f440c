"""Which versions a profile had in production, by what git says of its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from farmctl.errors import Refused
from farmctl.farmrepo.files import list_tree
from farmctl.farmrepo.layout import profile_path
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.yaml import parse

_MOST = 500  # changes of one file; who goes back further names the version


def version_before(repository: Repository, commit: str, profile: str) -> str:
    """Return what was in production before the version that is there at a commit first came.

    So a rollback of a rollback goes further back, never forward to what was rolled back.

    Raises Refused where git does not tell.
    """
    versions = list(versions_back(repository, commit, profile))
    if not versions:
        raise Refused(
            f"no version of {profile} is in production",
            f"farmctl profile promote {profile}@VERSION --channel production",
        )
    current = versions[0]
    first = max(place for place, version in enumerate(versions) if version == current)
    if first + 1 < len(versions):
        return versions[first + 1]
    if is_shallow(repository):
        raise Refused(
            f"this clone is shallow: what was in production before {current} is not in it",
            "git fetch --unshallow, or name the version: --to VERSION",
        )
    raise Refused(
        f"{profile} never had another version than {current} in production",
        "name the version: --to VERSION",
    )


def is_shallow(repository: Repository) -> bool:
    """Return whether a clone has not all of the past."""
    return repository.ask("rev-parse", "--is-shallow-repository") == "true"


def versions_back(repository: Repository, commit: str, profile: str) -> Iterator[str]:
    """Yield the versions in production, the newest first, each as often as it came."""
    path, last = profile_path(profile), None
    listed = repository.ask(
        "rev-list", f"--max-count={_MOST}", "--first-parent", commit, "--", path
    )
    for each in listed.split():
        version = _production_at(repository, each, path)
        if version is not None and version != last:
            yield version
            last = version


def _production_at(repository: Repository, commit: str, path: str) -> str | None:
    entry = list_tree(repository, commit, path).get(path)
    value = parse(repository.read(entry.blob)).value if entry else None
    for key in ("channels", "production", "version"):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else None
