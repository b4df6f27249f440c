"""What a machine is, against what the farm says of it. Pure.

A difference is told and never mended by farmctl: people change the machine, or what is said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from msgspec import Struct

from farmctl.model.observation import Loaded, Observation
from farmctl.model.recorded import PrinterRecord


class What(StrEnum):
    """What is compared."""

    IDENTITY = "identity"
    NOZZLE = "nozzle"
    BED = "bed"
    FIRMWARE = "firmware"
    LOADED = "loaded"


class Standing(StrEnum):
    """How what is seen stands to what is said."""

    IN_SYNC = "in sync"
    DRIFTED = "drifted"
    UNKNOWN = "unknown"  # the machine does not say, or does not answer
    IGNORED = "ignored"  # drifted, and a rule of the farm says that it may


class Compared(Struct, frozen=True):
    """One thing of one printer.

    Args:
        what: Which.
        standing: How it is.
        said: What the farm says, for people; empty where it says nothing.
        seen: What the machine says, for people; empty where it says nothing.
        sentence: The difference, for people.
    """

    what: What
    standing: Standing
    said: str
    seen: str
    sentence: str


class _Row(Struct, frozen=True):
    """How one thing is compared: where both words are found, when they fit, how they read."""

    what: What
    said: Callable[[PrinterRecord], Any]
    seen: Callable[[Observation], Any]
    fits: Callable[[Any, Any], bool]
    in_words: Callable[[Any], str]
    sentence: str


def compared(record: PrinterRecord, seen: Observation | None) -> tuple[Compared, ...]:
    """Return everything of a printer that can be compared; without a look all is unknown."""
    return tuple(_compared(row, record, seen) for row in _ROWS)


def drifts(record: PrinterRecord, seen: Observation, *of: What) -> Iterator[Compared]:
    """Yield what of these differs, and is not ignored by a rule of the farm."""
    for row in _ROWS:
        if row.what in of and _standing(row, record, seen) is Standing.DRIFTED:
            yield _compared(row, record, seen)


def stops(record: PrinterRecord, seen: Observation) -> Iterator[Compared]:
    """Yield the differences with which nothing may be printed, whatever it is.

    Another machine is refused besides, and a spool stops only the prints that it is wrong for.
    """
    return drifts(record, seen, What.NOZZLE, What.BED)


def _compared(row: _Row, record: PrinterRecord, seen: Observation | None) -> Compared:
    standing = Standing.UNKNOWN if seen is None else _standing(row, record, seen)
    said, told = row.said(record), None if seen is None else row.seen(seen)
    words = _words(row, said), _words(row, told)
    sentence = row.sentence.format(said=words[0], seen=words[1])
    return Compared(row.what, standing, *words, sentence)


def _standing(row: _Row, record: PrinterRecord, seen: Observation) -> Standing:
    told = row.seen(seen)
    if told is None:
        return Standing.UNKNOWN
    said = row.said(record)
    if said is None or row.fits(said, told):
        return Standing.IN_SYNC
    return Standing.IGNORED if row.what in record.declared.ignores else Standing.DRIFTED


def _words(row: _Row, value: object) -> str:
    return "" if value is None else row.in_words(value)


def _is_same(said: object, seen: object) -> bool:
    return said == seen


def _has_room(said: tuple[int, ...], seen: tuple[int, ...]) -> bool:
    """Return whether a machine is as large as its class: a larger one will do."""
    return all(needs <= has for needs, has in zip(said, seen, strict=True))


def _goes_with(said: tuple[Loaded, ...], seen: tuple[Loaded, ...]) -> bool:
    """Return whether each slot that was spoken of holds what was said."""
    told = {each.slot: each for each in seen}
    return all(each.slot in told and told[each.slot].is_as_said(each) for each in said)


def in_slots(loaded: tuple[Loaded, ...]) -> str:
    """Return `PETG/black`, or with several slots `0=PETG/black 2=PLA/white`."""
    if len(loaded) == 1 and loaded[0].slot == 0:
        return loaded[0].name
    ordered = sorted(loaded, key=lambda each: each.slot)
    return " ".join(f"{each.slot}={each.name}" for each in ordered) or "nothing"


def _mm(length_um: int) -> str:
    return f"{length_um / 1000:g} mm"


def _size(space_um: tuple[int, ...]) -> str:
    return " × ".join(f"{each / 1000:g}" for each in space_um) + " mm"


_ROWS = (
    _Row(
        What.IDENTITY,
        lambda record: record.declared.identity,
        lambda seen: seen.identity,
        _is_same,
        str,
        "{seen} answers, {said} is pinned",
    ),
    _Row(
        What.NOZZLE,
        lambda record: record.declared.nozzle_um or None,
        lambda seen: seen.nozzle_um,
        _is_same,
        _mm,
        "has a {seen} nozzle, farm.yaml says {said}",
    ),
    _Row(
        What.BED,
        lambda record: record.declared.space_um,
        lambda seen: seen.space_um,
        _has_room,
        _size,
        "has room for {seen}, its class needs {said}",
    ),
    _Row(
        What.FIRMWARE,
        lambda record: record.declared.firmware,
        lambda seen: seen.firmware,
        _is_same,
        str,
        "runs {seen}, farm.yaml says {said}",
    ),
    _Row(
        What.LOADED,
        lambda record: record.loaded or None,
        lambda seen: seen.loaded,
        _goes_with,
        in_slots,
        "has {seen}, {said} was said",
    ),
)
