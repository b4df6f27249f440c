"""What OctoPrint's printer profile tells about the machine. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from farmctl.printers.driver import Machine
from farmctl.printers.octoprint.said import Said, number, text, within


def machine(identity: str, version: str, profile: Said) -> Machine:
    """Return the machine that an OctoPrint stands before, as a person wrote it down there.

    Args:
        identity: Its id.
        version: `OctoPrint 1.11.8`.
        profile: The printer profile in use.
    """
    width, depth = number(profile, "volume", "width"), number(profile, "volume", "depth")
    is_square = text(profile, "volume", "formFactor") == "rectangular"
    is_cornered = is_square and text(profile, "volume", "origin") == "lowerleft"
    has_bed = is_cornered and width is not None and depth is not None
    return Machine(
        driver="octoprint",
        identity=identity,
        server=version,
        firmware="",
        bed_mm=(width, depth) if has_bed and width is not None and depth is not None else None,
        height_mm=number(profile, "volume", "height"),
        nozzle_mm=number(profile, "extruder", "nozzleDiameter"),
    )


def profile_of(said: Said) -> Said:
    """Return the printer profile in use, of what `/api/printerprofiles` says."""
    profiles = within(said, "profiles")
    if not isinstance(profiles, Mapping):
        return None
    return next((each for each in profiles.values() if within(each, "current") is True), None)


def nozzle_um(profile: Said) -> int | None:
    """Return the nozzle that the profile names, in micrometres."""
    diameter = number(profile, "extruder", "nozzleDiameter")
    return None if diameter is None else round(diameter * 1000)
