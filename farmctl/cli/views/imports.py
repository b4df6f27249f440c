"""An import and the profiles of a farm, as people and programs read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from farmctl.farm.profiles.importing import Import
from farmctl.model.desired import Desired
from farmctl.model.diagnostics import Severity
from farmctl.profiles.files import FIRST
from farmctl.profiles.importing import Imported
from farmctl.profiles.picking import Listed
from farmctl.slicing.catalogue import Catalogue

_WHY = {
    "import-private": "left out, never stored",
    "import-left-out": "left out, farmctl does not use it",
}
_SHOWN = 8


def sorted_lines(found: Imported, catalogue: Catalogue) -> Iterator[str]:
    """Yield what wrote the file, and every setting that was left out, by reason."""
    left = sum(len(keys) for keys in found.left_out.values())
    count = found.machine + found.other + left
    yield f"{found.written_by or 'settings'}: {count} settings"
    slicer = f"{catalogue.program} {catalogue.version}"
    why = {**_WHY, "import-unknown": f"left out, {slicer} does not know it"}
    for code, keys in sorted(found.left_out.items()):
        yield f"  {why[code]} ({len(keys)}): {_listed(keys)}"
    if "import-unknown" in found.left_out and found.keep:
        yield f"  to keep these, {found.keep}"
    for each in found.findings:
        if each.severity is Severity.NOTE and each.code not in why:
            yield f"note: {each.message}"


def _listed(keys: tuple[str, ...]) -> str:
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return ", ".join(keys[:_SHOWN]) + more


def import_lines(made: Import, commit: str) -> Iterator[str]:
    """Yield where the settings went."""
    found, facts = made.found, made.found.facts
    yield f"{found.other} → {found.profile}@{FIRST}, {found.machine} → class {made.pin}"
    if made.printers:
        yield f"{', '.join(made.printers)} now {_have(made.printers)} {made.pin}"
    kind = f"{facts.material}, {facts.nozzle_um / 1000:g} mm, {facts.quality}"
    yield f"in production: {kind} (commit {commit[:7]})"
    if made.rivals:
        rivals = " and ".join(made.rivals)
        yield f"{rivals} in production too: name one, farmctl order add MODEL --profile NAME"


def _have(printers: tuple[str, ...]) -> str:
    return "has" if len(printers) == 1 else "have"


def profile_rows(desired: Desired) -> list[dict[str, Any]]:
    """Return the farm's profiles, as items of a JSON list."""
    rows: list[dict[str, Any]] = []
    for name, each in sorted(desired.profiles.items()):
        document, channels = each.document, each.document.channels
        rows.append(
            {
                "name": name,
                "material": document.material,
                "nozzle_mm": document.nozzle_mm,
                "quality": document.quality,
                "classes": list(document.classes),
                "production": channels.production.version if channels.production else None,
                "canary": channels.canary.version if channels.canary else None,
                "versions": sorted(document.versions),
            }
        )
    return rows


def preset_rows(found: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return presets that can be imported, as items of a JSON list."""
    return [
        {
            "kind": each.preset.kind.value,
            "vendor": each.preset.bundle.vendor,
            "name": each.preset.name,
            "default": each.is_default,
            "file": each.preset.bundle.file,
            "line": each.preset.preset.line,
        }
        for each in found
    ]
