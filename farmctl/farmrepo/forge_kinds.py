"""How GitHub, GitLab and Gitea (Forgejo) are asked for pull requests: requests and what they mean.

Pure: nothing is sent from here. Each forge is one value of the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct

from farmctl.errors import UsageError
from farmctl.model.documents.git import Forge

_HOSTS = (
    ("github", ("github",)),
    ("gitlab", ("gitlab",)),
    ("gitea", ("gitea", "forgejo", "codeberg")),
)
_SCP = re.compile(r"(?:[^@/\s]+@)?(?P<host>[^:/\s]+):(?!//)(?P<path>[^\s]+)")
_URL = re.compile(r"(?:https?|ssh)://(?:[^@/\s]*@)?(?P<host>[^/:\s]+)(?::\d+)?/(?P<path>[^\s?#]+)")


class Place(Struct, frozen=True):
    """One project on one forge.

    Args:
        kind: `github`, `gitlab` or `gitea`.
        url: Where its API answers, without the API's own path for GitLab and Gitea.
        project: `acme/farm`.
    """

    kind: str
    url: str
    project: str


class Wish(Struct, frozen=True):
    """A pull request that is wanted.

    Args:
        branch: What shall be merged.
        into: Where.
        title: One line.
        body: The rest.
    """

    branch: str
    into: str
    title: str
    body: str


class Request(Struct, frozen=True):
    """A pull request that is open."""

    number: int
    url: str
    branch: str
    into: str


class Dialect(Struct, frozen=True):
    """How one kind of forge is spoken to.

    Args:
        name: What people call it.
        noun: What it calls a pull request.
        headers: Returns the headers that let us in, of a token.
        listing: Returns the path that lists the open requests of a branch.
        path: Returns the path that one is posted to.
        body: Returns what is posted.
        read: Returns the request that an answer describes. Raises KeyError, TypeError, ValueError.
        scope: What the token must be allowed to do.
    """

    name: str
    noun: str
    headers: Callable[[str], Mapping[str, str]]
    listing: Callable[[Place, Wish], str]
    path: Callable[[Place], str]
    body: Callable[[Wish], Mapping[str, Any]]
    read: Callable[[Mapping[str, Any]], Request]
    scope: str


def place_of(forge: Forge, remote_url: str) -> Place:
    """Return where pull requests are opened; what nobody said is told from the remote's address.

    Raises UsageError where that tells nothing.
    """
    host, path = _host_and_path(remote_url)
    kind = forge.kind or _kind_of(host)
    if kind is None:
        raise UsageError(
            f"nobody knows what kind of forge {host or remote_url} is",
            "say it in farm.yaml: git: {forge: {kind: github, gitlab or gitea}}",
        )
    project = forge.project or path
    if not project:
        raise UsageError(
            f"{remote_url} names no project", "say it in farm.yaml: git: {forge: {project: …}}"
        )
    url = forge.url or (_api_of(kind, host) if host else None)
    if url is None:
        raise UsageError(
            f"nobody knows where the forge of {remote_url} answers",
            "say it in farm.yaml: git: {forge: {url: https://…}}",
        )
    return Place(kind, url.rstrip("/"), project)


def _host_and_path(remote_url: str) -> tuple[str, str]:
    """Return host and project of `https://host/acme/farm.git` or `git@host:acme/farm.git`."""
    match = _URL.fullmatch(remote_url) or _SCP.fullmatch(remote_url)
    if match is None:
        return "", ""
    path = match["path"].strip("/").removesuffix(".git")
    return match["host"].lower(), path if "/" in path else ""


def _kind_of(host: str) -> str | None:
    return next((kind for kind, words in _HOSTS if any(each in host for each in words)), None)


def _api_of(kind: str, host: str) -> str:
    if kind == "github":
        return "https://api.github.com" if host == "github.com" else f"https://{host}/api/v3"
    return f"https://{host}"


def find(rows: Sequence[Any], place: Place, wish: Wish) -> Request | None:
    """Return the open request for just this branch into that one, of a listing's rows.

    Raises KeyError, TypeError, ValueError for rows that are none.
    """
    read = DIALECTS[place.kind].read
    found = (read(each) for each in rows)
    wanted = (wish.branch, wish.into)
    return next((each for each in found if (each.branch, each.into) == wanted), None)


def _github_headers(token: str) -> Mapping[str, str]:
    return {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": "2022-11-28",
    }


def _github_listing(place: Place, wish: Wish) -> str:
    owner = place.project.partition("/")[0]
    asked = {"head": f"{owner}:{wish.branch}", "base": wish.into, "state": "open"}
    return f"{_github_path(place)}?{urlencode(asked)}"


def _github_path(place: Place) -> str:
    return f"/repos/{place.project}/pulls"


def _pull_body(wish: Wish) -> Mapping[str, Any]:
    return {"title": wish.title, "head": wish.branch, "base": wish.into, "body": wish.body}


def _read_pull(row: Mapping[str, Any]) -> Request:
    head, base = row["head"], row["base"]
    branch = _ref(head) if _repo(head) == _repo(base) else f"{_repo(head)}:{_ref(head)}"
    return Request(int(row["number"]), _address(row["html_url"]), branch, _ref(base))


def _gitlab_path(place: Place) -> str:
    return f"/api/v4/projects/{quote(place.project, safe='')}/merge_requests"


def _gitlab_listing(place: Place, wish: Wish) -> str:
    asked = {"source_branch": wish.branch, "target_branch": wish.into, "state": "opened"}
    return f"{_gitlab_path(place)}?{urlencode(asked)}"


def _gitlab_body(wish: Wish) -> Mapping[str, Any]:
    return {
        "title": wish.title,
        "source_branch": wish.branch,
        "target_branch": wish.into,
        "description": wish.body,
    }


def _read_merge_request(row: Mapping[str, Any]) -> Request:
    source, target = _text(row["source_branch"]), _text(row["target_branch"])
    if row.get("source_project_id") != row.get("target_project_id"):
        source = f"{row.get('source_project_id')}:{source}"
    return Request(int(row["iid"]), _address(row["web_url"]), source, target)


def _gitea_path(place: Place) -> str:
    return f"/api/v1/repos/{place.project}/pulls"


def _gitea_listing(place: Place, _wish: Wish) -> str:
    return (
        f"{_gitea_path(place)}?{urlencode({'state': 'open', 'sort': 'recentupdate', 'limit': 50})}"
    )


def _repo(end: Mapping[str, Any]) -> object:
    """Return whose branch it is: another project may have one of the same name."""
    return (end.get("repo") or {}).get("full_name")


def _ref(end: Mapping[str, Any]) -> str:
    return _text(end["ref"])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _address(value: object) -> str:
    """Return an address that may be shown on a terminal."""
    text = _text(value)
    if not text.isprintable() or not text.startswith(("http://", "https://")):
        raise ValueError("no address")
    return text


DIALECTS: Mapping[str, Dialect] = {
    "github": Dialect(
        "GitHub",
        "PR #",
        _github_headers,
        _github_listing,
        _github_path,
        _pull_body,
        _read_pull,
        "pull requests: read and write",
    ),
    "gitlab": Dialect(
        "GitLab",
        "MR !",
        lambda token: {"PRIVATE-TOKEN": token},
        _gitlab_listing,
        _gitlab_path,
        _gitlab_body,
        _read_merge_request,
        "api",
    ),
    "gitea": Dialect(
        "Gitea",
        "PR #",
        lambda token: {"Accept": "application/json", "Authorization": f"token {token}"},
        _gitea_listing,
        _gitea_path,
        _pull_body,
        _read_pull,
        "write:repository",
    ),
}
