"""What is looked at: effective settings on a class, and where each of them is said."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.profiles.lint import Source

_FIGURE = re.compile(r"-?\d+(?:\.\d+)?|-?\.\d+")


class Machines(Struct, frozen=True):
    """What a class says of its machines.

    Args:
        name: The class.
        nozzle_c: The hottest that g-code may make the nozzle.
        bed_c: The hottest that it may make the bed.
        flow_mm3_s: What the hotend melts; None where the class does not say.
        macros: The macros that the machines have, in capital letters.
    """

    name: str
    nozzle_c: float
    bed_c: float
    flow_mm3_s: float | None = None
    macros: frozenset[str] = frozenset()


class Subject(Struct, frozen=True):
    """Effective settings on a class.

    Args:
        values: Every setting.
        sources: The name of the layer that each value comes from.
        files: The files of these layers, by the layer's name.
        machines: What the class says of its machines.
        material: What the profile is for, `PETG`.
        profile: The name of the profile's layer.
    """

    values: Mapping[str, str]
    sources: Mapping[str, str]
    files: Mapping[str, Source]
    machines: Machines
    material: str
    profile: str

    def figure(self, key: str) -> float:
        """Return a setting's first figure; 0 for what is none, or relative to another."""
        return figure(self.values.get(key, ""))

    def is_said(self, key: str) -> bool:
        """Return whether the class or the profile says it: a slicer's default is nobody's word."""
        return self.sources.get(key, "") in self.files

    def finding(
        self, key: str, code: str, message: str, mend: str, severity: Severity = Severity.WARNING
    ) -> Diagnostic:
        """Return a finding at the line that says a setting; at the profile where none does."""
        source = self.files.get(self.sources.get(key, ""), self.files[self.profile])
        line = source.ini.lines.get(key, 0)
        return Diagnostic(source.file, line, 1 if line else 0, code, message, mend, severity)


def figure(text: str) -> float:
    """Return the first figure of a value; 0 for what is none, or a share of something."""
    first = text.partition(",")[0].strip()
    return float(first) if _FIGURE.fullmatch(first) else 0.0


def share(text: str, whole: float) -> float:
    """Return a figure, or `50%` of a whole."""
    first = text.partition(",")[0].strip()
    return figure(first[:-1]) / 100 * whole if first.endswith("%") else figure(first)


def told(value: float) -> str:
    """Return a figure as people read it: `12`, `13.9`."""
    return f"{round(value, 1):g}"
