"""The kinds of machines that a play can have, each with the driver that it is driven by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from farmctl.printers.bambu import open_driver as open_bambu
from farmctl.printers.config import DriverFactory
from farmctl.printers.moonraker import open_driver as open_moonraker
from farmctl.printers.octoprint import open_driver as open_octoprint
from farmctl.printers.prusalink import open_driver as open_prusalink
from farmctl.soak.bambu import Bambu
from farmctl.soak.klipper import Klipper
from farmctl.soak.machines import Body
from farmctl.soak.octoprint import OctoPrint
from farmctl.soak.prusalink import PrusaLink


class Kind(Struct, frozen=True):
    """A kind of machine.

    Args:
        build: Makes one, of a serial and what tells the true time.
        open_driver: Opens what farmctl drives it by.
        is_real: Whether that is farmctl's own driver, and not one that stands in for it.
    """

    build: Callable[[str, Callable[[], datetime]], Body]
    open_driver: DriverFactory
    is_real: bool


KINDS: Mapping[str, Kind] = {
    "moonraker": Kind(Klipper, open_moonraker, is_real=True),
    "prusalink": Kind(PrusaLink, open_prusalink, is_real=True),
    "octoprint": Kind(OctoPrint, open_octoprint, is_real=True),
    "bambu": Kind(Bambu, open_bambu, is_real=True),
}
"""By the name that `farm.yaml` calls their driver."""
