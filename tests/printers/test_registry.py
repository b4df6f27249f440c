"""Drivers by name: ours, those of other packages, and names that nobody has."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from farmctl.errors import FarmctlError
from farmctl.model.ids import PrinterName
from farmctl.printers import registry
from farmctl.printers.config import DriverConfig
from farmctl.printers.recognise import find_probe, kinds_to_ask
from farmctl.printers.registry import DRIVERS, GROUP, NoDriver, driver_names, open_driver
from farmctl.printers.virtual import VirtualDriver

pytestmark = pytest.mark.pure


def config(folder: Path) -> DriverConfig:
    return DriverConfig(PrinterName("sim-1"), url="http://127.0.0.1:1", memory=folder)


def test_a_driver_is_opened_by_its_name(tmp_path: Path) -> None:
    assert isinstance(open_driver("virtual", config(tmp_path)), VirtualDriver)


@pytest.mark.parametrize("name", DRIVERS)
def test_every_name_has_a_driver(name: str) -> None:
    assert callable(registry.find_driver(name))


def test_an_unknown_name_says_what_may_have_been_meant(tmp_path: Path) -> None:
    with pytest.raises(NoDriver, match="no driver is called `moonracker`") as caught:
        open_driver("moonracker", config(tmp_path))
    assert caught.value.mend == "did you mean `moonraker`?"


def test_a_name_like_no_other_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(NoDriver) as caught:
        open_driver("xyzzy", config(tmp_path))
    assert caught.value.mend.startswith(f"use one of {', '.join(driver_names())}")


class TestOutside:
    """Drivers of other packages."""

    @pytest.fixture
    def installed(self, monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
        points: list[EntryPoint] = []
        monkeypatch.setattr(
            registry, "entry_points", lambda *, group: points if group == GROUP else []
        )
        return points

    def test_an_entry_point_is_a_driver(self, installed: list[EntryPoint], tmp_path: Path) -> None:
        installed.append(EntryPoint("toaster", "farmctl.printers.virtual:open_driver", GROUP))

        assert isinstance(open_driver("toaster", config(tmp_path)), VirtualDriver)
        assert driver_names() == tuple(sorted([*DRIVERS, "toaster"]))

    def test_one_from_outside_may_offer_a_probe(self, installed: list[EntryPoint]) -> None:
        installed.append(EntryPoint("toaster", "farmctl.printers.moonraker:open_driver", GROUP))
        installed.append(EntryPoint("kettle", "no_such_module:open_driver", GROUP))

        assert find_probe("toaster") is find_probe("moonraker")
        assert set(kinds_to_ask(None)) == {*DRIVERS, "toaster"} - {"bambu"}
        with pytest.raises(NoDriver, match="cannot be loaded"):
            find_probe("kettle")

    def test_our_own_names_are_ours(self, installed: list[EntryPoint], tmp_path: Path) -> None:
        installed.append(EntryPoint("virtual", "nowhere:open_driver", GROUP))

        assert isinstance(open_driver("virtual", config(tmp_path)), VirtualDriver)

    @pytest.mark.parametrize("target", ["no_such_module:open_driver", "farmctl.errors:no_such"])
    def test_one_that_cannot_be_loaded_says_why(
        self, installed: list[EntryPoint], tmp_path: Path, target: str
    ) -> None:
        installed.append(EntryPoint("toaster", target, GROUP))

        with pytest.raises(
            FarmctlError, match=r"driver `toaster` of .* cannot be loaded"
        ) as caught:
            open_driver("toaster", config(tmp_path))
        assert caught.value.mend


def test_only_the_named_driver_is_imported() -> None:
    code = (
        "import sys;"
        "from farmctl.printers.registry import find_driver;"
        "before = 'farmctl.printers.virtual' in sys.modules;"
        "find_driver('virtual');"
        "print(before, 'farmctl.printers.moonraker' in sys.modules, 'httpx' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False", "False"]
