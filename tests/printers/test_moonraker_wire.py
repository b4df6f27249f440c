"""What is known when a Moonraker does not answer, or answers what nobody understands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from farmctl.errors import DeviceFailed, UsageError
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Job
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import Accepted, Rejected, Unknown, Why
from farmctl.printers.moonraker import open_driver, probe
from farmctl.printers.moonraker.driver import _verified
from farmctl.printers.moonraker.history import Past
from farmctl.printers.moonraker.seen import Seen, observation
from farmctl.printers.moonraker.status import live
from farmctl.printers.web.http import Reply, silence

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAME = PrinterName("voron-1")


@pytest.mark.parametrize(
    ("error", "was_sent"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("late"), False),
        (httpx.PoolTimeout("late"), False),
        (httpx.ReadTimeout("late"), True),
        (httpx.WriteTimeout("late"), True),
        (httpx.ReadError("reset"), True),
        (httpx.WriteError("reset"), True),
        (httpx.RemoteProtocolError("closed"), True),
    ],
)
def test_only_what_never_left_is_certainly_not_done(
    error: httpx.TransportError, was_sent: bool
) -> None:
    answer = silence(error).answer
    if was_sent:
        assert isinstance(answer, Unknown)
    else:
        assert isinstance(answer, Rejected)
        assert answer.why is Why.NOT_SENT


def test_the_words_of_a_failure_end_without_a_full_stop() -> None:
    assert silence(httpx.RemoteProtocolError("It went away.")).why == "It went away"
    assert silence(httpx.ReadError("")).why == "ReadError"


def stored(path: str, size: int) -> Reply:
    return Reply(201, {"action": "create_file", "item": {"path": path, "size": size}})


def test_an_upload_is_accepted_by_name_and_size_of_what_was_stored() -> None:
    answer = _verified(stored("a.gcode", 4), "a.gcode", b"G28\n")
    assert isinstance(answer, Accepted)
    assert answer.evidence.startswith("sha256 ")


@pytest.mark.parametrize("reply", [stored("a.gcode", 9), stored("b.gcode", 4)])
def test_an_upload_that_was_stored_otherwise_is_bad(reply: Reply) -> None:
    answer = _verified(reply, "a.gcode", b"G28\n")
    assert isinstance(answer, Rejected)
    assert answer.why is Why.BAD_UPLOAD


def test_an_upload_of_which_nothing_is_said_is_unknown() -> None:
    assert isinstance(_verified(Reply(201, {"action": "create_file"}), "a", b""), Unknown)


CONFIGURED = {
    "configfile": {"settings": {"extruder": {"nozzle_diameter": 0.4}}},
    "toolhead": {"axis_maximum": [250.0, 210.0, 200.0, 0.0]},
}


def seen(**parts: object) -> Seen:
    usual: dict[str, object] = {
        "server": {"klippy_state": "ready"},
        "klipper": {"app": "Klipper", "software_version": "v0.12"},
        "now": None,
        "newest": None,
        "identity": "id-1",
    }
    return Seen(**{**usual, **parts})  # type: ignore[arg-type]


def test_silence_is_offline_and_a_locked_door_is_not() -> None:
    silent = observation(NAME, NOW, seen(server=None, is_silent=True, why="no answer"), {})
    assert (silent.state, silent.message) == (DeviceState.OFFLINE, "no answer")
    locked = observation(NAME, NOW, seen(server=None, why="a key"), {})
    assert (locked.state, locked.identity) == (DeviceState.FAULT, None)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("disconnected", DeviceState.FAULT),
        ("shutdown", DeviceState.FAULT),
        ("error", DeviceState.FAULT),
        ("startup", DeviceState.UNKNOWN),
        # It could not be asked in the same moment: not ready enough to print on.
        ("ready", DeviceState.UNKNOWN),
    ],
)
def test_without_klippers_own_word_moonrakers_counts(word: str, state: DeviceState) -> None:
    look = observation(NAME, NOW, seen(server={"klippy_state": word}), {})
    assert (look.state, look.message) == (state, f"Klipper is {word}")


def test_a_job_has_the_id_of_the_newest_of_the_history_if_that_is_its_own() -> None:
    stats = {"state": "printing", "filename": "ours.gcode", "total_duration": 12.6}
    now = live(
        {
            "webhooks": {"state": "ready"},
            "print_stats": stats,
            "virtual_sdcard": {"progress": 0.256},
        }
    )
    newest = Past("00000A", "ours.gcode", "in_progress", 1.0, 1.0, NOW, None)
    look = observation(NAME, NOW, seen(now=now, newest=newest), CONFIGURED)
    assert look.job == Job("ours.gcode", "00000A", progress_permille=256, elapsed_s=13)
    assert (look.history_head, look.seen_at, look.nozzle_um) == ("00000A", NOW, 400)
    assert look.space_um == (250_000, 210_000, 200_000)
    theirs = Past("000009", "theirs.gcode", "completed", 1.0, 1.0, NOW, NOW)
    look = observation(NAME, NOW, seen(now=now, newest=theirs), {})
    assert look.job is not None
    assert look.job.job_id is None


class _Router(ThreadingHTTPServer):
    """Says the same to everybody."""

    says = b"<html>a router</html>"


class _NotMoonraker(BaseHTTPRequestHandler):
    server: _Router

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.says)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(
    params=[
        b"<html>a router</html>",
        b"",
        b"\xb4\xff\x00 garbage",
        b'{"result": "\xb4"}',
        b"[" * 100_000,
        b"[]",
        b'{"result": []}',
        b'{"result": null}',
        b'"ok"',
    ],
    ids=lambda says: repr(says[:12]),
)
def router(request: pytest.FixtureRequest) -> Iterator[str]:
    """A web server that is no Moonraker."""
    with _Router(("127.0.0.1", 0), _NotMoonraker) as server:
        server.says = request.param
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_web_server_that_is_no_moonraker_is_named_and_left_alone(router: str) -> None:
    async def work() -> None:
        driver = open_driver(DriverConfig(NAME, url=router))
        look = await driver.look()
        assert (look.state, look.job) == (DeviceState.FAULT, None)
        assert "not the answer of a Moonraker" in look.message
        for answer in (await driver.start("a.gcode"), await driver.delete("a.gcode")):
            assert isinstance(answer, Rejected)
        assert await driver.files() == ()
        assert await driver.evidence("a.gcode") is None
        await driver.close()

    asyncio.run(work())
    with pytest.raises(DeviceFailed, match="is not a Moonraker"):
        asyncio.run(probe(router))


def test_a_printer_without_a_url_is_refused() -> None:
    with pytest.raises(UsageError, match="voron-1 has no url"):
        open_driver(DriverConfig(NAME))
