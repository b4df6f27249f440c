"""The simulated MK3S says what PrusaLink waits for, in its own time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.mk3.firmware import Firmware

pytestmark = pytest.mark.pure


class Machine:
    """A machine whose time somebody else moves on."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.now_s = 0.0
        self.firmware = Firmware(self.said.append, lambda: self.now_s, "CZPX1", folder)

    def told(self, *lines: str, after_s: float = 0.0) -> list[str]:
        """Return what it says to some lines within a while."""
        self.said.clear()
        for line in lines:
            self.firmware.take(line)
        self.firmware.tick()
        for _ in range(round(after_s * 10)):
            self.now_s += 0.1
            self.firmware.tick()
        return list(self.said)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("PRUSA Fir", "3.14.0-8094"),
        ("PRUSA SN", "CZPX1"),
        ("M862.2 Q", "302"),
        ("M862.1 Q", "0.40"),
        ("M220", "100%"),
        ("M27 P", "Not SD printing"),
        ("M603", "// action:cancel"),
        ("N12 M601*35", "// action:paused"),
        ("M602", "// action:resumed"),
        ("M114", "X:0.00 Y:0.00 Z:0.00 E:0.00 Count X: 0.00 Y:0.00 Z:0.00 E:0.00"),
        ("M105", "T:23.0 /0.0 B:23.0 /0.0 T0:23.0 /0.0 @:0 B@:0 P:25.0 A:30.0"),
    ],
)
def test_it_answers_and_confirms(machine: Machine, line: str, said: str) -> None:
    assert machine.told(line, "M84") == [said, "ok", "ok"]


def test_a_line_waits_for_the_one_before_it(machine: Machine) -> None:
    assert set(machine.told("G4 S5", "M84", after_s=4)) == {"echo:busy: processing"}
    assert machine.told(after_s=2)[-2:] == ["ok", "ok"]


def test_moves_take_their_time_and_sixteen_have_room(machine: Machine) -> None:
    there_and_back = ["G1 X100 F6000", "G1 X0 F6000"] * 9
    assert machine.told(*there_and_back).count("ok") == 15
    assert machine.told(after_s=20).count("ok") == 3


def test_heating_is_waited_for(machine: Machine) -> None:
    assert "ok" not in machine.told("M109 S215", after_s=3)
    assert machine.said[0].startswith("T:")
    assert machine.told(after_s=3)[-1] == "ok"


def test_it_is_killed_when_it_is_too_hot_and_a_reset_brings_it_back(machine: Machine) -> None:
    assert machine.told("M109 S400", after_s=10)[-2:] == [
        "Error:0: Heaters switched off. MAXTEMP triggered!",
        "Error:Printer halted. kill() called!",
    ]
    assert machine.told("M105", after_s=10) == []
    machine.firmware.reset()
    assert machine.told("M84") == ["ok"]


def test_the_eeprom_outlives_a_reset(machine: Machine, tmp_path: Path) -> None:
    machine.told("D3 Ax0D05 X00000007")
    assert Machine(tmp_path).told("D3 AxD05 C4") == ["0d05  00 00 00 07", "ok"]


def test_each_print_is_counted_once(machine: Machine, tmp_path: Path) -> None:
    for line in ("M75", "M76", "M75", "M77", "M75", "M603", "M75"):
        machine.told(line)
    assert (tmp_path / "starts").read_text().splitlines() == ["start"] * 3
