"""A PrusaLink that answers from a script."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig, Lines
from farmctl.printers.prusalink import open_driver
from farmctl.printers.prusalink.driver import PrusaLinkDriver
from farmctl.system.clock import FixedClock
from tests.printers.recorded import body
from tests.printers.scripted import Answers, Scripted

NAME = PrinterName("mk3-1")
OURS = "farmctl-12.gcode"
GCODE = b"G28\n"
FILE = f"/api/v1/files/local/{OURS}"
MISSING = (404, body("prusalink", "file-missing"))
CHALLENGE = 'Digest realm="Administrator",qop="auth",nonce="{}",opaque="o",algorithm=MD5-sess'
IDLE: Answers = {
    ("GET", "/api/version"): body("prusalink", "version"),
    ("GET", "/api/v1/info"): body("prusalink", "info"),
    ("GET", "/api/v1/status"): {"printer": {"state": "IDLE"}},
    ("GET", FILE): {"name": OURS, "size": len(GCODE)},
}
PRINTING: Answers = {
    ("GET", "/api/v1/status"): {"printer": {"state": "PRINTING"}, "job": {"id": 7}}
}


def job(file: str) -> Answers:
    return {("GET", "/api/v1/job"): {"id": 7, "state": "PRINTING", "file": {"name": file}}}


def at(script: Scripted, work: Callable[[PrusaLinkDriver], Awaitable[Any]], **config: Any) -> Any:
    """Let a driver do something before a script."""

    async def within() -> Any:
        clock = FixedClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
        lines = Lines(http=script)
        driver = open_driver(
            DriverConfig(NAME, url="http://mk3", clock=clock, lines=lines, **config)
        )
        try:
            return await work(driver)
        finally:
            await driver.close()

    return asyncio.run(within())
