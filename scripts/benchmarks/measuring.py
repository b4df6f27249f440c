"""Measuring large g-code: all its figures, against what others need for its times alone."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.measure import BenchError, Reading, Sample, compared, environment, here
from benchmarks.workshop import Row, Workshop
from farmctl.gcode.figures import measure_figures
from farmctl.gcode.limits import KlipperLimits
from farmctl.gcode.summary import Filament
from tests.servers.install import BUILD, installed

_MACHINE = KlipperLimits(300, 3000, 15, 200, 80, 800)
_PLA = [Filament(1.75, 1.24)]
_SIZE_B = 100_000_000
_SHARE = 10
"""Peers get a tenth of the file, because they need minutes for the whole, and count ten times."""
_TURNS = 3
_PEERS = Path(__file__).parent / "peers"
_GCODE_LIB = _PEERS / "gcode-lib.lock"


def against_klipper(shop: Workshop) -> Reading:
    """Measure against the planner of the Klipper host that the tests print with."""
    python = installed("klipper") / "bin/python"
    return _compared(shop, python, _PEERS / "klipper_plan.py")


def against_gcode_lib(shop: Workshop) -> Reading:
    """Measure against the estimate of PyPI's gcode-lib."""
    return _compared(shop, _gcode_lib(), _PEERS / "gcode_lib_estimate.py")


def _compared(shop: Workshop, python: Path, script: Path) -> Reading:
    whole = b"".join(_layers(_SIZE_B))
    part = shop.folder / "tenth.gcode"
    part.write_bytes(b"".join(_layers(_SIZE_B // _SHARE)))
    ours = partial(here, lambda: measure_figures(whole, limits=_MACHINE, filaments=_PLA))
    samples = {"ours": ours, "peer": _peer(python, script, part)}
    return compared(samples, min(shop.times, _TURNS))


def _peer(python: Path, script: Path, file: Path) -> Sample:
    """Return what runs a script that prints the CPU seconds it took for a part of the file."""

    def sample() -> float:
        argv = [python, script, file]
        ended = subprocess.run(argv, env=environment(), capture_output=True, text=True, check=False)
        if ended.returncode:
            raise BenchError(f"`{script.name}` ended with {ended.returncode}: {ended.stderr}")
        return _SHARE * float(ended.stdout.split()[0])

    return sample


def _gcode_lib() -> Path:
    """Return the Python of an environment with gcode-lib, made now unless it is there."""
    digest = hashlib.sha256(_GCODE_LIB.read_bytes()).hexdigest()
    venv = BUILD / f"bench-{_GCODE_LIB.stem}-{digest[:12]}"
    if not (venv / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", _GCODE_LIB], check=True)
        (venv / "complete").touch()
    return venv / "bin/python"


def _layers(size_b: int) -> Iterator[bytes]:
    """Yield a print of round walls and straight infill, always the same, of about so many bytes."""
    yield b"M83\nG1 F1800\n"
    outline, made, number = _layer().encode(), 0, 0
    while made < size_b:
        number += 1
        layer = b"G1 Z%.2f F720\n" % (0.2 * number) + outline
        made += len(layer)
        yield layer


def _layer() -> str:
    """Return one layer, about 200 kB: what it holds is the same as in the next."""
    lines = []
    for x, y in ((60, 60), (150, 60), (60, 150), (150, 150)):
        for wall in range(6):
            lines += _wall(
                x, y, 30 - 0.45 * wall, "External perimeter" if not wall else "Perimeter"
            )
        lines += _infill(x, y, 27.0)
    return "\n".join(lines) + "\n"


def _wall(x: float, y: float, radius: float, feature: str) -> Iterator[str]:
    yield f"G1 X{x + radius:.3f} Y{y:.3f} F9000"
    yield "G1 E.8 F2100"
    yield f";TYPE:{feature}"
    yield "G1 F2400"
    for step in range(1, 241):
        angle = step * math.tau / 240
        px, py = x + radius * math.cos(angle), y + radius * math.sin(angle)
        yield f"G1 X{px:.3f} Y{py:.3f} E{radius * 0.00087:.5f}"
    yield "G1 E-.8 F2100"


def _infill(x: float, y: float, radius: float) -> Iterator[str]:
    yield ";TYPE:Internal infill"
    yield "G1 F4800"
    for row in range(-50, 51):
        half = math.sqrt(radius * radius - (row * radius / 51) ** 2) * (-1) ** row
        py = y + row * radius / 51
        yield f"G1 X{x - half:.3f} Y{py:.3f} E.01742"
        yield f"G1 X{x + half:.3f} Y{py:.3f} E{abs(half) * 0.066:.5f}"


ROWS = (
    Row("measure", 1 / 20, "figures of 100 MB of g-code : Klipper's own planner", against_klipper),
    Row("estimate", 1 / 10, "figures of 100 MB of g-code : gcode-lib's", against_gcode_lib),
)
