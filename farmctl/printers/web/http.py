"""HTTP calls to one device: what was answered, or what is known when nothing was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, Unpack
from urllib.parse import urlencode

import httpx
from msgspec import Struct

from farmctl.printers.driver import Answer, Rejected, Unknown, Why

_Limits = Mapping[str, Mapping[str, float | None]]
_ASK: _Limits = {"timeout": httpx.Timeout(8.0, connect=4.0).as_dict()}
_TELL: _Limits = {"timeout": httpx.Timeout(120.0, connect=4.0).as_dict()}
_NONE: Mapping[str, str] = {}
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


class Reply(Struct, frozen=True):
    """What a server answered.

    Args:
        status: The HTTP status.
        body: What its JSON says; None for a body that is not JSON.
        headers: By their names in small letters.
    """

    status: int
    body: object
    headers: Mapping[str, str] = {}


class Silence(Struct, frozen=True):
    """No answer.

    Args:
        why: What is known.
        was_sent: Whether the request may have reached the server.
    """

    why: str
    was_sent: bool

    @property
    def answer(self) -> Answer:
        """Return what a call with an effect makes of it."""
        if self.was_sent:
            return Unknown(self.why)
        return Rejected(Why.NOT_SENT, self.why, "no connection")


class Content(TypedDict, total=False):
    """What a call carries, as `httpx.Request` takes it."""

    json: object
    content: bytes
    data: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes, str]]
    headers: Mapping[str, str]


class Http:
    """The HTTP side of one device. No call with an effect is ever sent twice.

    It speaks through bare transports: no redirect is followed, no cookie kept, and no proxy of the
    environment asked, which might send a request again. Questions go by kept connections, and each
    call with an effect by one of its own.

    Args:
        url: Where it is.
        headers: What every request says: a key that lets us in.
        transport: What carries requests; None for the network.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = headers
        self._transport = transport
        self._asking: httpx.AsyncBaseTransport | None = None
        self._telling: httpx.AsyncBaseTransport | None = None
        self._asked: dict[tuple[object, ...], httpx.Request] = {}

    async def ask(self, path: str, query: Mapping[str, str] | None = None) -> Reply | Silence:
        """Ask for something; nothing changes by it."""
        question = (path, *(query or {}).items())
        if question not in self._asked:  # there are few, asked at every look
            self._asked[question] = self._request("GET", self._at(path, query), _ASK)
        return await _send(self._asker(), self._asked[question])

    async def ask_once(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] = _NONE
    ) -> Reply | Silence:
        """Ask for something that is asked for once: a file of one run; with headers of its own."""
        request = self._request(method, self._at(path), _ASK, headers=headers)
        return await _send(self._asker(), request)

    async def tell(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        **content: Unpack[Content],
    ) -> Reply | Silence:
        """Make a call with an effect. It may take as long as what the device does before it.

        Args:
            method: Of HTTP.
            path: Without the query.
            query: Parameters of the query.
            content: Its body, and headers of its own.
        """
        request = self._request(method, self._at(path, query), _TELL, **content)
        return await _send(self._teller(), request)

    async def close(self) -> None:
        """Close the connections."""
        for transport in (self._asking, self._telling):
            if transport is not None:
                await transport.aclose()

    def _at(self, path: str, query: Mapping[str, str] | None = None) -> str:
        return f"{self._url}{path}?{urlencode(query)}" if query else f"{self._url}{path}"

    def _request(
        self, method: str, url: str, limits: _Limits, **content: Unpack[Content]
    ) -> httpx.Request:
        content["headers"] = {**self._headers, **content.get("headers", {})}
        return httpx.Request(method, url, extensions=limits, **content)

    def _asker(self) -> httpx.AsyncBaseTransport:
        if self._asking is None:
            self._asking = self._transport or _looking()
        return self._asking

    def _teller(self) -> httpx.AsyncBaseTransport:
        if self._telling is None:
            # A fresh connection for each effect: on a kept one that the server just closed, a
            # request is lost in a way that cannot be told from one that was carried out.
            fresh = httpx.Limits(max_keepalive_connections=0)
            self._telling = self._transport or httpx.AsyncHTTPTransport(
                trust_env=False, limits=fresh
            )
        return self._telling


def _looking() -> httpx.AsyncBaseTransport:
    from farmctl.printers.web.looking import Looking  # noqa: PLC0415 - slow to import

    return Looking()


async def _send(carrier: httpx.AsyncBaseTransport, request: httpx.Request) -> Reply | Silence:
    try:
        response = await carrier.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
    except httpx.RequestError as error:  # also a body that is packed in no known way
        return silence(error)
    headers = dict(response.headers)
    try:
        return Reply(response.status_code, response.json(), headers)
    except (ValueError, RecursionError):  # no JSON, or no UTF-8
        return Reply(response.status_code, None, headers)


def silence(error: httpx.RequestError) -> Silence:
    """Return what is known when a request ended so."""
    why = str(error).removesuffix(".") or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        why = "no answer in time"
    return Silence(why, was_sent=not isinstance(error, _NEVER_SENT))
