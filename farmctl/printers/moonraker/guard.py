"""The guard: a macro of Klipper's that refuses to begin the same file twice. Pure.

farmctl sends a start once. What the network makes of it is not farmctl's: a request that was
doubled, or comes hours late, starts the file again when the printer is idle. The first line of a
guarded file asks the printer itself, which remembers across restarts what it has begun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from farmctl.printers.driver import Finding
from farmctl.printers.moonraker.status import Objects

VERSION = 1
"""Raised with every change of the macro: an older one in a printer.cfg is found by `doctor`."""

REFUSED = "farmctl guard:"
"""How the words begin with which the macro ends a second print."""

ASKED = {"gcode_macro FARMCTL_BEGIN": "version", "save_variables": "variables"}
"""What Klipper is asked about its guard."""

_KEPT = 50
_MACRO = f"""\
# What farmctl's guard remembers. Leave this section out where printer.cfg has one already.
[save_variables]
filename: ~/farmctl-variables.cfg

# farmctl's guard: a file that was begun once is not begun again.
[gcode_macro FARMCTL_BEGIN]
description: Refuses to begin the same print of farmctl twice
variable_version: {VERSION}
gcode:
    {{% set run = params.RUN|default("")|string %}}
    {{% set begun = printer.save_variables.variables.farmctl_begun|default([]) %}}
    {{% if run in begun %}}
        {{action_raise_error("{REFUSED} %s was begun before; nothing is printed" % run)}}
    {{% endif %}}
    SAVE_VARIABLE VARIABLE=farmctl_begun VALUE="{{begun[-{_KEPT - 1}:] + [run]}}"
"""
_BEHIND = re.compile(rf"{re.escape(REFUSED)} \w+ was begun before")


def macro() -> str:
    """Return what belongs into a printer.cfg."""
    return _MACRO


def is_refusal(message: str) -> bool:
    """Return whether Klipper ended a print because its guard knew the file."""
    return _BEHIND.search(message) is not None


def findings_of_guard(objects: Objects) -> Iterator[Finding]:
    """Yield what is wrong with the guard of a printer whose entry in farm.yaml says `guard`.

    Args:
        objects: What Klipper answers to `ASKED`; of what it does not have, null.
    """
    mend = "put what `farmctl printer guard NAME` prints into printer.cfg, then RESTART"
    version = objects.get("gcode_macro FARMCTL_BEGIN", {}).get("version")
    if version is None:
        message = "farm.yaml says that it has a guard, and Klipper has no macro FARMCTL_BEGIN"
        yield Finding("klipper-guard-missing", message, mend, refuses=True)
    elif version != VERSION:
        message = f"its guard FARMCTL_BEGIN is of version {version}; this farmctl's is {VERSION}"
        yield Finding("klipper-guard-other", message, mend, refuses=True)
    elif objects.get("save_variables", {}).get("variables") is None:
        message = "its guard cannot remember anything, so no print begins: no [save_variables]"
        yield Finding("klipper-guard-forgets", message, mend, refuses=True)
