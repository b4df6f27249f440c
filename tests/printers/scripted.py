"""A device that answers from a script: what real servers cannot be brought to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

Answers = dict[tuple[str, str], Any]
"""By method and path: a body, or a status and a body; what is to be called returns one of these; a
list is gone through, its last one stays."""


class Scripted(httpx.AsyncBaseTransport):
    """Carries requests to a script, and keeps them.

    Args:
        answers: What is answered; anything else is 404.
        challenge: What has to be proved for all calls, as `WWW-Authenticate` has it; None for
            nothing.
    """

    def __init__(self, answers: Answers, challenge: str | None = None) -> None:
        self.answers = answers
        self.challenge = challenge
        self.calls: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.calls.append(request)
        proof = request.headers.get("authorization", "")
        if self.challenge is not None and _nonce(self.challenge) not in proof:
            return httpx.Response(401, headers={"WWW-Authenticate": self.challenge})
        said = self.answers.get((request.method, request.url.path), (404, {"title": "none"}))
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        if callable(said):
            said = said()
        if isinstance(said, Exception):
            raise said
        status, body = said if isinstance(said, tuple) else (200, said)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(status, content=b"" if body is None else content)

    def sent(self, method: str) -> list[httpx.Request]:
        """Return the calls by a method that had leave to come in."""
        return [each for each in self.calls if each.method == method]


def _nonce(challenge: str) -> str:
    return challenge.partition('nonce="')[2].partition('"')[0]


def merged(*answers: Mapping[tuple[str, str], Any]) -> Answers:
    """Return answers, the later ones instead of the earlier."""
    return {key: value for each in answers for key, value in each.items()}
