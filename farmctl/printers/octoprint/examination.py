"""Asking an OctoPrint what `doctor` wants to know."""

from __future__ import annotations

import asyncio

from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import Finding
from farmctl.printers.octoprint.checks import findings, other_machine, plugin_missing, unusable
from farmctl.printers.octoprint.probe import VERSION
from farmctl.printers.octoprint.questions import SETTINGS, Questions
from farmctl.printers.octoprint.said import Said
from farmctl.printers.octoprint.wire import Wire, carried

_USER = "/api/currentuser"


async def examine(config: DriverConfig, questions: Questions) -> tuple[Finding, ...]:
    """Return what is wrong with the OctoPrint of a printer."""
    seen = await questions.everything()
    if seen.now is None or seen.is_silent:
        return (unusable(seen.why),)
    version, settings, user, guest = await asyncio.gather(
        questions.told(VERSION), questions.told(SETTINGS), questions.told(_USER), _guest(config)
    )
    found = findings(version, settings, user, guest)
    if seen.why:
        return (plugin_missing(seen.why), *found)
    refusal = await questions.refusal(config.identity)
    return found if refusal is None else (other_machine(refusal.message), *found)


async def _guest(config: DriverConfig) -> Said:
    """Return what somebody without a key is told of himself."""
    wire = Wire(config.url or "", None, config.lines.http)
    try:
        return carried(await wire.ask(_USER))
    finally:
        if config.lines.http is None:
            await wire.close()
