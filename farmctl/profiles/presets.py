"""Which presets go together: a printer with a print and a filament, as PrusaSlicer's window has it.

A preset may name the printers and prints it is for, or put a condition on them; a vendor's presets
are for that vendor's printers. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.profiles.bundle import Bundle, Preset, PresetKind, is_resin, names_of, resolved
from farmctl.profiles.conditions import Unclear, holds
from farmctl.profiles.reading import CLASS_NEEDS, KEEP, Reading
from farmctl.slicing import ini
from farmctl.slicing.catalogue import Catalogue
from farmctl.slicing.prusaslicer.values import unescaped

_NEEDED = (*CLASS_NEEDS, "nozzle_diameter", "layer_height", "filament_type")
_LABELS = frozenset({"alias", "renamed_from"})
_DEFAULTS = {
    PresetKind.PRINT: "default_print_profile",
    PresetKind.FILAMENT: "default_filament_profile",
}


class Chosen(Struct, frozen=True):
    """A preset with the bundle it is from, and all that it says.

    Args:
        bundle: Where it is from.
        preset: Its section.
        said: Its settings, its parents' included.
    """

    bundle: Bundle
    preset: Preset
    said: ini.Ini

    @property
    def kind(self) -> PresetKind:
        """Return what it is about."""
        return self.preset.kind

    @property
    def name(self) -> str:
        """Return its name, as people see it."""
        return self.preset.name


class Shelf:
    """All presets that can be chosen from.

    Args:
        bundles: The bundles, the one that counts first in front.
        catalogue: The slicer's own defaults: what no preset says.
    """

    def __init__(self, bundles: Sequence[Bundle], catalogue: Catalogue) -> None:
        self.bundles = tuple(bundles)
        self.catalogue = catalogue
        self._known: dict[tuple[str, PresetKind, str], Chosen] = {}
        self._variables: dict[tuple[str, PresetKind, str], Mapping[str, str]] = {}
        self._verdicts: dict[tuple[str, PresetKind, str, str], bool | Unclear] = {}

    def all_of(self, kind: PresetKind) -> Iterator[Chosen]:
        """Yield every preset of a kind that people can choose."""
        for bundle in self.bundles:
            yield from (self._chosen(bundle, each) for each in bundle.of_kind(kind))

    def find(self, kind: PresetKind, name: str) -> Chosen | None:
        """Return the first preset with a name, or with one that it had before; or None."""
        for bundle in self.bundles:
            preset = bundle.presets.get((kind, name))
            if preset is not None and not preset.is_parent_only:
                return self._chosen(bundle, preset)
        return next((each for each in self.all_of(kind) if name in _former(each)), None)

    def misfit(
        self, candidate: Chosen, printer: Chosen, print_: Chosen | None = None
    ) -> Diagnostic | None:
        """Return why a preset does not go with a printer, and with a print; None when it does."""
        vendor = candidate.bundle.vendor
        whose = self._vendor(printer)
        if vendor and whose and vendor != whose:
            message = f"`{candidate.name}` is for printers of {vendor}, {printer.name} is {whose}'s"
            return _misfit(candidate, candidate.preset.line, message)
        found = self._against(candidate, printer)
        if found is None and print_ is not None:
            found = self._against(candidate, print_)
        return found

    def fitting(
        self, kind: PresetKind, printer: Chosen, print_: Chosen | None = None
    ) -> tuple[Chosen, ...]:
        """Return the presets of a kind that go with a printer, and with a print."""
        return tuple(
            each
            for each in self.all_of(kind)
            if not each.said.diagnostics and self.misfit(each, printer, print_) is None
        )

    def default(
        self, kind: PresetKind, printer: Chosen, print_: Chosen | None = None
    ) -> Chosen | None:
        """Return the preset that the printer names as its own, where there is one and it fits.

        One that people know by the same name fits as well: `PLA` for `PLA @MINI`.
        """
        names = names_of(printer.said.values.get(_DEFAULTS[kind], ""))
        fitting = self.fitting(kind, printer, print_)
        for name in names[:1]:
            meant = self.find(kind, name)
            for known_as in ({name}, {_alias(meant)} if meant else set[str]()):
                found = next((each for each in fitting if _is_called(each, known_as)), None)
                if found is not None:
                    return found
        return None

    def _against(self, candidate: Chosen, other: Chosen) -> Diagnostic | None:
        """Hold a preset's list of names, or else its condition, against a printer or a print."""
        key = f"compatible_{other.kind}s"
        names = names_of(candidate.said.values.get(key, ""))
        if names:
            wanted = {other.name, *other.preset.parents, *_former(other)}
            message = f"`{candidate.name}` is only for {' and '.join(names)}"
            line = candidate.said.lines[key]
            return None if wanted.intersection(names) else _misfit(candidate, line, message)
        condition = unescaped(candidate.said.values.get(f"{key}_condition", "")).strip()
        return self._evaluated(candidate, other, condition) if condition else None

    def _evaluated(self, candidate: Chosen, other: Chosen, condition: str) -> Diagnostic | None:
        line = candidate.said.lines[f"compatible_{other.kind}s_condition"]
        found = self._verdict(condition, other)
        if found is True:
            return None
        if isinstance(found, Unclear):
            message = f"the condition of `{candidate.name}` cannot be evaluated: {found.message}"
            mend = f"mend `{condition}`, or leave it out"
            return Diagnostic(
                candidate.bundle.file, line, found.at + 1, "preset-unclear", message, mend
            )
        message = f"`{candidate.name}` does not go with `{other.name}`: not true is {condition}"
        return _misfit(candidate, line, message)

    def _verdict(self, condition: str, other: Chosen) -> bool | Unclear:
        """Evaluate a condition, once for each printer or print: vendors repeat theirs."""
        key = (other.bundle.file, other.kind, other.name, condition)
        if key not in self._verdicts:
            try:
                self._verdicts[key] = holds(condition, self._variables_of(other))
            except Unclear as error:
                self._verdicts[key] = error
        return self._verdicts[key]

    def _variables_of(self, other: Chosen) -> Mapping[str, str]:
        key = (other.bundle.file, other.kind, other.name)
        if key not in self._variables:
            said = {**self.catalogue.defaults, **_QUIET, **other.said.values}
            if other.kind is PresetKind.PRINTER:
                said["num_extruders"] = str(said.get("nozzle_diameter", "").count(",") + 1)
                said["printer_preset"] = other.name
            self._variables[key] = said
        return self._variables[key]

    def _vendor(self, printer: Chosen) -> str:
        """Return whose printer this is; a person's own is the vendor's that its parent is of."""
        if printer.bundle.vendor:
            return printer.bundle.vendor
        parents = (self.find(PresetKind.PRINTER, name) for name in printer.preset.parents)
        return next((each.bundle.vendor for each in parents if each is not None), "")

    def _chosen(self, bundle: Bundle, preset: Preset) -> Chosen:
        key = (bundle.file, preset.kind, preset.name)
        if key not in self._known:
            self._known[key] = Chosen(bundle, preset, resolved(bundle, preset))
        return self._known[key]


# Settings of presets that no g-code names, so that a catalogue does not have them.
_QUIET = {"printer_model": "", "printer_notes": "", "printer_variant": "", "printer_vendor": ""}


def resin_of(printer: Chosen) -> Diagnostic | None:
    """Return that a printer cures resin, which farmctl has no way to, or None."""
    if not is_resin(printer.said.values):
        return None
    message = f"`{printer.name}` prints with resin (SLA): farmctl drives printers with a nozzle"
    line = printer.said.lines["printer_technology"]
    mend = "choose another printer: farmctl profile import prusaslicer --list WORDS"
    return Diagnostic(printer.bundle.file, line, 1, "preset-resin", message, mend)


def reading_of(presets: Sequence[Chosen], catalogue: Catalogue) -> Reading:
    """Return what presets say together, the last one on top; the printer is the first.

    What class and profile need and no preset says is the slicer's own: the end of every chain.
    """
    printer = presets[0]
    values = {
        key: each.said.values[key]
        for each in presets
        for key in each.said.values
        if key.lower() not in _LABELS
    }
    lines = {key: each.said.lines[key] for each in presets for key in each.said.lines}
    wrong = dict.fromkeys(
        found for each in presets for found in (*each.bundle.diagnostics, *each.said.diagnostics)
    )
    own = {key: catalogue.default(key) for key in _NEEDED if key not in values}
    said = ini.Ini({**own, **values}, {**dict.fromkeys(own, 0), **lines}, (), tuple(wrong))
    names = ", ".join(each.name for each in presets)
    return Reading(
        file=printer.bundle.file,
        ini=said,
        written_by=f"{printer.bundle.vendor} {printer.bundle.version}: {names}".lstrip(" :"),
        keep="" if printer.bundle.vendor else KEEP,
        notes=tuple(_own(printer, key, value) for key, value in own.items()),
    )


def _own(printer: Chosen, key: str, value: str) -> Diagnostic:
    message = f"`{printer.name}` does not say `{key}`: the slicer's own is {value}"
    line = printer.preset.line
    return Diagnostic(
        printer.bundle.file, line, 1, "import-slicers-own", message, "", Severity.NOTE
    )


def _misfit(candidate: Chosen, line: int, message: str) -> Diagnostic:
    return Diagnostic(candidate.bundle.file, line, 1, "preset-misfit", message)


def _former(preset: Chosen) -> tuple[str, ...]:
    """Return the names that a preset had in earlier versions of its bundle."""
    return names_of(preset.preset.ini.values.get("renamed_from", ""))


def _alias(preset: Chosen) -> str:
    """Return the name that people know a preset by: what it says, or all before the ` @`."""
    said = preset.preset.ini.values.get("alias", "").strip('"')
    return said or preset.name.partition(" @")[0].strip()


def _is_called(preset: Chosen, names: set[str]) -> bool:
    return bool(names & {preset.name, _alias(preset), *_former(preset)})
