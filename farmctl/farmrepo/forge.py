"""Pull requests on a forge: opened once for a branch, found where there is one already.

The token is sent to the forge that `farm.yaml` names and to nobody else: no redirect is followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
from msgspec import Struct

from farmctl import __version__
from farmctl.errors import FarmctlError
from farmctl.farmrepo.forge_kinds import DIALECTS, Dialect, Place, Request, Wish, find
from farmctl.system.secrets import Secret

TIMEOUT_S = 20.0
_MOST_BYTES = 4_000_000  # fifty pull requests with long texts are far less
_MOST_TITLE, _MOST_BODY = 250, 60_000  # forges refuse longer ones
_EXISTS = frozenset({409, 422})


class ForgeFailed(FarmctlError):  # noqa: N818 - reads as what it says
    """The forge did not open a pull request."""


class Opened(Struct, frozen=True):
    """A pull request is open.

    Args:
        request: Which.
        name: As people call it: `PR #88`.
        is_new: Whether it was opened just now.
    """

    request: Request
    name: str
    is_new: bool


class _Answer(Struct, frozen=True):
    status: int
    body: object


def open_request(place: Place, token: Secret, wish: Wish, timeout_s: float = TIMEOUT_S) -> Opened:
    """Open a pull request for a branch, or find the one that is open for it. Raises ForgeFailed."""
    with httpx.Client(timeout=timeout_s, follow_redirects=False) as client:
        return _opened(_Calls(place, token, client), wish)


def _opened(calls: _Calls, wish: Wish) -> Opened:
    place, dialect = calls.place, calls.dialect
    known = _found(calls, place, wish)
    if known is not None:
        return Opened(known, f"{dialect.noun}{known.number}", is_new=False)
    answer = calls.post(dialect.path(place), dialect.body(_shortened(wish)))
    if answer.status in _EXISTS:  # somebody opened it just now
        known = _found(calls, place, wish)
        if known is not None:
            return Opened(known, f"{dialect.noun}{known.number}", is_new=False)
    if answer.status != httpx.codes.CREATED:
        raise _refusal(calls, answer)
    made = calls.read(answer)
    return Opened(made, f"{dialect.noun}{made.number}", is_new=True)


def _shortened(wish: Wish) -> Wish:
    title, body = wish.title[:_MOST_TITLE], wish.body
    if len(body) > _MOST_BODY:
        body = f"{body[:_MOST_BODY]}\n…\nthe commit says the rest"
    return Wish(wish.branch, wish.into, title, body)


def _found(calls: _Calls, place: Place, wish: Wish) -> Request | None:
    answer = calls.get(calls.dialect.listing(place, wish))
    if answer.status != httpx.codes.OK:
        raise _refusal(calls, answer)
    if not isinstance(answer.body, list):
        raise calls.nonsense()
    try:
        return find(answer.body, place, wish)
    except (KeyError, TypeError, ValueError):
        raise calls.nonsense() from None


class _Calls:
    """Calls to one forge."""

    def __init__(self, place: Place, token: Secret, client: httpx.Client) -> None:
        self.place = place
        self.dialect: Dialect = DIALECTS[place.kind]
        self._token = token
        self._client = client

    def get(self, path: str) -> _Answer:
        """Ask. Raises ForgeFailed without an answer."""
        return self._call("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> _Answer:
        """Tell. Raises ForgeFailed without an answer: the next try finds what came of it."""
        return self._call("POST", path, body)

    def read(self, answer: _Answer) -> Request:
        """Return the pull request of an answer. Raises ForgeFailed."""
        try:
            if isinstance(answer.body, dict):
                return self.dialect.read(answer.body)
        except (KeyError, TypeError, ValueError):
            pass
        raise self.nonsense()

    def nonsense(self) -> ForgeFailed:
        """Return the error for an answer that is none of this kind of forge."""
        return ForgeFailed(
            f"{self.place.url} does not answer as {self.dialect.name} does",
            "see `kind` and `url` of git.forge in farm.yaml",
        )

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> _Answer:
        headers = {
            "User-Agent": f"farmctl/{__version__}",
            **self.dialect.headers(self._token.reveal()),
        }
        try:
            with self._client.stream(
                method, f"{self.place.url}{path}", headers=headers, json=body
            ) as response:
                return _Answer(response.status_code, _json_of(response))
        except httpx.TimeoutException:
            raise ForgeFailed(
                f"{self.place.url} did not answer in time", "try again later"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise ForgeFailed(
                f"{self.place.url} cannot be reached: {str(error) or type(error).__name__}",
                "see `url` of git.forge in farm.yaml, and the network",
            ) from None


def _json_of(response: httpx.Response) -> object:
    """Return what an answer says; None for what is no JSON, or too much."""
    raw = b""
    for piece in response.iter_bytes():
        raw += piece
        if len(raw) > _MOST_BYTES:
            return None
    try:
        found: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found


def _refusal(calls: _Calls, answer: _Answer) -> ForgeFailed:
    """Return the error for an answer that says no, with what helps against just that."""
    place, dialect = calls.place, calls.dialect
    told = _told(answer.body)
    where = f"{dialect.name} at {place.url}"
    match answer.status:
        case 401:
            message = f"{where} does not know the token{told}"
            mend = "make a new one and put it where git.forge.token in farm.yaml says"
        case 403:
            message = f"{where} does not let the token do that{told}"
            mend = f"it needs `{dialect.scope}` on {place.project}; or wait, if it was used a lot"
        case 404:
            message = f"{where} has no {place.project}, or hides it from the token"
            mend = f"see git.forge.project in farm.yaml; the token needs `{dialect.scope}`"
        case 409 | 422:
            message = f"{where} does not take the request{told}"
            mend = "see that both branches are there and differ"
        case 429:
            message, mend = f"{where} was asked too often{told}", "try again later"
        case status if 300 <= status < 400:
            message = f"{where} sends elsewhere ({status}): the token is not sent there"
            mend = "put the new address into git.forge of farm.yaml"
        case status if status >= 500:
            message, mend = f"{where} is in trouble ({status})", "try again later"
        case status:
            message, mend = f"{where} answers {status}{told}", "see git.forge in farm.yaml"
    return ForgeFailed(message, mend)


def _told(body: object) -> str:
    """Return what a forge says of a refusal, in one short line that a terminal can show."""
    if not isinstance(body, dict):
        return ""
    errors = body.get("errors")
    rows = errors if isinstance(errors, list) else []
    said = [body.get("message"), *(each.get("message") for each in rows if isinstance(each, dict))]
    words = "; ".join(_flat(each) for each in said if each)
    clean = "".join(each if each.isprintable() else " " for each in words)
    return f": {clean[:300]}" if clean else ""


def _flat(said: object) -> str:
    return ", ".join(map(str, said)) if isinstance(said, list) else str(said)
