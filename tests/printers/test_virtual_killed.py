"""The starts log of a virtual printer is true however its process ended."""

from __future__ import annotations

import asyncio
import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from farmctl.model.ids import PrinterName
from farmctl.printers.config import DriverConfig
from farmctl.printers.virtual import memory_of, open_driver

pytestmark = pytest.mark.pure


def config(folder: Path) -> DriverConfig:
    return DriverConfig(PrinterName("sim-1"), memory=folder, speedup=1)


def _start_and_cancel(folder: Path, told: Connection) -> None:
    async def forever() -> None:
        driver = open_driver(config(folder))
        number = 0
        while True:
            number += 1
            file = f"farmctl-{number}.gcode"
            told.send(number)
            await driver.upload(file, b"G4 S600\n")
            await driver.start(file)
            await driver.cancel(file)
            await driver.delete(file)

    asyncio.run(forever())


@pytest.mark.parametrize("kill", range(8))
def test_every_start_is_logged_once_though_the_process_was_killed(
    kill: int, tmp_path: Path
) -> None:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(
        target=_start_and_cancel, args=(tmp_path, theirs)
    )
    child.start()
    while ours.recv() < 2 + kill:
        pass
    child.kill()
    child.join(60)

    memory = memory_of(config(tmp_path))
    starts = memory.physical_starts()
    assert [int(each.job_id, 16) for each in starts] == list(range(1, memory.look().jobs + 1))
    assert len(starts) >= 1 + kill
    assert len({each.file for each in starts}) == len(starts)
