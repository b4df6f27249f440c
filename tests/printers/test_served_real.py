"""Served printers and the real Moonraker answer every call of farmctl's driver alike."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from farmctl.printers.config import Lines
from farmctl.printers.driver import Accepted
from farmctl.printers.moonraker import probe
from farmctl.printers.moonraker.probe import CONFIGURED
from farmctl.printers.moonraker.wire import Wire
from farmctl.soak.serving import serving
from tests.printers.hands import PATIENCE_S, Hands, hands
from tests.printers.shapes import differences
from tests.servers.klipper import KlipperStack

pytestmark = [pytest.mark.server, pytest.mark.slow]

FILE = "farmctl-0123-e1-run-1-1.gcode"
GCODE = b"G28\nG90\n" + b"G1 X200 F6000\nG1 X20 F6000\n" * 100

Answers = dict[tuple[str, ...], Any]


class Listening(httpx.AsyncBaseTransport):
    """Keeps the answers that come by: by what the printer did, and what was asked."""

    def __init__(self) -> None:
        self.doing = "idle"
        self.answers: Answers = {}
        self._network = httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._network.handle_async_request(request)
        said = await response.aread()
        asked = ",".join(sorted(dict(parse_qsl(request.url.query.decode()))))
        key = (self.doing, request.method, request.url.path, asked, str(response.status_code))
        self.answers[key] = json.loads(said) if said else None
        return response

    async def aclose(self) -> None:
        await self._network.aclose()


async def conversation(url: str) -> Answers:
    """Let the driver say all that it can say, idle and printing, and return what it was told."""
    heard = Listening()
    async with hands(url, lines=Lines(http=heard)) as here:
        await here.driver.look()
        await here.driver.doctor()
        assert isinstance(await here.driver.upload(FILE, GCODE), Accepted)
        await here.driver.files()
        await _print(here, heard)
        await here.until(lambda seen: seen.job is None)
        await here.ended(FILE)
        heard.doing = "cancelled"
        await here.driver.look()
        await here.driver.evidence(FILE)
        async with asyncio.timeout(PATIENCE_S):
            while not isinstance(await here.driver.delete(FILE), Accepted):
                await here.driver.look()  # Moonraker deletes by a state that is 1/4 s old
        await here.driver.delete(FILE)
        await Wire(url, None, heard).ask("/printer/objects/query", CONFIGURED)
    await probe(url)
    return heard.answers


async def _print(here: Hands, heard: Listening) -> None:
    assert isinstance(await here.driver.start(FILE), Accepted)
    await here.until(lambda seen: seen.job is not None and seen.job.job_id is not None)
    heard.doing = "printing"
    await here.driver.look()
    await here.driver.start(FILE)
    heard.doing = "pausing"
    assert isinstance(await here.driver.pause(FILE), Accepted)
    heard.doing = "paused"
    await here.driver.look()
    assert isinstance(await here.driver.resume(FILE), Accepted)
    heard.doing = "cancelling"
    assert isinstance(await here.driver.cancel(FILE), Accepted)


async def served_conversation() -> Answers:
    async with serving(1, speedup=5) as (printer,):
        return await conversation(printer.url)


def test_every_call_of_the_driver_is_answered_with_the_real_keys_and_types(
    klipper: KlipperStack,
) -> None:
    real = asyncio.run(conversation(klipper.url))
    ours = asyncio.run(served_conversation())
    settled = {key for key in real if key[0] in ("idle", "printing", "paused", "cancelled")}
    assert settled <= set(ours)
    found = [
        f"{' '.join(key)}{each}"
        for key in sorted(set(real) & set(ours))
        for each in differences(real[key], ours[key])
    ]
    assert found == []
    assert len(set(real) & set(ours)) > 25
