"""A person's own exported slicer settings become a class and a profile at 1.0.0, in production.

What farmctl never uses is left out and named; what it may not run is refused with its line; what
the pinned slicer does not know is named too. Pure: the result is the files to write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.profiles import guess
from farmctl.profiles.bundle import is_resin
from farmctl.profiles.files import class_files, profile_files
from farmctl.profiles.lint import kind_of, needs_value, notes, time_words
from farmctl.profiles.mending import as_loaded
from farmctl.profiles.reading import CLASS_NEEDS, Reading, read_file
from farmctl.slicing import ini
from farmctl.slicing.catalogue import NIL, Catalogue, Kind


class Answers(Struct, frozen=True):
    """What a person says beside the file; what is None is guessed from it.

    Args:
        name: The profile's name.
        class_name: The class's name.
        material: `PETG`.
        quality: draft, standard or fine.
        nozzle_um: The nozzle in µm.
        drop: Settings to leave out.
    """

    name: str | None = None
    class_name: str | None = None
    material: str | None = None
    quality: str | None = None
    nozzle_um: int | None = None
    drop: frozenset[str] = frozenset()


_NOTHING_SAID = Answers()


class Imported(Struct, frozen=True):
    """What an import comes to.

    Args:
        profile: The profile's name.
        class_name: The class's name.
        facts: What the settings tell about themselves.
        files: Path inside the farm to content; empty while something is wrong or missing.
        findings: What was stripped, refused, unknown or worth a note, by line.
        missing: What the file does not tell and a person must say: material, nozzle, quality.
        written_by: The program that wrote the file, `PrusaSlicer 2.9.1`, or nothing.
        left_out: The settings that were left out, by the code of the finding that says why.
        machine: How many settings went into the class.
        other: How many went into the profile.
        keep: What a person can do to keep what the pinned slicer does not know, or nothing.
    """

    profile: str
    class_name: str
    facts: guess.Facts
    files: Mapping[str, bytes] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()
    missing: tuple[str, ...] = ()
    written_by: str = ""
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    machine: int = 0
    other: int = 0
    keep: str = ""


Normal = Callable[[Mapping[str, str]], Mapping[str, str]]


def import_settings(
    raw: bytes,
    file: str,
    catalogue: Catalogue,
    answers: Answers = _NOTHING_SAID,
    normal: Normal = dict,
) -> Imported:
    """Sort the settings that a file carries into a class and a profile, as `sort_settings` does."""
    return sort_settings(read_file(raw, file), catalogue, answers, normal)


def sort_settings(
    reading: Reading,
    catalogue: Catalogue,
    answers: Answers = _NOTHING_SAID,
    normal: Normal = dict,
) -> Imported:
    """Sort settings into a class and a profile.

    `normal` writes values as the pinned slicer does; it may raise SlicerFailed for one that the
    slicer does not take.
    """
    reading = as_loaded(reading, catalogue)
    found, file = reading.ini, reading.file
    sorting = _Sorting(catalogue, reading, answers.drop)
    for key in found.values:
        sorting.take(key, found.values[key], found.lines[key])
    facts = guess.facts(
        found.values, reading.named_after, answers.material, answers.quality, answers.nozzle_um
    )
    profile = answers.name or facts.profile_name
    class_name = answers.class_name or facts.class_name
    findings = (*found.diagnostics, *sorting.findings, *_unusable(found, file), *reading.notes)
    is_wrong = any(each.severity is Severity.ERROR for each in findings)
    files: Mapping[str, bytes] = {}
    if not is_wrong and not facts.missing:
        written = normal({**sorting.machine, **sorting.other})
        machine = {key: written[key] for key in sorting.machine if key in written}
        other = {key: written[key] for key in sorting.other if key in written}
        files = {
            **class_files(class_name, catalogue.program, facts, machine),
            **profile_files(profile, catalogue.program, class_name, facts, other),
        }
        findings += _other_words(found, file, written, catalogue)
        findings += notes({**catalogue.defaults, **written}, file)
    return Imported(
        profile=profile,
        class_name=class_name,
        facts=facts,
        files=files,
        findings=tuple(sorted(findings)),
        missing=facts.missing,
        written_by=reading.written_by,
        left_out={code: tuple(keys) for code, keys in sorting.left_out.items()},
        machine=len(sorting.machine),
        other=len(sorting.other),
        keep=reading.keep,
    )


def _other_words(
    found: ini.Ini, file: str, kept: Mapping[str, str], catalogue: Catalogue
) -> tuple[Diagnostic, ...]:
    """Return a note for each word that the pinned slicer has another one for."""
    slicer = f"{catalogue.program} {catalogue.version}"
    return tuple(
        Diagnostic(
            file,
            found.lines[key],
            1,
            "import-other-word",
            f"`{key}`: what the file calls {found.values[key]} is {value} to {slicer}",
            "",
            Severity.NOTE,
        )
        for key, value in kept.items()
        if value != found.values[key] and value.isidentifier() and found.values[key].isidentifier()
    )


class _Sorting:
    """Sorts settings into the class, the profile and what is left out."""

    def __init__(self, catalogue: Catalogue, reading: Reading, drop: frozenset[str]) -> None:
        self._catalogue = catalogue
        self._file = reading.file
        self._keep = reading.keep
        self._drop = drop
        self.machine: dict[str, str] = {}
        self.other: dict[str, str] = {}
        self.left_out: dict[str, list[str]] = {}
        self.findings: list[Diagnostic] = []

    def take(self, key: str, value: str, line: int) -> None:
        kind = kind_of(self._catalogue.program, key)
        if key in self._drop:
            self._leave_out(key, line, f"`{key}` left out, as you said")
        elif kind is Kind.PRIVATE:
            self._leave_out(key, line, f"`{key}` left out: never stored", "import-private")
        elif kind is Kind.BOOKKEEPING or (key == "post_process" and not value):
            self._leave_out(key, line, f"`{key}` left out: farmctl does not use it")
        elif not self._is_refused(key, value, line) and self._is_known(key, value, line):
            (self.machine if kind is Kind.MACHINE else self.other)[key] = value

    def _is_refused(self, key: str, value: str, line: int) -> bool:
        words = time_words(value) if key.endswith("_gcode") else ()
        if key == "post_process":
            self._refuse(line, "setting-starts-program", "`post_process` starts a program", key)
        elif words:
            message = f"`{key}` puts the time of slicing into the g-code: {', '.join(words)}"
            self._refuse(line, "setting-tells-time", message, key)
        return key == "post_process" or bool(words)

    def _is_known(self, key: str, value: str, line: int) -> bool:
        if not self._catalogue.knows(key):
            slicer = f"{self._catalogue.program} {self._catalogue.version}"
            message = f"`{key}` left out: {slicer} does not know it"
            self.left_out.setdefault("import-unknown", []).append(key)
            self._say(line, "import-unknown", message, self._keep, Severity.WARNING)
            return False
        if not value and needs_value(self._catalogue, key):
            own = self._catalogue.default(key)
            self._leave_out(key, line, f"`{key}` says nothing: the slicer's own is {own}")
            return False
        return not (value == NIL and key in self._catalogue.optional)

    def _refuse(self, line: int, code: str, message: str, key: str) -> None:
        self._say(line, code, message, f"change it in the slicer, or --drop {key}", Severity.ERROR)

    def _leave_out(self, key: str, line: int, message: str, code: str = "import-left-out") -> None:
        self.left_out.setdefault(code, []).append(key)
        self._say(line, code, message, "", Severity.NOTE)

    def _say(self, line: int, code: str, message: str, mend: str, severity: Severity) -> None:
        self.findings.append(Diagnostic(self._file, line, 1, code, message, mend, severity))


def _unusable(found: ini.Ini, file: str) -> tuple[Diagnostic, ...]:
    """Return that these are settings of another kind of printer, or not all there are."""
    if is_resin(found.values):
        message = "these settings are for resin (SLA): farmctl drives printers with a nozzle"
        mend = "export the settings of another printer"
        line = found.lines["printer_technology"]
        return (Diagnostic(file, line, 1, "preset-resin", message, mend),)
    lacking = [key for key in CLASS_NEEDS if key not in found.values]
    if not lacking or found.diagnostics:
        return ()
    message = f"no {' and no '.join(f'`{key}`' for key in lacking)}: these are not all settings"
    mend = "export the whole config (PrusaSlicer: File > Export > Export Config)"
    return (Diagnostic(file, 0, 0, "import-incomplete", message, mend),)
