"""What golden models came to when somebody said yes to it: a file for each version of a profile.

Figures are whole numbers in base units, as their names say, a line each: a diff of the file is
what a reviewer reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from msgspec import Struct, field

from farmctl.model.codec import Undecodable, decode, encode

SCHEMA = "farmctl.baseline/v1"
MEASURED_BY = "farmctl measuring 1"
"""Raised when the same g-code would be measured otherwise."""

Figures = Mapping[str, int]
"""Figures by name, `time_ms`; `share_permille.bridge` for those of a feature."""


class SlicedBy(Struct, frozen=True):
    """The slicer that made what was measured."""

    program: str
    version: str
    platform: str
    digest: str


class ModelFigures(Struct, frozen=True):
    """One golden model: the digest of its STL, and what it came to."""

    sha256: str
    figures: Figures


class ClassFigures(Struct, frozen=True):
    """All golden models on one version of a printer class."""

    version: str
    models: Mapping[str, ModelFigures] = field(default_factory=dict)


class Baseline(Struct, frozen=True):
    """What one version of a profile makes of the golden models, by the name of the class."""

    profile: str
    version: str
    slicer: SlicedBy
    measured_by: str = MEASURED_BY
    classes: Mapping[str, ClassFigures] = field(default_factory=dict)
    schema: str = SCHEMA

    def of(self, printer_class: str, model: str) -> ModelFigures | None:
        """Return what a model came to on a class; None where it was not measured."""
        found = self.classes.get(printer_class)
        return found.models.get(model) if found else None


def read_baseline(raw: bytes) -> Baseline:
    """Return what a file says. Raises Undecodable for what `write_baseline` never writes."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Undecodable(f"it is no JSON: {error}") from error
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise Undecodable(f"its schema is not {SCHEMA}")
    return decode(Baseline, value)


def write_baseline(baseline: Baseline) -> bytes:
    """Return the one form of a baseline: sorted, a line for each figure, no time stamp."""
    return (json.dumps(encode(baseline), sort_keys=True, indent=1) + "\n").encode()
