"""One HTTP call to a Moonraker: what was answered, or what is known when nothing was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

import httpx
from msgspec import Struct

from farmctl.printers.driver import Answer, Rejected, Unknown, Why
from farmctl.system.secrets import Secret

_ASK_S = httpx.Timeout(8.0, connect=4.0)
_TELL_S = httpx.Timeout(120.0, connect=4.0)
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
        self._asking: httpx.AsyncClient | None = None
        self._telling: httpx.AsyncClient | None = None

    async def ask(self, path: str, query: Mapping[str, str] | None = None) -> Reply | Silence:
        """Ask for something; nothing changes by it."""
        if self._asking is None:
            self._asking = self._client(_ASK_S, httpx.Limits())
        return await _send(self._asking, self._asking.build_request("GET", path, params=query))

    async def exists(self, file: str) -> bool | Silence:
        """Return whether a g-code file is stored."""
        if self._asking is None:
            self._asking = self._client(_ASK_S, httpx.Limits())
        request = self._asking.build_request("HEAD", gcode_path(file))
        reply = await _send(self._asking, request)
        return reply if isinstance(reply, Silence) else reply.status != 404

    async def tell(
        self, method: str, path: str, query: Mapping[str, str] | None = None
    ) -> Reply | Silence:
        """Make a call with an effect. It may take as long as the g-code before it in the queue."""
        client = self._teller()
        return await _send(client, client.build_request(method, path, params=query))

    async def upload(self, form: Mapping[str, str], file: str, octets: bytes) -> Reply | Silence:
        """Store a file."""
        client = self._teller()
        files = {"file": (file, octets, "application/octet-stream")}
        path = "/server/files/upload"
        return await _send(client, client.build_request("POST", path, data=form, files=files))

    async def close(self) -> None:
        """Close the connections."""
        for client in (self._asking, self._telling):
            if client is not None:
                await client.aclose()

    def _teller(self) -> httpx.AsyncClient:
        if self._telling is None:
            # A fresh connection for each effect: on a kept one that the server just closed, a
            # request is lost in a way that cannot be told from one that was carried out.
            self._telling = self._client(_TELL_S, httpx.Limits(max_keepalive_connections=0))
        return self._telling

    def _client(self, timeout: httpx.Timeout, limits: httpx.Limits) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self._url,
            headers=self._headers,
            timeout=timeout,
            limits=limits,
            transport=self._transport,
            trust_env=False,  # a proxy of the environment may send a request again
        )


def gcode_path(file: str) -> str:
    """Return the path of a stored g-code file."""
    return f"/server/files/gcodes/{quote(file)}"


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> Reply | Silence:
    try:
        response = await client.send(request)
    except httpx.TransportError as error:
        return _silence(error)
    try:
        return Reply(response.status_code, response.json())
    except json.JSONDecodeError:
        return Reply(response.status_code, None)


def _silence(error: httpx.TransportError) -> Silence:
    why = str(error) or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        why = "no answer in time"
    return Silence(why, was_sent=not isinstance(error, _NEVER_SENT))
