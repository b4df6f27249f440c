"""Flat settings files, `key = value` a line: read strictly, written in one form only.

Slicers read them leniently: a doubled key, a section or a line of rubbish is an error in one place
and silence in another. Values stay exactly as they are written, escapes included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from farmctl.model.diagnostics import Diagnostic

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Ini(Struct, frozen=True):
    """What a settings file says.

    Args:
        values: Each key's value, verbatim, without the white space around it.
        lines: The line, from 1, that each key is on.
        remarks: The comment lines, without `#` or `;`.
        diagnostics: What is wrong with the file; then `values` is what could be read.
    """

    values: Mapping[str, str]
    lines: Mapping[str, int]
    remarks: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def parse(raw: bytes, file: str) -> Ini:
    """Read a settings file; everything wrong is a diagnostic with its line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        return Ini({}, {}, (), (_not_text(file, at, "bytes that are not UTF-8"),))
    reading = _Reading(file)
    for number, line in enumerate(text.split("\n"), 1):
        reading.take(number, line.strip())
    return Ini(reading.values, reading.lines, tuple(reading.remarks), tuple(reading.diagnostics))


def write(values: Mapping[str, str], remarks: tuple[str, ...] = ()) -> bytes:
    """Return the one form of these settings: sorted, a line each, no time stamp."""
    head = [f"# {remark}" for remark in remarks]
    body = [f"{key} = {values[key]}".rstrip() for key in sorted(values)]
    return "".join(f"{line}\n" for line in (*head, *body)).encode()


def millimetres(um: int) -> str:
    """Return a length as settings write it: 400 µm is `0.4`."""
    return format((Decimal(um) / 1000).normalize(), "f")


class _Reading:
    def __init__(self, file: str) -> None:
        self._file = file
        self._section_line = 0
        self.values: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        self.remarks: list[str] = []
        self.diagnostics: list[Diagnostic] = []

    def take(self, number: int, line: str) -> None:
        if _CONTROL.search(line):
            self.diagnostics.append(_not_text(self._file, number, "a control character"))
        elif line.startswith(("#", ";")):
            self.remarks.append(line.lstrip("#; "))
        elif line.startswith("["):
            self._section(number, line)
        elif line and not self._section_line:
            self._setting(number, line)

    def _section(self, number: int, line: str) -> None:
        if not self._section_line:
            self._section_line = number
            self._wrong(
                number,
                "ini-section",
                f"`{line}` begins a section: slicers skip what is in it without a word",
                "export a flat file (PrusaSlicer: File > Export > Export Config)",
            )

    def _setting(self, number: int, line: str) -> None:
        key, equals, value = line.partition("=")
        key = key.strip()
        if not equals or not _KEY.fullmatch(key):
            shown = line if len(line) <= 40 else f"{line[:40]}…"
            self._wrong(number, "ini-rubbish", f"`{shown}` is no setting", "write `key = value`")
        elif key in self.values:
            first = self.lines[key]
            self._wrong(number, "ini-duplicate", f"`{key}` is already on line {first}", "keep one")
        else:
            self.values[key] = value.strip()
            self.lines[key] = number

    def _wrong(self, number: int, code: str, message: str, mend: str) -> None:
        self.diagnostics.append(Diagnostic(self._file, number, 1, code, message, mend))


def _not_text(file: str, line: int, what: str) -> Diagnostic:
    return Diagnostic(file, line, 1, "ini-not-text", f"{what}: not a settings file", "export again")
