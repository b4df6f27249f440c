"""Talking to a server as a person's tools do: plain HTTP, no driver."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered: the HTTP status and the JSON body."""

    status: int
    body: Any

    @property
    def result(self) -> Any:
        """Return the `result` of an answer that is one."""
        return self.body["result"]


def ask(method: str, url: str, query: dict[str, object], key: str | None) -> Reply:
    """Make one call. Raises URLError when nothing answers."""
    request = Request(f"{url}?{urlencode(query)}", method=method)
    if key is not None:
        request.add_header("X-Api-Key", key)
    try:
        with urlopen(request, timeout=60) as answer:
            return Reply(answer.status, json.load(answer))
    except HTTPError as error:
        return Reply(error.code, json.load(error))
