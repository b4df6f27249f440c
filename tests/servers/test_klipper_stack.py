"""The real printer can be broken and mended, and tells the truth about it."""

from __future__ import annotations

import pytest

from tests.servers.fixtures import klipper, klipper_stack
from tests.servers.klipper import KlipperStack

__all__ = ["klipper", "klipper_stack"]

pytestmark = pytest.mark.server


def test_a_frozen_board_is_noticed_and_comes_back(klipper: KlipperStack) -> None:
    klipper.freeze()
    klipper.wait_klippy("shutdown")
    klipper.thaw()
    klipper.recover()
    assert klipper.klippy_state() == "ready"


def test_it_homes_from_wherever_it_stands(klipper: KlipperStack) -> None:
    assert klipper.gcode("G28\nG1 X100 Y50 Z20 F6000\nG28").status == 200
    klipper.mcu_fault()
    klipper.wait_klippy("shutdown")
    klipper.recover()
    assert klipper.gcode("G28").status == 200


def test_starts_are_counted_by_klipper_and_not_by_moonraker(klipper: KlipperStack) -> None:
    before = klipper.starts()
    (klipper.gcodes / "a.gcode").write_text("G28\nG4 P100\n")
    for _ in range(2):
        klipper.post("/printer/print/start", filename="a.gcode")
        klipper.wait_print("complete")
    assert klipper.starts() == before + 2
