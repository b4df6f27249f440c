"""What a printer class gives a plate: room, and heat."""

from __future__ import annotations

from farmctl.geometry.overlap import Room
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.slicing.request import Ceiling

CLEARANCE_UM = 500
"""Between the outlines of parts at least: less, and they grow together."""


def room_of(printer_class: PrinterClass) -> Room:
    """Return the bed of a class, its height, and the gap that parts keep."""
    bed = tuple((round(x * 1000), round(y * 1000)) for x, y in printer_class.bed_outline_mm)
    return Room(bed, round(printer_class.height_mm * 1000), CLEARANCE_UM)


def ceiling_of(printer_class: PrinterClass) -> Ceiling:
    """Return the hottest that a class allows."""
    return Ceiling(printer_class.max_c.nozzle, printer_class.max_c.bed)
