"""Bad weather before an OctoPrint: what is no answer of it ends no driver, and does nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from farmctl.errors import DeviceFailed, UsageError
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState
from farmctl.printers.config import DriverConfig, Lines
from farmctl.printers.driver import Accepted, Answer, PrinterDriver, Rejected, Unknown, Why
from farmctl.printers.octoprint import open_driver
from farmctl.printers.octoprint.probe import _probe
from farmctl.printers.octoprint.wire import Wire
from tests.printers.recorded import body

pytestmark = pytest.mark.pure

FILE, GCODE = "farmctl-a.gcode", b"G90\nG1 X10 F6000\n"
Answering = Callable[[httpx.Request], httpx.Response]


def ask(answering: Answering, work: Callable[[PrinterDriver], Awaitable[Any]]) -> Any:
    """Let a driver do something at a server that answers so."""

    async def within() -> Any:
        lines = Lines(httpx.MockTransport(answering))
        config = DriverConfig(PrinterName("ender-1"), url="http://ender", lines=lines)
        driver = open_driver(config)
        try:
            return await work(driver)
        finally:
            await driver.close()

    return asyncio.run(within())


GARBAGE: dict[str, Answering] = {
    "html": lambda _: httpx.Response(200, text="<html>router login</html>"),
    "empty": lambda _: httpx.Response(200),
    "nothing": lambda _: httpx.Response(200, text="null"),
    "a list": lambda _: httpx.Response(200, json=[1, 2]),
    "deep": lambda _: httpx.Response(200, text="[" * 100_000),
    "not UTF-8": lambda _: httpx.Response(200, content=b'{"state": "\xff'),
    "wrong kinds": lambda _: httpx.Response(
        200,
        json={
            "state": 5,
            "job": "none",
            "plugins": [],
            "stats": "many",
            "files": {"a": 1},
            "prints": 3,
            "path": 7,
            "permissions": 1,
        },
    ),
    "another server": lambda _: httpx.Response(404, json={"error": {"code": 404, "message": "no"}}),
    "a proxy with nobody behind": lambda _: httpx.Response(503, text="<html>503</html>"),
    "redirected": lambda _: httpx.Response(302, headers={"location": "http://elsewhere/"}),
}
EFFECTS: dict[str, Callable[[PrinterDriver], Awaitable[Answer]]] = {
    "upload": lambda driver: driver.upload(FILE, GCODE),
    "start": lambda driver: driver.start(FILE),
    "pause": lambda driver: driver.pause(FILE),
    "resume": lambda driver: driver.resume(FILE),
    "cancel": lambda driver: driver.cancel(FILE),
    "delete": lambda driver: driver.delete(FILE),
}


@pytest.mark.parametrize("weather", GARBAGE)
def test_a_look_at_what_is_no_octoprint_is_not_ready(weather: str) -> None:
    seen = ask(GARBAGE[weather], lambda driver: driver.look())
    assert seen.state in (DeviceState.OFFLINE, DeviceState.FAULT)
    assert seen.message


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("weather", GARBAGE)
def test_nothing_is_sent_to_what_is_no_octoprint(weather: str, effect: str) -> None:
    told: list[str] = []

    def answering(request: httpx.Request) -> httpx.Response:
        told.append(request.method)
        return GARBAGE[weather](request)

    answer = ask(answering, EFFECTS[effect])
    assert isinstance(answer, Rejected)
    assert answer.why is Why.NOT_SENT
    assert set(told) == {"GET"}


@pytest.mark.parametrize("weather", GARBAGE)
def test_there_is_nothing_to_be_known_of_it(weather: str) -> None:
    assert ask(GARBAGE[weather], lambda driver: driver.files()) == ()
    assert ask(GARBAGE[weather], lambda driver: driver.evidence(FILE)) is None
    (finding,) = ask(GARBAGE[weather], lambda driver: driver.doctor())
    assert (finding.code, finding.refuses) == ("octoprint-unusable", True)


@pytest.mark.parametrize("weather", GARBAGE)
def test_it_cannot_be_added(weather: str) -> None:
    with pytest.raises(DeviceFailed, match="http://ender") as failed:
        asyncio.run(_probe("http://ender", Wire("http://ender", None, _carrier(GARBAGE[weather]))))
    assert failed.value.mend


def _carrier(answering: Answering) -> httpx.MockTransport:
    return httpx.MockTransport(answering)


REFUSED = {"error": "You don't have the permission to access the requested resource."}


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_wrong_key_is_forbidden_and_said_so(effect: str) -> None:
    answer = ask(lambda _: httpx.Response(403, json=REFUSED), EFFECTS[effect])
    assert isinstance(answer, Rejected)
    assert answer.why is Why.FORBIDDEN
    assert "API key" in answer.message


def test_a_wrong_key_is_shown_and_can_be_mended() -> None:
    wrong: Answering = lambda _: httpx.Response(403, json=REFUSED)  # noqa: E731
    seen = ask(wrong, lambda driver: driver.look())
    assert (seen.state, "API key" in seen.message) == (DeviceState.FAULT, True)
    with pytest.raises(DeviceFailed, match="asks for a key") as failed:
        asyncio.run(_probe("http://ender", Wire("http://ender", None, _carrier(wrong))))
    assert "application key" in (failed.value.mend or "")


class Server:
    """Answers as OctoPrint does, with some of it changed; it remembers what it was told."""

    def __init__(self, **changed: httpx.Response) -> None:
        self.told: list[tuple[str, str]] = []
        self._changed = changed
        self.stored: dict[str, Any] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        method, path = request.method, request.url.path
        if method != "GET":
            self.told.append((method, path))
        name = {
            ("GET", "/api/job"): "job",
            ("GET", "/api/settings"): "settings",
            ("GET", "/plugin/achievements/"): "counts",
            ("GET", "/api/printerprofiles"): "profiles",
            ("POST", "/api/files/local"): "upload",
            ("POST", "/api/job"): "steer",
        }.get((method, path), "file" if method == "GET" else "start")
        if name in self._changed:
            return self._changed[name]
        return self._usual(name)

    def _usual(self, name: str) -> httpx.Response:
        match name:
            case "job":
                return httpx.Response(200, json=body("octoprint", "job-idle"))
            case "settings":
                return httpx.Response(200, json=body("octoprint", "identity"))
            case "counts":
                stats = {**body("octoprint", "counts-fresh")["stats"], "created": 1795359515}
                return httpx.Response(200, json={"stats": stats})
            case "profiles":
                return httpx.Response(200, json=body("octoprint", "profiles"))
            case "file" if self.stored:
                return httpx.Response(200, json=self.stored)
            case "upload":
                self.stored = {"path": FILE, "size": len(GCODE), "hash": ""}
                return httpx.Response(201, json={"done": True, "files": {"local": {"path": FILE}}})
            case "file":
                return httpx.Response(404, json={"error": "The requested URL was not found"})
            case _:
                return httpx.Response(204)


def test_the_server_of_these_tests_takes_an_upload_and_a_start() -> None:
    async def work(driver: PrinterDriver) -> tuple[Answer, Answer]:
        return await driver.upload(FILE, GCODE), await driver.start(FILE)

    server = Server()
    uploaded, started = ask(server, work)
    assert isinstance(uploaded, Accepted)
    assert isinstance(started, Accepted)
    assert [path for _, path in server.told] == ["/api/files/local", f"/api/files/local/{FILE}"]


def test_a_name_that_octoprint_changes_is_a_bad_upload() -> None:
    renamed = {"done": True, "files": {"local": {"path": "con_.gcode"}}}
    answer = ask(Server(upload=httpx.Response(201, json=renamed)), EFFECTS["upload"])
    assert isinstance(answer, Rejected)
    assert (answer.why, "con_.gcode" in answer.message) == (Why.BAD_UPLOAD, True)


@pytest.mark.parametrize("told", [{"size": 4}, {"size": len(GCODE), "hash": "0" * 40}])
def test_an_upload_that_was_stored_otherwise_is_bad(told: dict[str, Any]) -> None:
    class Cut(Server):
        def _usual(self, name: str) -> httpx.Response:
            answer = super()._usual(name)
            self.stored = {"path": FILE, **told} if name == "upload" else self.stored
            return answer

    answer = ask(Cut(), EFFECTS["upload"])
    assert isinstance(answer, Rejected)
    assert answer.why is Why.BAD_UPLOAD


def test_an_upload_of_which_nothing_is_said_is_unknown() -> None:
    class Mute(Server):
        def _usual(self, name: str) -> httpx.Response:
            if name == "file" and self.stored:
                return httpx.Response(500)
            return super()._usual(name)

    assert isinstance(ask(Mute(), EFFECTS["upload"]), Unknown)


def test_an_upload_over_a_file_of_that_name_is_not_sent() -> None:
    server = Server()
    server.stored = {"path": FILE, "size": 4}
    answer = ask(server, EFFECTS["upload"])
    assert isinstance(answer, Rejected)
    assert (answer.why, server.told) == (Why.NOT_SENT, [])


@pytest.mark.parametrize("plugin", ["settings", "counts"])
def test_without_an_identity_or_counts_nothing_starts(plugin: str) -> None:
    server = Server(**{plugin: httpx.Response(404, json={})})
    server.stored = {"path": FILE, "size": len(GCODE)}
    answer = ask(server, EFFECTS["start"])
    assert isinstance(answer, Rejected)
    assert server.told == []
    seen = ask(server, lambda driver: driver.look())
    assert seen.state is DeviceState.FAULT
    assert {"settings": "Discovery", "counts": "Achievements"}[plugin] in seen.message
    codes = [each.code for each in ask(server, lambda driver: driver.doctor())]
    assert codes[0] == "octoprint-plugin-missing"


def test_a_yes_that_changed_nothing_is_unknown() -> None:
    printing = {**body("octoprint", "job-printing"), "progress": {}}
    printing["job"]["file"]["path"] = FILE
    server = Server(job=httpx.Response(200, json=printing), steer=httpx.Response(204))
    answer = ask(server, EFFECTS["pause"])
    assert isinstance(answer, Unknown)
    assert server.told == [("POST", "/api/job")]


def test_a_driver_needs_an_address() -> None:
    with pytest.raises(UsageError):
        open_driver(DriverConfig(PrinterName("ender-1")))


def test_a_pause_says_which_way() -> None:
    said: list[Any] = []

    class Hearing(Server):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == "/api/job" and request.method == "POST":
                said.append(json.loads(request.content))
                word = "Paused" if said[-1]["action"] == "pause" else "Printing"
                self._changed["job"] = self._printing(word)
            return super().__call__(request)

        def _printing(self, word: str) -> httpx.Response:
            job = {"file": {"path": FILE}}
            return httpx.Response(200, json={"state": word, "job": job})

    server = Hearing()
    server._changed["job"] = server._printing("Printing")
    assert isinstance(ask(server, EFFECTS["pause"]), Accepted)
    assert isinstance(ask(server, EFFECTS["resume"]), Accepted)
    assert [each["action"] for each in said] == ["pause", "resume"]
