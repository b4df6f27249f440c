"""A draft's text: settings put into it, everything else as the person wrote it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from farmctl.model.diagnostics import Diagnostic
from farmctl.profiles.lint import IN_PROFILE, Source, lint
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue

_NOWHERE = frozenset({"setting-starts-program", "setting-bookkeeping", "setting-private"})
# The end of PrusaSlicer's sentence: what comes before names files of a folder that is gone.
_SLICERS_WORDS = re.compile(r"(?:Value out of range|Invalid value)\b.*", re.DOTALL)

Wishes = Mapping[str, str | None]
"""What settings shall be, by name; None: the draft says nothing of it any more."""


class Refusal(Struct, frozen=True):
    """What a value came to when the slicer read it; `got` is None where it was refused."""

    key: str
    got: str | None
    why: str


def with_settings(text: str, wishes: Wishes) -> str:
    """Return a settings file that says what is wished: each at its line, new ones at the end."""
    lines, left = [], dict(wishes)
    for line in text.splitlines():
        key = _key(line)
        if key not in wishes:
            lines.append(line)
        elif key in left:
            value = left.pop(key)
            lines += [_line(key, value)] if value is not None else []
    lines += [_line(key, value) for key, value in left.items() if value is not None]
    return "".join(f"{line}\n" for line in lines)


def changed(before: Mapping[str, str], wishes: Wishes) -> tuple[str, ...]:
    """Return the settings that are not so already, sorted."""
    return tuple(sorted(key for key, value in wishes.items() if before.get(key) != value))


def wrong_wish(key: str, value: str, known: Catalogue, file: str) -> Diagnostic | None:
    """Return why a profile may not say this, before the slicer is asked about the value."""
    if "\n" in value or "\r" in value:
        message = f"`{key}` holds a line break: a settings file has one line for each setting"
        return Diagnostic(file, 0, 0, "setting-two-lines", message, r"write it as \n")
    source = Source(file, ini.Ini({key: value}, {key: 0}), IN_PROFILE)
    return next((replace(each, column=0) for each in lint(source, known)), None)


def in_class(found: Diagnostic, classes: Sequence[str]) -> Diagnostic:
    """Return a finding with a mend for settings that were never in a file."""
    if found.code == "setting-not-here":
        folders = ", ".join(f"profiles/classes/{each}" for each in classes)
        return replace(found, mend=f"it belongs to the class: {folders}")
    if found.code in _NOWHERE:
        return replace(found, mend="leave it out: farmctl does not use it")
    return found


def wrong_value(refusal: Refusal, value: str, known: Catalogue, file: str) -> Diagnostic:
    """Return that the slicer does not read a value as it is written."""
    own = known.default(refusal.key) or "nothing"
    if refusal.got is None:
        said = _SLICERS_WORDS.search(refusal.why)
        message = f"`{refusal.key} = {value}` is refused: {said[0] if said else refusal.why}"
        mend = f"write a value that {known.program} takes; its own is {own}"
        return Diagnostic(file, 0, 0, "setting-value", message, mend)
    read = refusal.got or "nothing"
    message = f"`{refusal.key} = {value}` would be read as {read}"
    mend = f"write what {known.program} reads; its own is {own}"
    return Diagnostic(file, 0, 0, "setting-misread", message, mend)


def _key(line: str) -> str:
    stripped = line.strip()
    is_setting = "=" in stripped and not stripped.startswith(("#", ";"))
    return stripped.partition("=")[0].strip() if is_setting else ""


def _line(key: str, value: str) -> str:
    return f"{key} = {value}".rstrip()
