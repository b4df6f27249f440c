"""What carries questions: a transport over aiohttp, a fraction of the work of httpx's own.

For looks alone. Where the device closed a kept connection meanwhile, the question is asked once
more on a new one, which an effect must never be.
"""

from __future__ import annotations

import os

import httpx
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    InvalidURL,
    NonHttpUrlClientError,
    ServerDisconnectedError,
    TCPConnector,
)
from yarl import URL

CONNECTIONS = 2
"""To one device at once: a thousand printers are two thousand sockets."""
_NEVER_ADDED = ("Accept", "Accept-Encoding", "User-Agent")
_DONE_WITH = frozenset((b"content-encoding", b"content-length", b"transfer-encoding"))


class Looking(httpx.AsyncBaseTransport):
    """The connections for looking at one device: no proxy, no cookie, no redirect, no added header.

    Each device has its own, so that one that hangs is waited for by its own look alone.
    """

    def __init__(self) -> None:
        self._session: ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and return the whole answer. Raises httpx.TransportError."""
        limits = request.extensions["timeout"]
        names = [(name.decode(), value.decode()) for name, value in request.headers.raw]
        try:
            async with self._opened().request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=names,
                allow_redirects=False,
                timeout=ClientTimeout(total=limits["read"], sock_connect=limits["connect"]),
            ) as answer:
                octets = await answer.read()
        except (ClientError, OSError, ValueError) as error:
            raise _as_httpx(error) from error
        headers = [each for each in answer.raw_headers if each[0].lower() not in _DONE_WITH]
        return httpx.Response(answer.status, headers=headers, content=octets)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=CONNECTIONS),
                cookie_jar=DummyCookieJar(),
                skip_auto_headers=_NEVER_ADDED,
                trust_env=False,
            )
        return self._session


def _as_httpx(error: ClientError | OSError | ValueError) -> httpx.TransportError:
    """Return what httpx's own transport would have raised."""
    match error:
        case ConnectionTimeoutError():
            return httpx.ConnectTimeout("no connection in time")
        case TimeoutError():
            return httpx.ReadTimeout("no answer in time")
        case ClientConnectorError(os_error=OSError(errno=int(number))) if number > 0:
            return httpx.ConnectError(os.strerror(number))
        case ClientConnectorError(os_error=cause):
            return httpx.ConnectError(cause.strerror or str(cause))
        case InvalidURL() | NonHttpUrlClientError():
            return httpx.UnsupportedProtocol(f"no address of a web server: {error}")
        case ServerDisconnectedError():
            return httpx.RemoteProtocolError("it closed the connection without an answer")
        case OSError():
            return httpx.ReadError(str(error))
        case _:
            return httpx.RemoteProtocolError(str(error) or type(error).__name__)
