"""What the settings of a class or a profile may not say, with line and mend.

Pure. What only weakens a promise is a note: walls of varying width print well, and slice to other
bytes each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.slicing.catalogue import Catalogue, Kind
from farmctl.slicing.ini import Ini
from farmctl.slicing.prusaslicer.keys import kind_of as prusaslicer_kind_of

IN_CLASS = frozenset({Kind.MACHINE, Kind.TOOL, Kind.PRINT, Kind.FILAMENT})
IN_PROFILE = frozenset({Kind.TOOL, Kind.PRINT, Kind.FILAMENT})
_KINDS: Mapping[str, Callable[[str], Kind]] = {"prusaslicer": prusaslicer_kind_of}
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")
_TIME = re.compile(r"\b(timestamp|year|month|day|hour|minute|second)\b")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
# Values that make PrusaSlicer's bytes depend on thread timing or chance, and why.
_UNREPEATABLE = {
    ("perimeter_generator", "arachne"): "walls of varying width (Arachne)",
    ("fill_pattern", "lightning"): "lightning infill",
    ("seam_position", "random"): "a random seam",
    ("fuzzy_skin", "external"): "fuzzy skin",
    ("fuzzy_skin", "all"): "fuzzy skin",
}


class Source(Struct, frozen=True):
    """A settings file with its name and the kinds of settings it may hold."""

    file: str
    ini: Ini
    may_hold: frozenset[Kind]


def kind_of(program: str, key: str) -> Kind:
    """Return where a setting of a slicer may be said."""
    return _KINDS[program](key)


def lint(source: Source, catalogue: Catalogue) -> tuple[Diagnostic, ...]:
    """Return everything wrong with a settings file, by line."""
    found = [*source.ini.diagnostics]
    for key in source.ini.values:
        wrong = _wrong(source, catalogue, key)
        found += [wrong] if wrong else []
    return tuple(sorted(found))


def notes(values: Mapping[str, str], file: str) -> tuple[Diagnostic, ...]:
    """Return a note where equal settings need not slice to equal bytes."""
    reasons = unrepeatable(values)
    if not reasons:
        return ()
    message = f"{' and '.join(reasons)}: slices repeat in time and grams, not in bytes"
    mend = "fine for printing; for equal bytes set perimeter_generator = classic"
    return (Diagnostic(file, 0, 0, "not-byte-repeatable", message, mend, Severity.NOTE),)


def unrepeatable(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return why slices with these settings differ from run to run; nothing when they do not."""
    said = (why for (key, value), why in _UNREPEATABLE.items() if values.get(key) == value)
    return tuple(dict.fromkeys(said))


def time_words(value: str) -> tuple[str, ...]:
    """Return the placeholders of custom g-code that put the time of slicing into it."""
    inside = (_QUOTED.sub("", found) for found in _PLACEHOLDER.findall(value))
    return tuple(sorted({word for text in inside for word in _TIME.findall(text)}))


def needs_value(catalogue: Catalogue, key: str) -> bool:
    """Return whether a setting may not be empty: numbers may not, texts and g-code may."""
    default = catalogue.default(key)
    return bool(default) and not default.startswith('"') and not key.endswith("_gcode")


def _wrong(source: Source, catalogue: Catalogue, key: str) -> Diagnostic | None:
    for rule in (
        _private,
        _starts_program,
        _leaves_folder,
        _tells_time,
        _misplaced,
        _unknown,
        _empty,
    ):
        found = next(rule(source, catalogue, key), None)
        if found is not None:
            code, message, mend = found
            return Diagnostic(source.file, source.ini.lines[key], 1, code, message, mend)
    return None


_Finding = Iterator[tuple[str, str, str]]  # code, message, mend


def _private(_source: Source, catalogue: Catalogue, key: str) -> _Finding:
    if kind_of(catalogue.program, key) is Kind.PRIVATE:
        message = f"`{key}` is an address or secret of a printer: it has no place in git"
        yield "setting-private", message, "remove the line; change the secret if it was pushed"


def _starts_program(source: Source, _catalogue: Catalogue, key: str) -> _Finding:
    if key == "post_process" and source.ini.values[key]:
        message = "`post_process` makes the slicer start a program of its own"
        yield "setting-starts-program", message, "remove the line"


def _leaves_folder(source: Source, _catalogue: Catalogue, key: str) -> _Finding:
    if key == "output_filename_format" and re.search(r"[/\\]|\.\.", source.ini.values[key]):
        message = "`output_filename_format` leads out of the slicer's folder"
        yield "setting-leaves-folder", message, "remove the line: farmctl names its files itself"


def _tells_time(source: Source, _catalogue: Catalogue, key: str) -> _Finding:
    words = time_words(source.ini.values[key]) if key.endswith("_gcode") else ()
    if words:
        message = f"`{key}` puts the time of slicing into the g-code: {', '.join(words)}"
        yield "setting-tells-time", message, "remove these placeholders: equal inputs, equal bytes"


def _misplaced(source: Source, catalogue: Catalogue, key: str) -> _Finding:
    kind = kind_of(catalogue.program, key)
    if kind is Kind.BOOKKEEPING:
        message = f"`{key}` is about the slicer's own presets and files"
        yield "setting-bookkeeping", message, "remove the line"
    elif kind not in source.may_hold:
        message = f"`{key}` is a machine setting: it may not change with the profile"
        yield "setting-not-here", message, "move the line to the class"


def _unknown(_source: Source, catalogue: Catalogue, key: str) -> _Finding:
    if not catalogue.knows(key):
        close = catalogue.nearest(key)
        message = f"{catalogue.program} {catalogue.version} has no setting `{key}`"
        mend = f"did you mean `{close}`?" if close else "remove the line, or pin another slicer"
        yield "setting-unknown", message, mend


def _empty(source: Source, catalogue: Catalogue, key: str) -> _Finding:
    if not source.ini.values[key] and needs_value(catalogue, key):
        default = catalogue.default(key)
        message = f"`{key}` says nothing: the slicer would read a value that is not there"
        yield "setting-empty", message, f"give it a value (the slicer's own is {default})"
