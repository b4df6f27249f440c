"""The bad wire does to a call what it says, and nothing else."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from tests.servers.proxy import Call, Fault, Proxy
from tests.servers.weather import Storm

pytestmark = pytest.mark.pure


class Counting(ThreadingHTTPServer):
    """Answers each POST with the number of those it got."""

    daemon_threads = True
    posts = 0
    is_slow = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.is_asked, self.is_answered = threading.Event(), threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: Counting

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts += 1
        self.server.is_asked.set()
        if self.server.is_slow:
            self.server.is_answered.wait(60)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(self.server.posts).encode())

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

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


def test_a_proxy_that_goes_down_lets_go_of_the_server(server: Counting) -> None:
    with Proxy(server.server_port) as proxy, ThreadPoolExecutor(1) as other:
        server.is_slow = True
        answer = other.submit(httpx.post, proxy.url + "/a", content=b"")
        assert server.is_asked.wait(60)
        proxy.go_down()
        server.is_answered.set()
        with pytest.raises(httpx.RemoteProtocolError):
            answer.result(60)
        proxy.go_up()
    gc.collect()  # what was never closed complains now


def test_a_proxy_can_turn_to_another_server(proxy: Proxy, server: Counting) -> None:
    with Counting(("127.0.0.1", 0), _Handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        proxy.turn_to(other.server_port)
        httpx.post(proxy.url + "/a", content=b"")
        other.shutdown()
    assert (server.posts, other.posts) == (0, 1)


def test_a_held_answer_waits_until_it_is_released(proxy: Proxy, server: Counting) -> None:
    proxy.next_call("/a", Fault.HOLD)
    with ThreadPoolExecutor(1) as other:
        answer = other.submit(httpx.post, proxy.url + "/a", content=b"")
        proxy.wait_held()
        assert (server.posts, answer.done()) == (1, False)
        proxy.release()
        assert answer.result(60).text == "1"


def test_calls_can_hang_from_the_release_on(proxy: Proxy, server: Counting) -> None:
    proxy.release(stall="/b")
    assert httpx.post(proxy.url + "/a", content=b"").text == "1"
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(proxy.url + "/b", content=b"", timeout=0.2)
    proxy.clear_up()
    assert httpx.post(proxy.url + "/b", content=b"").text == "2"


@pytest.mark.parametrize("fault", [Fault.SLOW_REQUEST, Fault.SLOW_REPLY, Fault.REPLY_TWICE])
def test_what_is_slow_or_said_twice_is_done_once(
    fault: Fault, proxy: Proxy, server: Counting
) -> None:
    proxy.next_call("/a", fault)
    assert httpx.post(proxy.url + "/a", content=b"").text.startswith("1")
    assert server.posts == 1


def test_in_a_storm_calls_meet_all_that_can_happen_and_equal_dice_do_the_same() -> None:
    effect, look = Call("POST", "/a", "", b""), Call("GET", "/a", "", b"")
    storm, again = Storm(7), Storm(7)
    seen = [storm.of_call(effect) for _ in range(500)]
    assert seen == [again.of_call(effect) for _ in range(500)]
    assert {Fault.TWICE, Fault.LATE, Fault.LOSE_REPLY, Fault.LOSE_REQUEST} < set(seen)
    assert 0.5 < seen.count(None) / 500 < 0.9
    looks = {storm.of_call(look) for _ in range(2000)}
    assert looks.isdisjoint({Fault.TWICE, Fault.LATE})
    assert Fault.SLOW_REPLY in looks


class Doing:
    """Weather that does one thing to everything, at once."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def of_call(self, call: Call) -> Fault | None:
        return self._fault

    def of_push(self) -> Fault | None:
        return self._fault

    def seconds(self) -> float:
        return 0.0


def test_what_is_late_by_the_weather_arrives_by_itself(server: Counting) -> None:
    with Proxy(server.server_port, Doing(Fault.LATE)) as proxy:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(proxy.url + "/a", content=b"")
        proxy.clear_up()
        while server.posts == 0:
            httpx.get(proxy.url + "/looked")
        assert server.posts == 1


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (Fault.LOSE_REPLY, []),
        (Fault.REPLY_TWICE, ["a", "a", "long " * 99, "long " * 99]),
        (Fault.SLOW_REPLY, ["a", "long " * 99]),
    ],
)
def test_the_weather_meets_what_a_websocket_says(fault: Fault, heard: list[str]) -> None:
    with (
        telling("a", "long " * 99) as port,
        Proxy(port, Doing(fault)) as proxy,
        connect(proxy.url.replace("http", "ws")) as listening,
    ):
        assert list(listening) == heard


@contextmanager
def telling(*texts: str) -> Iterator[int]:
    """Serve a websocket that says these texts and hangs up; yield its port."""

    def tell(connection: ServerConnection) -> None:
        for text in texts:
            connection.send(text)

    with serve(tell, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join()
