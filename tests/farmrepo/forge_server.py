"""A forge on loopback: answers as the documentation of GitHub, GitLab and Gitea describes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "t0ken-of-the-farm"
PROJECT = "acme/farm"


@dataclass
class Forge:
    """What it has, what it was asked, and how it misbehaves.

    Args:
        kind: Which forge it plays.
        requests: Open pull requests: number, branch, base, title, body.
        asked: Method and path of every call.
        instead: Answered instead of the truth: status and bytes, by method.
        exists_unseen: Whether a request is there that the first listing does not show yet.
        silent: Whether it takes calls and never answers.
    """

    kind: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    instead: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    exists_unseen: bool = False
    silent: bool = False
    url: str = ""
    done: threading.Event = field(default_factory=threading.Event)

    def add(self, branch: str, base: str = "main", project: str = PROJECT) -> int:
        number = 87 + len(self.requests) + 1
        self.requests.append({"number": number, "branch": branch, "base": base, "project": project})
        return number


def row(forge: Forge, each: dict[str, Any]) -> dict[str, Any]:
    """One request as the forge writes it."""
    number = each["number"]
    if forge.kind == "gitlab":
        same = each["project"] == PROJECT
        return {
            "id": 1000 + number,
            "iid": number,
            "project_id": 3,
            "source_project_id": 3 if same else 4,
            "target_project_id": 3,
            "state": "opened",
            "source_branch": each["branch"],
            "target_branch": each["base"],
            "web_url": f"{forge.url}/{PROJECT}/-/merge_requests/{number}",
        }
    owner = each["project"].partition("/")[0]
    return {
        "id": 1000 + number,
        "number": number,
        "state": "open",
        "html_url": f"{forge.url}/{PROJECT}/pull/{number}",
        "head": {
            "label": f"{owner}:{each['branch']}",
            "ref": each["branch"],
            "repo": {"full_name": each["project"]},
        },
        "base": {"ref": each["base"], "repo": {"full_name": PROJECT}},
    }


def is_let_in(kind: str, headers: Any) -> bool:
    wanted = {
        "github": ("Authorization", f"Bearer {TOKEN}"),
        "gitlab": ("PRIVATE-TOKEN", TOKEN),
        "gitea": ("Authorization", f"token {TOKEN}"),
    }[kind]
    return bool(headers.get(wanted[0]) == wanted[1])


PATHS = {
    "github": f"/repos/{PROJECT}/pulls",
    "gitlab": f"/api/v4/projects/{PROJECT}/merge_requests",
    "gitea": f"/api/v1/repos/{PROJECT}/pulls",
}


def listed(forge: Forge, query: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Open requests, narrowed as the forge narrows them; Gitea cannot ask for a branch."""
    found = forge.requests
    if forge.kind == "github":
        owner, _, branch = query["head"][0].partition(":")
        found = [
            each
            for each in found
            if (each["project"].partition("/")[0], each["branch"]) == (owner, branch)
        ]
    if forge.kind == "gitlab":
        found = [each for each in found if each["branch"] == query["source_branch"][0]]
    return [row(forge, each) for each in found]


def created(forge: Forge, body: dict[str, Any]) -> tuple[int, Any]:
    names = ("source_branch", "target_branch") if forge.kind == "gitlab" else ("head", "base")
    branch, base = body[names[0]], body[names[1]]
    assert body["title"]
    if any((each["branch"], each["base"]) == (branch, base) for each in forge.requests):
        words = f"A pull request already exists for acme:{branch}."
        if forge.kind == "github":
            errors = [{"resource": "PullRequest", "code": "custom", "message": words}]
            return 422, {"message": "Validation Failed", "errors": errors}
        return 409, {"message": [words] if forge.kind == "gitlab" else words}
    number = forge.add(branch, base)
    return 201, row(forge, next(each for each in forge.requests if each["number"] == number))


class _Handler(BaseHTTPRequestHandler):
    forge: Forge

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        forge = self.forge
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        forge.asked.append((method, parts.path))
        if forge.silent:
            forge.done.wait(30)
            return
        status, body = self._truth(method, unquote(parts.path), parts.query, raw)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _truth(self, method: str, path: str, query: str, raw: bytes) -> tuple[int, bytes]:
        forge = self.forge
        if method in forge.instead:
            return forge.instead[method]
        if not is_let_in(forge.kind, self.headers):
            return 401, json.dumps({"message": "Bad credentials"}).encode()
        if path != PATHS[forge.kind]:
            return 404, json.dumps({"message": "Not Found"}).encode()
        if method == "GET":
            unseen, forge.exists_unseen = forge.exists_unseen, False
            return 200, json.dumps([] if unseen else listed(forge, parse_qs(query))).encode()
        forge.posted.append(json.loads(raw))
        status, body = created(forge, json.loads(raw))
        return status, json.dumps(body).encode()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def forge_on_loopback(kind: str) -> Iterator[Forge]:
    forge = Forge(kind)
    handler = type("Handler", (_Handler,), {"forge": forge})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    forge.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield forge
    finally:
        forge.done.set()
        server.shutdown()
        thread.join()
        server.server_close()
