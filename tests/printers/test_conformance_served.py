"""The real Moonraker driver does on served printers what it does on the real server."""

from __future__ import annotations

import asyncio

import pytest

from farmctl.testing.conformance import CHECKS, run_check
from tests.printers.served_rig import served_rig


@pytest.mark.parametrize("name", CHECKS)
def test_a_served_printer_conforms(name: str) -> None:
    async def check() -> None:
        async with served_rig() as rig:
            await run_check(name, rig)

    asyncio.run(check())
