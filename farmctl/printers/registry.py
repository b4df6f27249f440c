"""The drivers, by the name that `farm.yaml` calls them.

A module outside farmctl adds its own by an entry point of the group `farmctl.printers`, whose name
is the driver's and whose object is a `DriverFactory`. The names below are farmctl's alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import cast

from farmctl.errors import FarmctlError
from farmctl.printers.config import DriverConfig, DriverFactory
from farmctl.printers.driver import PrinterDriver

GROUP = "farmctl.printers"

DRIVERS: Mapping[str, str] = {
    "bambu": "farmctl.printers.bambu:open_driver",
    "moonraker": "farmctl.printers.moonraker:open_driver",
    "octoprint": "farmctl.printers.octoprint:open_driver",
    "prusalink": "farmctl.printers.prusalink:open_driver",
    "virtual": "farmctl.printers.virtual:open_driver",
}


class NoDriver(FarmctlError):  # noqa: N818 - reads as what it says
    """No driver has this name, or the package that has it cannot be used."""


def open_driver(name: str, config: DriverConfig) -> PrinterDriver:
    """Return the driver of one printer, importing only its own module. Raises NoDriver."""
    return find_driver(name)(config)


def driver_names() -> tuple[str, ...]:
    """Return the names of all drivers there are, sorted."""
    return tuple(sorted({*DRIVERS, *(point.name for point in _outside())}))


def find_driver(name: str) -> DriverFactory:
    """Return what opens printers of a kind. Raises NoDriver."""
    if name in DRIVERS:
        module, _, factory = DRIVERS[name].partition(":")
        return cast("DriverFactory", getattr(import_module(module), factory))
    point = next((point for point in _outside() if point.name == name), None)
    if point is None:
        raise NoDriver(f"no driver is called `{name}`", _mend(name, driver_names()))
    return _load(point)


def module_of(name: str) -> ModuleType:
    """Return the module of a driver, where it may offer more than its factory. Raises NoDriver."""
    if name in DRIVERS:
        return import_module(DRIVERS[name].partition(":")[0])
    find_driver(name)  # says what is wrong with one from outside that cannot be loaded
    return import_module(next(point.module for point in _outside() if point.name == name))


def _outside() -> Iterable[EntryPoint]:
    # Asked for only when needed: reading what is installed is slower than all else here.
    return entry_points(group=GROUP)


def _load(point: EntryPoint) -> DriverFactory:
    package = point.dist.name if point.dist else point.module
    try:
        return cast("DriverFactory", point.load())
    except (ImportError, AttributeError) as error:
        raise NoDriver(
            f"driver `{point.name}` of {package} cannot be loaded: {error}",
            f"install a {package} that fits this farmctl",
        ) from error


def _mend(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name, list(names), n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"use one of {', '.join(names)}, or install the package that has it"
