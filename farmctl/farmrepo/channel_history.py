"""Which versions a profile had in its channels, by what git says of its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

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


class Change(Struct, frozen=True):
    """A commit that moved a channel.

    Args:
        version: What it points to since; None for nothing.
        commit: Which.
        at: When it was committed.
        by: Who wrote the commit.
        subject: Its first line; a forge names the pull request there.
    """

    version: str | None
    commit: str
    at: datetime
    by: str
    subject: str


def versions_back(repository: Repository, commit: str, profile: str) -> Iterator[str]:
    """Yield the versions in production, the newest first, each as often as it came."""
    last = None
    for version, _ in _states(repository, commit, profile, "production"):
        if version is not None and version != last:
            yield version
            last = version


def channel_changes(
    repository: Repository, commit: str, profile: str, channel: str
) -> tuple[Change, ...]:
    """Return what moved a channel up to a commit, the oldest first; what git has of it here."""
    found: list[Change] = []
    last = None
    for version, line in reversed(list(_states(repository, commit, profile, channel))):
        if version != last:
            name, at, by, subject = line
            found.append(Change(version, name, datetime.fromisoformat(at), by, subject))
            last = version
    return tuple(found)


_State = tuple[str | None, tuple[str, str, str, str]]


def _states(repository: Repository, commit: str, profile: str, channel: str) -> Iterator[_State]:
    """Yield what a channel said at each change of the file, the newest first, with the commit."""
    path = profile_path(profile)
    listed = repository.ask(
        *("log", "-z", "--first-parent", f"--max-count={_MOST}", "--format=%H%x1f%cI%x1f%an%x1f%s"),
        *("--end-of-options", commit, "--", path),
    )
    for line in filter(None, listed.split("\0")):
        name, at, by, subject = line.strip("\n").split("\x1f", 3)
        yield _channel_at(repository, name, path, channel), (name, at, by, subject)


def _channel_at(repository: Repository, commit: str, path: str, channel: str) -> str | None:
    entry = list_tree(repository, commit, path).get(path)
    value = parse(repository.read(entry.blob)).value if entry else None
    for key in ("channels", channel, "version"):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else None
