"""A virtual printer takes as long as the slicer says, on parts like real ones."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from farmctl.model.digest import digest_of
from farmctl.model.observation import Ended
from farmctl.sim import requests
from farmctl.sim.device import Machine, Stored
from farmctl.sim.machine import advance
from farmctl.sim.reading import read_script
from farmctl.testing.parts import bracket, clip, cover, gear, guide

pytestmark = pytest.mark.slicer

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
_ESTIMATE = re.compile(
    r"^; estimated printing time \(normal mode\) = (?:(\d+)d )?(?:(\d+)h )?(?:(\d+)m )?(\d+)s",
    re.MULTILINE,
)
_FILAMENT = re.compile(r"^; filament used \[mm\] = ([\d.]+)", re.MULTILINE)


def sliced(folder: Path, stl: bytes, *options: str) -> str:
    model, gcode = folder / "part.stl", folder / "part.gcode"
    model.write_bytes(stl)
    argv = ["prusa-slicer", "-g", "--loglevel", "0", "--center", "100,100", *options]
    subprocess.run([*argv, "-o", str(gcode), str(model)], check=True, capture_output=True)
    return gcode.read_text()


def estimated_s(gcode: str) -> int:
    found = _ESTIMATE.search(gcode)
    assert found
    days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


MARLIN2 = ("--gcode-flavor", "marlin2")
SLOW = (*MARLIN2, "--machine-max-acceleration-extruding", "400", "--machine-max-jerk-x", "3")
MACHINES = {
    "marlin": ("--gcode-flavor", "marlin"),
    "marlin2": MARLIN2,
    "slow, and says so in commands": SLOW,
    "slow, and says so in settings": (*SLOW, "--machine-limits-usage", "time_estimate_only"),
}


@pytest.mark.parametrize("machine_options", MACHINES.values(), ids=MACHINES)
@pytest.mark.parametrize(
    "part", [clip, bracket, guide, cover, gear], ids=lambda part: part.__name__
)
def test_print_time_and_filament_are_the_slicers(
    part: Callable[[], bytes], machine_options: tuple[str, ...], tmp_path: Path
) -> None:
    gcode = sliced(tmp_path, part(), *machine_options, "--temperature", "215")
    raw = gcode.encode()
    stored = Stored("part.gcode", digest_of(raw), len(raw))
    machine, _ = requests.store(Machine("virtual:sim-1", NOON, speedup=600), stored, NOON)
    machine, _ = requests.start(machine, stored.name, read_script(raw), NOON)

    (record,) = advance(machine, NOON + timedelta(hours=1)).history

    assert record.ended is Ended.COMPLETED
    assert record.print_ms / 1_000 == pytest.approx(estimated_s(gcode), rel=0.05)
    # Speeded up, and with its heating: 76 s for the nozzle.
    took_s = (record.ended_at - record.started_at).total_seconds() * 600
    assert took_s == pytest.approx(estimated_s(gcode) + 76, rel=0.05)
    found = _FILAMENT.search(gcode)
    assert found
    assert record.filament_um / 1_000 == pytest.approx(float(found[1]), rel=0.01, abs=5)
