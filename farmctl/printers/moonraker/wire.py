"""One HTTP call to a Moonraker: what was answered, or what is known when nothing was."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

import httpx
from msgspec import Struct

from farmctl.printers.driver import Answer, Rejected, Unknown, Why
from farmctl.system.secrets import Secret

_Limits = Mapping[str, Mapping[str, float | None]]
_ASK: _Limits = {"timeout": httpx.Timeout(8.0, connect=4.0).as_dict()}
_TELL: _Limits = {"timeout": httpx.Timeout(120.0, connect=4.0).as_dict()}
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


class Reply(Struct, frozen=True):
    """An HTTP status with its JSON body; None for a body that is not JSON."""

    status: int
    body: object

    @property
    def result(self) -> object:
        """Return what a successful call carries; None when it was not one."""
        match self.body:
            case {"result": result} if self.status < 300:
                return result
            case _:
                return None


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


class Wire:
    """The HTTP side of one Moonraker. No call is ever sent twice.

    It speaks through bare transports: no redirect is followed, no cookie kept, and no proxy of the
    environment asked, which might send a request again.

    Args:
        url: Where it is.
        api_key: What lets us in, when it asks.
        transport: What carries requests; None for the network.
    """

    def __init__(
        self, url: str, api_key: Secret | None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._headers = {"X-Api-Key": api_key.reveal()} if api_key else {}
        self._url = url.rstrip("/")
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

    async def exists(self, file: str) -> bool | Silence:
        """Return whether a g-code file is stored."""
        request = self._request("HEAD", self._at(gcode_path(file)), _ASK)
        reply = await _send(self._asker(), request)
        return reply if isinstance(reply, Silence) else reply.status != 404

    async def tell(
        self, method: str, path: str, query: Mapping[str, str] | None = None
    ) -> Reply | Silence:
        """Make a call with an effect. It may take as long as the g-code before it in the queue."""
        return await _send(self._teller(), self._request(method, self._at(path, query), _TELL))

    async def upload(self, form: Mapping[str, str], file: str, octets: bytes) -> Reply | Silence:
        """Store a file."""
        request = httpx.Request(
            "POST",
            self._at("/server/files/upload"),
            headers=self._headers,
            data=form,
            files={"file": (file, octets, "application/octet-stream")},
            extensions=_TELL,
        )
        return await _send(self._teller(), request)

    async def close(self) -> None:
        """Close the connections."""
        for transport in (self._asking, self._telling):
            if transport is not None:
                await transport.aclose()

    def _at(self, path: str, query: Mapping[str, str] | None = None) -> str:
        return f"{self._url}{path}?{urlencode(query)}" if query else f"{self._url}{path}"

    def _request(self, method: str, url: str, limits: _Limits) -> httpx.Request:
        return httpx.Request(method, url, headers=self._headers, extensions=limits)

    def _asker(self) -> httpx.AsyncBaseTransport:
        if self._asking is None:
            self._asking = self._transport or httpx.AsyncHTTPTransport(trust_env=False)
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


def gcode_path(file: str) -> str:
    """Return the path of a stored g-code file."""
    return f"/server/files/gcodes/{quote(file)}"


async def _send(carrier: httpx.AsyncBaseTransport, request: httpx.Request) -> Reply | Silence:
    try:
        response = await carrier.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
    except httpx.TransportError as error:
        return _silence(error)
    try:
        return Reply(response.status_code, response.json())
    except (ValueError, RecursionError):  # no JSON, or no UTF-8
        return Reply(response.status_code, None)


def _silence(error: httpx.TransportError) -> Silence:
    why = str(error).removesuffix(".") or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        why = "no answer in time"
    return Silence(why, was_sent=not isinstance(error, _NEVER_SENT))
