"""Questions go by kept connections, and say no word more than a call with an effect does."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from farmctl.printers.web.http import Http, Reply, Silence
from farmctl.printers.web.looking import Looking

pytestmark = pytest.mark.pure

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + b'{"result":1}'
LIMITS = {"timeout": {"connect": 2.0, "read": 2.0, "write": 2.0, "pool": 2.0}}
HEADERS = {"X-Api-Key": "k3y", "Authorization": 'Digest username="maker"'}


class Place:
    """A web server that says what it is told to, and remembers what it was asked."""

    def __init__(self, answer: bytes | None, *, closes: bool = False) -> None:
        self.answer = answer
        self.closes = closes
        self.connections = 0
        self.heads: list[bytes] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                if self.answer is None:
                    break
                writer.write(self.answer)
                await writer.drain()
                if self.closes:
                    break
        except asyncio.IncompleteReadError:
            pass  # the client left
        finally:
            writer.close()


@asynccontextmanager
async def place(answer: bytes | None, *, closes: bool = False) -> AsyncIterator[Place]:
    there = Place(answer, closes=closes)
    server = await asyncio.start_server(there.take, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    async with server:
        yield there


def body(reply: Reply | Silence) -> object:
    assert isinstance(reply, Reply)
    return reply.body


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


async def asked(transport: httpx.AsyncBaseTransport, method: str, url: str) -> httpx.Response:
    request = httpx.Request(method, url, headers=HEADERS, extensions=LIMITS)
    try:
        response = await transport.handle_async_request(request)
        await response.aread()
        await response.aclose()
    finally:
        await transport.aclose()
    return response


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_question_says_what_httpx_would_say(method: str) -> None:
    async def work() -> None:
        answer = OK.partition(b"{")[0] if method == "HEAD" else OK
        async with place(answer) as there:
            url = f"{there.url}/server/files/gcodes/a%20b%2Fc.gcode?x=1,2&y=%20"
            for transport in (Looking(), httpx.AsyncHTTPTransport(trust_env=False)):
                response = await asked(transport, method, url)
                assert response.status_code == 200
            ours, theirs = ([*sorted(each.split(b"\r\n"))] for each in there.heads)
            assert ours == theirs

    run(work)


def test_questions_share_connections_and_effects_do_not() -> None:
    async def work() -> None:
        async with place(OK) as there:
            http = Http(there.url, {})
            for _ in range(5):
                assert body(await http.ask("/server/info")) == {"result": 1}
            assert there.connections == 1
            for number in range(2, 5):
                assert body(await http.tell("POST", "/printer/print/start")) == {"result": 1}
                assert there.connections == number
            await http.close()

    run(work)


def test_what_hung_up_meanwhile_is_asked_again_and_never_told_again() -> None:
    async def work() -> None:
        async with place(OK, closes=True) as there:
            http = Http(there.url, {})
            for count in range(1, 4):
                assert body(await http.ask("/server/info")) == {"result": 1}
                assert there.connections == count
            there.answer = None
            for method in ("POST", "PUT", "DELETE"):
                there.heads.clear()
                reply = await http.tell(method, "/somewhere")
                assert isinstance(reply, Silence)
                assert reply.was_sent
                assert len(there.heads) == 1
            await http.close()

    run(work)


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        (OK.replace(b"200 OK", b"302 Found\r\nLocation: /b\r\nSet-Cookie: a=b"), 302, OK[-12:]),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
            % len(gzip.compress(b"{}", mtime=0))
            + gzip.compress(b"{}", mtime=0),
            200,
            b"{}",
        ),
    ],
    ids=["a redirect is not followed", "what is compressed is read"],
)
def test_an_answer_is_taken_as_it_is(answer: bytes, status: int, text: bytes) -> None:
    async def work() -> None:
        async with place(answer) as there:
            for _ in range(2):
                response = await asked(Looking(), "GET", there.url)
                assert (response.status_code, response.content) == (status, text)
            assert not any(b"cookie" in each.lower() for each in there.heads)

    run(work)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (None, httpx.RemoteProtocolError),
        (b"\xb4\xff garbage\r\n\r\n", httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", httpx.RemoteProtocolError),
        (b"", httpx.ReadTimeout),
    ],
    ids=["hangs up", "garbage", "cut off", "hangs"],
)
def test_what_is_no_answer_was_sent_all_the_same(
    answer: bytes | None, error: type[httpx.TransportError]
) -> None:
    async def work() -> None:
        async with place(answer, closes=bool(answer)) as there:
            request = httpx.Request(
                "GET", there.url, extensions={"timeout": {"connect": 1.0, "read": 0.3}}
            )
            looking = Looking()
            with pytest.raises(error) as raised:
                await looking.handle_async_request(request)
            assert str(raised.value)
            await looking.aclose()

    run(work)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://nobody.invalid", "gopher://a"])
def test_what_cannot_be_reached_was_not_asked(url: str) -> None:
    async def work() -> None:
        http = Http(url, {})
        reply = await http.ask("/")
        assert isinstance(reply, Silence)
        assert not reply.was_sent
        assert reply.why
        await http.close()

    run(work)
