"""Somebody else's client, `bambulabs_api`, prints on the simulated Bambu as on a real one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from farmctl.printers.bambu.package import packed
from tests.servers.bambu import CODE, BambuStack
from tests.servers.install import ROOT, installed

pytestmark = [pytest.mark.server, pytest.mark.slow]


def test_another_client_prints_to_the_end(bambu: BambuStack, tmp_path: Path) -> None:
    envelope = tmp_path / "thing.gcode.3mf"
    envelope.write_bytes(packed(b"G4 S60\n"))
    argv = [installed("bambu") / "bin/python", "tests/servers/bambu_client.py", bambu.serial, CODE]
    ports = (str(bambu.mqtt_port), str(bambu.ftps_port))
    before = bambu.starts()
    done = subprocess.run(
        [*argv, *ports, envelope], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-2:] == ["RUNNING thing.gcode.3mf", "FINISH thing.gcode.3mf"]
    assert bambu.starts() == before + 1
