"""Three kinds of printers behind web servers in fair weather, from scripts: a table spoils them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from farmctl.control.actions import Act
from farmctl.control.told import in_full
from farmctl.gcode.objects import object_name
from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName, RunId
from farmctl.printers import moonraker, octoprint, prusalink
from farmctl.printers.config import DriverConfig, DriverFactory, Lines
from farmctl.printers.driver import Accepted, Answer, PrinterDriver
from farmctl.system.clock import FixedClock
from tests.printers.recorded import body
from tests.printers.scripted import Answers, Scripted, merged

PRINTER = PrinterName("p-7")
FILE, GCODE, PART = "farmctl-a.gcode", b"G90\nG1 X10 F6000\n", "P02"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Path = tuple[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of printer, and what its server answers when all is well.

    Args:
        open_driver: Of its driver.
        idle: Answers of an idle machine that has our file.
        absent: What is other when it does not have it.
        going: What is other for each effect that needs a print.
        calls: Where the one call of each effect goes.
        wrong_key: What it answers to somebody it does not know.
        stored: Its answers once an upload was stored under a name with a size.
        old: What an old server says of its version.
        dated: Its answers of a print that ended at a time; None for one that tells no times.
    """

    open_driver: DriverFactory
    idle: Answers
    absent: Answers
    going: Mapping[Effect, Answers]
    calls: Mapping[Effect, Path]
    wrong_key: tuple[int, object]
    stored: Callable[[str, int], Answers]
    old: Answers
    dated: Callable[[datetime], Answers] | None = None

    def script(self, effect: Effect, *spoiled: Answers) -> Scripted:
        """Return the server before an effect, with some of its answers spoiled."""
        state = self.absent if effect is Effect.UPLOAD else self.going.get(effect, {})
        return Scripted(merged(self.idle, state, *spoiled))

    def at(
        self, script: Scripted, work: Callable[[PrinterDriver], Awaitable[Any]], **config: Any
    ) -> Any:
        """Let its driver do something at a server."""

        async def within() -> Any:
            lines, clock = Lines(http=script), FixedClock(NOW)
            opened = self.open_driver(
                DriverConfig(PRINTER, url="http://door", clock=clock, lines=lines, **config)
            )
            try:
                return await work(opened)
            finally:
                await opened.close()

        return asyncio.run(within())


CALLS: Mapping[Effect, Callable[[PrinterDriver], Awaitable[Answer]]] = {
    Effect.UPLOAD: lambda driver: driver.upload(FILE, GCODE),
    Effect.START: lambda driver: driver.start(FILE),
    Effect.PAUSE: lambda driver: driver.pause(FILE),
    Effect.RESUME: lambda driver: driver.resume(FILE),
    Effect.CANCEL: lambda driver: driver.cancel(FILE),
    Effect.EXCLUDE: lambda driver: driver.exclude(FILE, PART),
    Effect.DELETE: lambda driver: driver.delete(FILE),
}


def told(effect: Effect, answer: Answer, printer: PrinterName = PRINTER) -> str:
    """Return what is told of an answer that is no yes: it has printer, call, words and mend."""
    assert not isinstance(answer, Accepted)
    said = in_full(Act(effect, RunId("run-1"), printer), answer)
    whose, _, rest = said.partition(": ")
    before, _, mend = rest.rpartition("; ")
    call, _, words = before.partition(": ")
    assert whose == printer
    assert call.split()[0] == effect
    assert words, "the device's words are lost"
    assert mend
    return said


def _klipper(word: str, file: str = FILE) -> Answers:
    name = {"name": object_name(PART, FILE)}
    status = {
        "webhooks": {"state": "ready", "state_message": ""},
        "print_stats": {"state": word, "filename": file, "message": "", "print_duration": 5.0},
        "virtual_sdcard": {"progress": 0.5, "is_active": word == "printing"},
        "idle_timeout": {"state": "Idle"},
        "exclude_object": {"objects": [name], "excluded_objects": []},
    }
    return {("GET", "/printer/objects/query"): {"result": {"status": status}}}


def _klipper_ended(ended_at: datetime) -> Answers:
    job = {
        "job_id": "1",
        "filename": FILE,
        "status": "completed",
        "print_duration": 5.0,
        "filament_used": 1.0,
        "end_time": ended_at.timestamp(),
    }
    history = {("GET", "/server/history/list"): {"result": {"jobs": [job]}}}
    return merged(_klipper("complete"), history)


def _sized(size: int, name: str = FILE) -> Answers:
    listed = {"result": [{"path": name, "size": size}]}
    return {("GET", "/server/files/list"): listed}


_GCODES = f"/server/files/gcodes/{FILE}"
MOONRAKER = Kind(
    open_driver=moonraker.open_driver,
    idle=merged(
        _klipper("standby", ""),
        _sized(len(GCODE)),
        {
            ("GET", "/server/info"): body("moonraker", "server-info-ready"),
            ("GET", "/printer/info"): body("moonraker", "printer-info"),
            ("GET", "/server/database/item"): body("moonraker", "identity"),
            ("GET", "/server/history/list"): body("moonraker", "history-empty"),
            ("GET", "/server/config"): {"result": {"config": {}}},
            ("HEAD", _GCODES): (200, None),
        },
    ),
    absent={("HEAD", _GCODES): (404, None)},
    going={
        Effect.PAUSE: _klipper("printing"),
        Effect.CANCEL: _klipper("printing"),
        Effect.EXCLUDE: _klipper("printing"),
        Effect.RESUME: _klipper("paused"),
    },
    calls={
        Effect.UPLOAD: ("POST", "/server/files/upload"),
        Effect.START: ("POST", "/printer/print/start"),
        Effect.PAUSE: ("POST", "/printer/print/pause"),
        Effect.RESUME: ("POST", "/printer/print/resume"),
        Effect.CANCEL: ("POST", "/printer/print/cancel"),
        Effect.EXCLUDE: ("POST", "/printer/gcode/script"),
        Effect.DELETE: ("DELETE", _GCODES),
    },
    wrong_key=(401, body("moonraker", "start-no-key")),
    stored=lambda name, size: {
        ("POST", "/server/files/upload"): (
            201,
            {"action": "create_file", "item": {"path": name, "size": size}},
        )
    },
    old={
        ("GET", "/server/info"): {
            "result": {
                **body("moonraker", "server-info-ready")["result"],
                "moonraker_version": "v0.7.1-12",
            }
        }
    },
    dated=_klipper_ended,
)


def _octoprint(word: str) -> Answers:
    return {("GET", "/api/job"): {"state": word, "job": {"file": {"path": FILE}}, "progress": {}}}


def _counts() -> dict[str, Any]:
    return {"stats": {**body("octoprint", "counts-fresh")["stats"], "created": 1795359515}}


def _octoprint_ended(ended_at: datetime) -> Answers:
    counted = {"success": 1, "failure": 0, "last": {"date": ended_at.timestamp(), "success": True}}
    stored = {"path": FILE, "size": len(GCODE), "hash": "", "prints": counted}
    return merged(_octoprint("Operational"), {("GET", _OCTOPRINT_FILE): stored})


_OCTOPRINT_FILE = f"/api/files/local/{FILE}"
OCTOPRINT = Kind(
    open_driver=octoprint.open_driver,
    idle={
        ("GET", "/api/job"): body("octoprint", "job-idle"),
        ("GET", "/api/settings"): body("octoprint", "identity"),
        ("GET", "/plugin/achievements/"): _counts(),
        ("GET", "/api/printerprofiles"): body("octoprint", "profiles"),
        ("GET", _OCTOPRINT_FILE): {"path": FILE, "size": len(GCODE), "hash": ""},
    },
    absent={("GET", _OCTOPRINT_FILE): (404, {"error": "The requested URL was not found"})},
    going={
        Effect.PAUSE: _octoprint("Printing"),
        Effect.CANCEL: _octoprint("Printing"),
        Effect.RESUME: _octoprint("Paused"),
    },
    calls={
        Effect.UPLOAD: ("POST", "/api/files/local"),
        Effect.START: ("POST", _OCTOPRINT_FILE),
        Effect.PAUSE: ("POST", "/api/job"),
        Effect.RESUME: ("POST", "/api/job"),
        Effect.CANCEL: ("POST", "/api/job"),
        Effect.DELETE: ("DELETE", _OCTOPRINT_FILE),
    },
    wrong_key=(403, body("octoprint", "job-wrong-key")),
    stored=lambda name, size: {
        ("GET", _OCTOPRINT_FILE): [
            (404, {"error": "The requested URL was not found"}),
            {"path": name, "size": size, "hash": ""},
        ],
        ("POST", "/api/files/local"): (
            201,
            {"done": True, "files": {"local": {"path": name, "name": name}}},
        ),
    },
    old={("GET", "/plugin/achievements/"): (404, None)},
    dated=_octoprint_ended,
)

_PRUSALINK_FILE = f"/api/v1/files/local/{FILE}"
_PRUSALINK_JOB = "/api/v1/job/7"


def _prusalink(word: str) -> Answers:
    return {
        ("GET", "/api/v1/status"): {"printer": {"state": word}, "job": {"id": 7}},
        ("GET", "/api/v1/job"): {"id": 7, "state": word, "file": {"name": FILE}},
    }


PRUSALINK = Kind(
    open_driver=prusalink.open_driver,
    idle={
        ("GET", "/api/version"): body("prusalink", "version"),
        ("GET", "/api/v1/info"): body("prusalink", "info"),
        ("GET", "/api/v1/status"): {"printer": {"state": "IDLE"}},
        ("GET", _PRUSALINK_FILE): {"name": FILE, "size": len(GCODE)},
    },
    absent={("GET", _PRUSALINK_FILE): (404, body("prusalink", "file-missing"))},
    going={
        Effect.PAUSE: _prusalink("PRINTING"),
        Effect.CANCEL: _prusalink("PRINTING"),
        Effect.RESUME: _prusalink("PAUSED"),
    },
    calls={
        Effect.UPLOAD: ("PUT", _PRUSALINK_FILE),
        Effect.START: ("POST", _PRUSALINK_FILE),
        Effect.PAUSE: ("PUT", f"{_PRUSALINK_JOB}/pause"),
        Effect.RESUME: ("PUT", f"{_PRUSALINK_JOB}/resume"),
        Effect.CANCEL: ("DELETE", _PRUSALINK_JOB),
        Effect.DELETE: ("DELETE", _PRUSALINK_FILE),
    },
    wrong_key=(401, body("prusalink", "start-wrong-key")),
    stored=lambda name, size: {
        ("PUT", _PRUSALINK_FILE): (201, None),
        ("GET", _PRUSALINK_FILE): [
            (404, body("prusalink", "file-missing")),
            {"name": name, "size": size} if name == FILE else (404, None),
        ],
    },
    old={
        ("GET", "/api/version"): {**body("prusalink", "version"), "text": "PrusaLink 0.6.0"},
    },
)

KINDS = {"moonraker": MOONRAKER, "octoprint": OCTOPRINT, "prusalink": PRUSALINK}
EVERY = [(kind, effect) for kind, each in KINDS.items() for effect in each.calls]
