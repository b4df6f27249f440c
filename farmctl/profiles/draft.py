"""A draft's text: settings put into it, everything else as the person wrote it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from farmctl.model.diagnostics import Diagnostic
from farmctl.profiles.lint import IN_PROFILE, Source, lint
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue

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


def wrong_wishes(
    wishes: Wishes, known: Catalogue, file: str, classes: Sequence[str]
) -> tuple[Diagnostic, ...]:
    """Return what a profile may not say, before the slicer is asked about the values."""
    said = {key: value for key, value in wishes.items() if value is not None}
    source = Source(file, ini.Ini(said, dict.fromkeys(said, 0)), IN_PROFILE)
    found = [_at_class(each, classes) for each in lint(source, known)]
    for key, value in said.items():
        if "\n" in value or "\r" in value:
            message = f"`{key}` holds a line break: a settings file has one line for each setting"
            mend = r"write it as \n"
            found.append(Diagnostic(file, 0, 0, "setting-two-lines", message, mend))
    return tuple(found)


def wrong_value(
    refusal: Refusal, value: str, known: Catalogue, file: str
) -> Diagnostic:
    """Return that the slicer does not read a value as it is written."""
    default = known.default(refusal.key)
    mend = f"write what it reads (its own is {default or 'nothing'})"
    if refusal.got is None:
        message = f"`{refusal.key} = {value}`: {refusal.why}"
        return Diagnostic(file, 0, 0, "setting-value", message, mend)
    message = f"`{refusal.key} = {value}`: the slicer reads {refusal.got or 'nothing'}"
    return Diagnostic(file, 0, 0, "setting-misread", message, mend)


def _at_class(found: Diagnostic, classes: Sequence[str]) -> Diagnostic:
    """Return a finding as it is without a line: what is the class's is changed there."""
    mend = found.mend
    if found.code == "setting-not-here":
        mend = "it belongs to the class: " + ", ".join(f"profiles/classes/{each}" for each in classes)
    elif found.code in {"setting-starts-program", "setting-bookkeeping", "setting-private"}:
        mend = "leave it out: farmctl does not use it"
    return Diagnostic(found.file, 0, 0, found.code, found.message, mend, found.severity)


def _key(line: str) -> str:
    stripped = line.strip()
    is_setting = "=" in stripped and not stripped.startswith(("#", ";"))
    return stripped.partition("=")[0].strip() if is_setting else ""


def _line(key: str, value: str) -> str:
    return f"{key} = {value}".rstrip()
