"""Custom g-code: whether it homes before it moves, cools down, and calls only what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from farmctl.model.diagnostics import Diagnostic
from farmctl.profiles.advice.klipper import KLIPPER
from farmctl.profiles.advice.subject import Subject
from farmctl.slicing.prusaslicer.values import strings, unescaped

_PLACEHOLDER = re.compile(r"\{[^{}]*\}|\[[a-z0-9_]+\]")
_CODE = re.compile(r"[GMTD]\d+(?:\.\d+)?")
_MACRO = re.compile(r"[A-Z_][A-Z0-9_]+")
_SIDEWAYS = re.compile(r"\b[XY]")
_OFF = re.compile(r"\bS(?:0+(?:\.0*)?)?(?![\w.])")  # a placeholder leaves a bare S
_MOVES = frozenset({"G0", "G1", "G2", "G3"})
_ALL_OFF = "TURN_OFF_HEATERS"

Command = tuple[str, str]
"""The word, and what follows it, both in capital letters."""


def gcode(subject: Subject) -> Iterator[Diagnostic]:
    """Yield what custom g-code of the class or the profile leaves undone."""
    yield from _homing(subject)
    yield from _cooling(subject)
    yield from _macros(subject)


def commands(value: str) -> list[Command]:
    """Return the commands of custom g-code, without placeholders and remarks."""
    text = "\n".join(strings(value)) if value.startswith('"') else unescaped(value)
    lines = (line.partition(";")[0].strip().upper() for line in _plain(text).splitlines())
    return [each for each in map(_command, lines) if each is not None]


def _plain(text: str) -> str:
    return _PLACEHOLDER.sub("", text)


def _command(line: str) -> Command | None:
    code = _CODE.match(line)
    if code is not None:
        return code[0], line[code.end() :].strip()
    word, _, rest = line.partition(" ")
    return (word, rest) if _MACRO.fullmatch(word) else None


def is_macro(word: str) -> bool:
    """Return whether a word is nobody's standard: what it does is the machine's own."""
    return not _CODE.fullmatch(word) and word not in KLIPPER


def _homing(subject: Subject) -> Iterator[Diagnostic]:
    for word, rest in commands(subject.values.get("start_gcode", "")):
        if word == "G28" or is_macro(word):
            return
        if word in _MOVES and _SIDEWAYS.search(rest):
            yield subject.finding(
                "start_gcode",
                "moves-before-home",
                f"`start_gcode` moves sideways (`{word} {rest}`) before it homes: the machine does "
                "not know where it is",
                "put G28 before it, or the macro that homes",
            )
            return
    yield subject.finding(
        "start_gcode",
        "never-homes",
        "`start_gcode` never homes: where the machine begins is where it was left",
        "put G28 at its beginning, or the macro that homes",
    )


def _cooling(subject: Subject) -> Iterator[Diagnostic]:
    said = [
        *commands(subject.values.get("end_filament_gcode", "")),
        *commands(subject.values.get("end_gcode", "")),
    ]
    if any(is_macro(word) or word == _ALL_OFF for word, _ in said):
        return
    if not _is_off(said, ("M104", "M109")):
        yield _stays_hot(subject, "nozzle", "M104 S0")
    if subject.figure("bed_temperature") > 0 and not _is_off(said, ("M140", "M190")):
        yield _stays_hot(subject, "bed", "M140 S0")


def _is_off(said: Sequence[Command], words: tuple[str, ...]) -> bool:
    """Return whether the last word about a heater is off; one with a placeholder may be."""
    last = next((rest for word, rest in reversed(said) if word in words), None)
    return last is not None and bool(_OFF.search(last))


def _stays_hot(subject: Subject, what: str, command: str) -> Diagnostic:
    return subject.finding(
        "end_gcode",
        f"{what}-stays-hot",
        f"`end_gcode` does not turn the {what} off: it stays hot on a bed that nobody watches",
        f"add `{command}` to it, or the macro that does",
    )


def _macros(subject: Subject) -> Iterator[Diagnostic]:
    for key, value in sorted(subject.values.items()):
        if not key.endswith("_gcode"):
            continue
        called = {word for word, _ in commands(value) if is_macro(word)}
        missing = sorted(called - subject.machines.macros)
        if missing:
            names = ", ".join(missing)
            name = subject.machines.name
            yield subject.finding(
                key,
                "macro-not-declared",
                f"`{key}` calls {names}, which {name} does not declare: a machine without it stops",
                f"`macros: [{names}]` in profiles/classes/{name}/class.yaml, once all have it",
            )
