"""Why a printer does not get a print: a closed list, the most hopeful first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from farmctl.model.ids import PrinterName


class Code(StrEnum):
    """One kind of reason. The order is how soon it may pass, so the best printers come first."""

    SPARE = "spare"  # it could, but another one does
    TAKEN = "taken"  # another print gets it now
    PRINTING = "printing"
    STARTING = "starting"
    BED = "bed"
    PAUSED = "paused"
    NOT_SEEN = "not_seen"
    EXTERNAL = "external"  # a print that nobody here started
    FILAMENT = "filament"
    HELD = "held"
    UNSURE = "unsure"  # a print of ours whose outcome nobody knows
    FAULT = "fault"
    OFFLINE = "offline"
    OTHER_MACHINE = "other_machine"
    OBJECTION = "objection"  # its doctor says that it must be mended first
    DRIFT = "drift"  # the machine is not as the farm says
    ON_TRIAL = "on_trial"  # the profile version is tried on other printers
    DRAFT = "draft"  # the profile is a draft that is for other printers
    TAGS = "tags"
    NOZZLE = "nozzle"
    CLASS = "class"
    GONE = "gone"  # the farm no longer has it


_RANK = {code: place for place, code in enumerate(Code)}

LACKS = frozenset({Code.CLASS, Code.NOZZLE, Code.TAGS, Code.DRAFT, Code.ON_TRIAL, Code.FILAMENT})
"""Reasons about what a printer is or has; all others are about what it does now."""


class Reason(Struct, frozen=True):
    """Why a printer does not get a print now.

    Args:
        code: Its kind.
        text: What people read.
        until: When it will have passed, where that is known.
    """

    code: Code
    text: str
    until: datetime | None = None

    @property
    def rank(self) -> int:
        """Return its place in the list: 0 is the most hopeful."""
        return _RANK[self.code]

    def said(self, clock: Callable[[datetime], str]) -> str:
        """Return `printing till 09:31`, with times as `clock` writes them."""
        return f"{self.text} till {clock(self.until)}" if self.until else self.text


class NotChosen(Struct, frozen=True):
    """A printer that did not get a print, and why."""

    printer: PrinterName
    reason: Reason
