"""What a PrusaLink tells about its machine. Pure."""

from __future__ import annotations

from farmctl.printers.driver import Machine
from farmctl.printers.prusalink.status import Shown


def machine(seen: Shown, identity: str, version: object) -> Machine:
    """Return the machine that a PrusaLink stands before.

    PrusaLink tells nothing of its bed: the machines that it is made for are of one size.

    Args:
        seen: What it shows.
        identity: The serial number.
        version: What it says of itself.
    """
    return Machine(
        driver="prusalink",
        identity=identity,
        server=server(version),
        firmware=firmware(version) or "",
        bed_mm=(250.0, 210.0),
        height_mm=210.0,
        nozzle_mm=seen.nozzle_um / 1000 if seen.nozzle_um else None,
        max_nozzle_c=300,
        max_bed_c=120,
    )


def server(version: object) -> str:
    """Return `PrusaLink 0.8.1`."""
    return _text(version, "text") or "PrusaLink of unknown version"


def firmware(version: object) -> str | None:
    """Return `Prusa 3.14.0-8094`, or None when that is not told."""
    said = _text(version, "firmware")
    return f"Prusa {said}" if said else None


def printer_type(version: object) -> str | None:
    """Return `PrusaLink I3MK3S`, or None when that is not told."""
    return _text(version, "original")


def _text(version: object, name: str) -> str | None:
    found = version.get(name) if isinstance(version, dict) else None
    return found if isinstance(found, str) and found else None
