"""The virtual driver does what every driver must do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from farmctl.testing.conformance import CHECKS, failures, run_check
from tests.printers.virtual_rig import VirtualRig

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("name", CHECKS)
def test_a_virtual_printer_conforms(name: str, tmp_path: Path) -> None:
    asyncio.run(run_check(name, VirtualRig(tmp_path)))


def test_it_conforms_with_all_that_earlier_checks_left_behind(tmp_path: Path) -> None:
    assert asyncio.run(failures(VirtualRig(tmp_path))) == {}
