"""Bundles of presets: one file with the settings of many printers, prints and filaments.

Slicers ship one for each vendor, and people export their own. A preset inherits from others of its
kind: later parents win over earlier ones, its own words over all. Names between asterisks are
parents alone. Pure; values stay exactly as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from farmctl.model.diagnostics import Diagnostic
from farmctl.slicing import ini
from farmctl.slicing.prusaslicer.values import strings

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")  # a vendor's `renamed_From` is no reason to stop
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HEAD = re.compile(r"\[\s*([A-Za-z_]+)\s*(?::(.*))?\]")
_RESIN = ("sla_print", "sla_material")
_SLA = "SLA"
_DEEPEST = 30
_EXPORT = "export the bundle again (PrusaSlicer: File > Export > Export Config Bundle)"
# What a preset of each kind says when it is whole: then its parent is only a memory of where it
# came from, as in a bundle that a person exports.
_WHOLE = {
    "printer": ("bed_shape", "nozzle_diameter", "gcode_flavor"),
    "print": ("layer_height", "perimeters", "fill_density"),
    "filament": ("temperature", "filament_diameter", "filament_type"),
}


class PresetKind(StrEnum):
    """What a preset is about."""

    PRINTER = "printer"
    PRINT = "print"
    FILAMENT = "filament"


_KINDS = frozenset(each.value for each in PresetKind)


class Preset(Struct, frozen=True):
    """One section of a bundle.

    Args:
        kind: What it is about.
        name: As people see it, without quotes.
        line: Where its section begins.
        ini: What it says itself, with lines and what is wrong with them.
    """

    kind: PresetKind
    name: str
    line: int
    ini: ini.Ini

    @property
    def is_parent_only(self) -> bool:
        """Return whether nobody may choose it: `*common*`."""
        return len(self.name) > 1 and self.name.startswith("*") and self.name.endswith("*")

    @property
    def parents(self) -> tuple[str, ...]:
        """Return the names it inherits from, the first one weakest."""
        return names_of(self.ini.values.get("inherits", ""))


class Bundle(Struct, frozen=True):
    """What a bundle says.

    Args:
        file: Its name.
        vendor: Whose printers these are, `Voron`; nothing in a bundle that a person exported.
        version: The vendor's version of it.
        presets: All presets, by kind and name.
        chosen: The presets that were chosen when the bundle was exported, by kind.
        resin: The presets for resin printers, as the file names them.
        diagnostics: What is wrong with the file as a whole.
    """

    file: str
    vendor: str = ""
    version: str = ""
    presets: Mapping[tuple[PresetKind, str], Preset] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    resin: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def of_kind(self, kind: PresetKind) -> tuple[Preset, ...]:
        """Return the presets of a kind that people can choose, in the order of the file."""
        found = (each for (each_kind, _), each in self.presets.items() if each_kind is kind)
        return tuple(each for each in found if not each.is_parent_only)


def is_bundle(raw: bytes) -> bool:
    """Return whether a settings file is a bundle: its first line of substance begins a section."""
    for line in raw.lstrip(b"\xef\xbb\xbf").split(b"\n"):
        said = line.strip()
        if said and not said.startswith((b"#", b";")):
            return said.startswith(b"[")
    return False


def names_of(text: str) -> tuple[str, ...]:
    """Return the names in a list of presets: split at `;`, with or without quotes."""
    return tuple(name for name in map(str.strip, strings(text)) if name) if text else ()


def parse_bundle(raw: bytes, file: str) -> Bundle:
    """Read a bundle; everything wrong is a diagnostic with its line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        wrong = _wrong(file, at, "ini-not-text", "bytes that are not UTF-8: no bundle", _EXPORT)
        return Bundle(file, diagnostics=(wrong,))
    reading = _Reading(file)
    for number, line in enumerate(text.split("\n"), 1):
        reading.take(number, line.strip())
    return reading.bundle()


def resolved(bundle: Bundle, preset: Preset) -> ini.Ini:
    """Return all that a preset says, its parents included; what is wrong on the way is in it."""
    return _laid(bundle, preset, (), {})


def _laid(
    bundle: Bundle, preset: Preset, above: tuple[str, ...], known: dict[str, ini.Ini]
) -> ini.Ini:
    """Lay a preset over its parents, each looked at once.

    Args:
        bundle: Where the parents are.
        preset: The one to lay.
        above: The presets that inherit from it.
        known: What was laid already, by name.
    """
    if preset.name in known:
        return known[preset.name]
    below = [_parent(bundle, preset, name, (above, known)) for name in preset.parents]
    layers = [*below, preset.ini]
    found = ini.Ini(
        {key: each.values[key] for each in layers for key in each.values},
        {key: each.lines[key] for each in layers for key in each.lines},
        (),
        tuple(dict.fromkeys(wrong for each in layers for wrong in each.diagnostics)),
    )
    known[preset.name] = found
    return found


def _parent(
    bundle: Bundle,
    preset: Preset,
    name: str,
    walked: tuple[tuple[str, ...], dict[str, ini.Ini]],
) -> ini.Ini:
    above, known = walked
    path = (*above, preset.name)
    parent = bundle.presets.get((preset.kind, name))
    if name in path:
        circle = " → ".join((*path[path.index(name) :], name))
        message, mend = f"presets inherit in a circle: {circle}", "take one `inherits` out of it"
        return _nothing(bundle, preset, "bundle-circle", message, mend)
    if len(path) > _DEEPEST:
        message = f"`{preset.name}` has more than {_DEEPEST} generations of parents"
        return _nothing(bundle, preset, "bundle-deep", message, _EXPORT)
    if parent is not None:
        return _laid(bundle, parent, path, known)
    if _is_whole(preset):
        return ini.Ini({}, {})
    message = f"`{preset.name}` inherits from `{name}`, which is not in the bundle"
    mend = f"add [{preset.kind}:{name}] to it, or {_EXPORT}"
    return _nothing(bundle, preset, "bundle-missing-parent", message, mend)


def _nothing(bundle: Bundle, preset: Preset, code: str, message: str, mend: str) -> ini.Ini:
    line = preset.ini.lines.get("inherits", preset.line)
    return ini.Ini({}, {}, (), (_wrong(bundle.file, line, code, message, mend),))


def _is_whole(preset: Preset) -> bool:
    return all(key in preset.ini.values for key in _WHOLE[preset.kind])


def is_resin(settings: Mapping[str, str]) -> bool:
    """Return whether a printer preset is one for a resin printer."""
    return settings.get("printer_technology", "").upper() == _SLA


def _wrong(file: str, line: int, code: str, message: str, mend: str) -> Diagnostic:
    return Diagnostic(file, line, 1, code, message, mend)


class _Section:
    """One preset while it is read."""

    def __init__(self, kind: PresetKind, name: str, line: int) -> None:
        self._kind, self._name, self._line = kind, name, line
        self._values: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        self.wrong: list[Diagnostic] = []

    def take(self, file: str, number: int, line: str) -> None:
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not _KEY.fullmatch(key):
            shown = f"`{_short(line)}` is no setting"
            self.wrong.append(_wrong(file, number, "ini-rubbish", shown, "write `key = value`"))
        elif key in self._values:
            message = f"`{key}` is already on line {self._lines[key]}"
            self.wrong.append(_wrong(file, number, "ini-duplicate", message, "keep one"))
        else:
            self._values[key], self._lines[key] = value, number

    def preset(self) -> Preset:
        said = ini.Ini(self._values, self._lines, (), tuple(self.wrong))
        return Preset(self._kind, self._name, self._line, said)


class _Reading:
    """Reads a bundle line by line."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._about: dict[str, dict[str, str]] = {"vendor": {}, "presets": {}}
        self._sections: dict[tuple[PresetKind, str], _Section] = {}
        self._begun: dict[tuple[PresetKind, str], int] = {}
        self._resin: list[str] = []
        self._wrong: list[Diagnostic] = []
        self._into: dict[str, str] | _Section | None = None

    def bundle(self) -> Bundle:
        vendor = self._about["vendor"]
        return Bundle(
            file=self._file,
            vendor=vendor.get("name", ""),
            version=vendor.get("config_version", ""),
            presets={key: each.preset() for key, each in self._sections.items()},
            chosen=self._about["presets"],
            resin=tuple(self._resin),
            diagnostics=tuple(self._wrong),
        )

    def take(self, number: int, line: str) -> None:
        if _CONTROL.search(line):
            self._say(number, "ini-not-text", "a control character: not a settings file")
        elif line.startswith("["):
            self._begin(number, line)
        elif not line or line.startswith(("#", ";")):
            return
        elif isinstance(self._into, _Section):
            self._into.take(self._file, number, line)
        elif self._into is not None:
            key, _, value = (part.strip() for part in line.partition("="))
            self._into.setdefault(key, value)

    def _begin(self, number: int, line: str) -> None:
        head = _HEAD.fullmatch(line)
        if head is None:
            self._say(number, "bundle-rubbish", f"`{_short(line)}` begins no section")
            return
        kind, name = head[1], (head[2] or "").strip()
        self._into = self._about.get(kind)
        if kind in _RESIN:
            self._resin.append(f"{kind}:{name}")
        elif kind in _KINDS:
            self._begin_preset(PresetKind(kind), name, number)

    def _begin_preset(self, kind: PresetKind, name: str, number: int) -> None:
        first = self._begun.setdefault((kind, name), number)
        if first == number:
            self._into = self._sections[kind, name] = _Section(kind, name, number)
            return
        message = f"[{kind}:{name}] is already on line {first}: nothing says which one counts"
        mend = "keep one of the two sections"
        wrong = _wrong(self._file, number, "bundle-duplicate", message, mend)
        self._sections[kind, name].wrong.append(wrong)

    def _say(self, number: int, code: str, message: str) -> None:
        self._wrong.append(_wrong(self._file, number, code, message, _EXPORT))


def _short(line: str) -> str:
    return line if len(line) <= 40 else f"{line[:40]}…"
