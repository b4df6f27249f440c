"""Starting: what a command line costs before it does anything."""

from __future__ import annotations

from benchmarks.farms import busy_farm
from benchmarks.measure import Reading, compared
from benchmarks.workshop import Row, Workshop


def help_text(shop: Workshop) -> Reading:
    """Measure `farmctl --help`."""
    ours = shop.farmctl(shop.folder, "--help")
    return compared({"ours": ours, "peer": shop.bare()}, shop.times)


def status(shop: Workshop) -> Reading:
    """Measure `farmctl status` on a farm where 20 printers print, and 180 orders wait."""
    farm = busy_farm(shop, printers=20, orders=200)
    ours = shop.farmctl(farm, "status")
    return compared({"ours": ours, "peer": shop.bare()}, shop.times)


ROWS = (
    Row("help", 1.3, "farmctl --help : a bare Typer app that prints one line", help_text),
    Row("status", 1.8, "status of 20 printers and 200 orders : a bare Typer app", status),
)
