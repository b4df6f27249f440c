"""The bad wire does to a call what it says, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.servers.proxy import Fault, Proxy

pytestmark = pytest.mark.pure


class Counting(ThreadingHTTPServer):
    """Answers each POST with the number of those it got."""

    daemon_threads = True
    posts = 0


class _Handler(BaseHTTPRequestHandler):
    server: Counting

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(self.server.posts).encode())

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Counting]:
    with Counting(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(server: Counting) -> Iterator[Proxy]:
    with Proxy(server.server_port) as proxy:
        yield proxy


def test_a_call_without_a_fault_passes(proxy: Proxy, server: Counting) -> None:
    assert httpx.post(proxy.url + "/a?x=1", content=b"body").text == "1"
    assert proxy.count("/a") == 1


def test_a_lost_reply_was_still_done(proxy: Proxy, server: Counting) -> None:
    proxy.next_call("/a", Fault.LOSE_REPLY)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(proxy.url + "/a", content=b"")
    assert server.posts == 1


def test_a_lost_request_was_never_done(proxy: Proxy, server: Counting) -> None:
    proxy.next_call("/a", Fault.LOSE_REQUEST)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(proxy.url + "/a", content=b"")
    assert server.posts == 0


def test_a_fault_meets_only_the_next_call_of_its_path(proxy: Proxy, server: Counting) -> None:
    proxy.next_call("/b", Fault.TWICE)
    assert httpx.post(proxy.url + "/a", content=b"").text == "1"
    assert httpx.post(proxy.url + "/b", content=b"").text == "3"
    assert httpx.post(proxy.url + "/b", content=b"").text == "4"


def test_a_late_request_arrives_after_its_sender_gave_up(proxy: Proxy, server: Counting) -> None:
    proxy.next_call("/a", Fault.LATE)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(proxy.url + "/a", content=b"")
    assert server.posts == 0
    proxy.deliver()
    assert server.posts == 1


def test_a_bad_gateway_hides_that_it_was_done(proxy: Proxy, server: Counting) -> None:
    proxy.next_call("/a", Fault.BAD_GATEWAY)
    assert httpx.post(proxy.url + "/a", content=b"").status_code == 502
    assert server.posts == 1


def test_a_proxy_that_is_down_answers_nobody(proxy: Proxy, server: Counting) -> None:
    proxy.go_down()
    with pytest.raises(httpx.ConnectError):
        httpx.post(proxy.url + "/a", content=b"")
    assert server.posts == 0
    proxy.go_up()
    assert httpx.post(proxy.url + "/a", content=b"").text == "1"


def test_a_proxy_can_turn_to_another_server(proxy: Proxy, server: Counting) -> None:
    with Counting(("127.0.0.1", 0), _Handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        proxy.turn_to(other.server_port)
        httpx.post(proxy.url + "/a", content=b"")
        other.shutdown()
    assert (server.posts, other.posts) == (0, 1)
