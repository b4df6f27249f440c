"""What a Bambu tells of its spools. Pure; whatever it says is taken for data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from farmctl.model.documents.common import MATERIAL
from farmctl.model.observation import Loaded

_TRAYS = 4  # of one AMS


def loaded_in(report: Mapping[str, Any]) -> tuple[Loaded, ...] | None:
    """Return what is in each slot; None where the machine does not know all of it.

    With an AMS its trays are the slots, counted on from one AMS to the next; without one the spool
    at the machine's back is slot 0. Where a spool was described to the machine by nobody, people's
    word goes for all slots. Colors are left out: a machine knows numbers, which are nobody's words.
    """
    holding = list(_holding(report))
    if not holding and not slots_of(report):
        return None
    loaded = []
    for slot, tray in holding:
        material = tray.get("tray_type")
        if not isinstance(material, str) or not re.fullmatch(MATERIAL.pattern, material):
            return None
        loaded.append(Loaded(material, "", slot))
    return tuple(loaded)


def slots_of(report: Mapping[str, Any]) -> list[int]:
    """Return the numbers of its AMS's slots, from which it prints then; none without an AMS."""
    return sorted(slot for slot, _ in _trays(report))


def _holding(report: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield what holds a spool, with the number of its slot, in their order."""
    if not slots_of(report):
        spool = report.get("vt_tray")
        if isinstance(spool, dict):
            yield 0, spool
        return
    there = _bits(report)
    for slot, tray in sorted(_trays(report), key=lambda each: each[0]):
        # A report that tells a tray is empty names its number only, and is laid over the last one.
        if "tray_type" in tray if there is None else there >> slot & 1:
            yield slot, tray


def _trays(report: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for unit in _things(_ams(report), "ams"):
        first = _digit(unit.get("id"))
        for tray in _things(unit, "tray"):
            number = _digit(tray.get("id"))
            if first is not None and number is not None and number < _TRAYS:
                yield first * _TRAYS + number, tray


def _ams(report: Mapping[str, Any]) -> Mapping[str, Any]:
    ams = report.get("ams")
    return ams if isinstance(ams, dict) else {}


def _things(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = value.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _bits(report: Mapping[str, Any]) -> int | None:
    """Return which slots hold a spool, bit by bit; None where that is not told."""
    said = _ams(report).get("tray_exist_bits")
    is_hex = isinstance(said, str) and re.fullmatch(r"[0-9A-Fa-f]{1,8}", said)
    return int(said, 16) if isinstance(said, str) and is_hex else None


def _digit(said: object) -> int | None:
    """Return a number below ten, told as a number or as a text."""
    return int(str(said)) if re.fullmatch(r"[0-9]", str(said)) else None
