"""Every setting that one slicer knows, with its default: what makes settings complete."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum

from msgspec import Struct

from farmctl.errors import SlicerFailed
from farmctl.model.digest import Digest, hexdigits
from farmctl.slicing import ini

_TITLE = "Every setting this slicer knows, with its default. `nil`: may be left out."
NIL = "nil"


class Kind(StrEnum):
    """Where a setting may be said."""

    MACHINE = "machine"  # in a class only: g-code and limits of a kind of printer
    TOOL = "tool"  # in a class or a profile: depends on the nozzle and the material
    PRINT = "print"  # how a part is made
    FILAMENT = "filament"  # what it is made of
    PRIVATE = "private"  # an address or a secret of somebody's printer: nowhere
    BOOKKEEPING = "bookkeeping"  # names and links of the slicer's own presets: nowhere


class Catalogue(Struct, frozen=True):
    """The settings of one slicer.

    Args:
        program: The slicer's name in the registry, `prusaslicer`.
        version: What it calls itself, `2.5.0+UNKNOWN`.
        defaults: Every setting that complete settings say, with the slicer's own default.
        optional: The settings that may be left out; their default is `nil`.
    """

    program: str
    version: str
    defaults: Mapping[str, str]
    optional: frozenset[str] = frozenset()

    def knows(self, key: str) -> bool:
        """Return whether the slicer has this setting."""
        return key in self.defaults or key in self.optional

    def default(self, key: str) -> str:
        """Return the slicer's own value of a setting it knows."""
        return self.defaults.get(key, NIL)

    def nearest(self, key: str) -> str | None:
        """Return the known setting with the most similar name, or None."""
        close = get_close_matches(key, sorted({*self.defaults, *self.optional}), n=1, cutoff=0.8)
        return close[0] if close else None


def farm_path(slicer: Digest) -> str:
    """Return where a farm keeps the catalogue of the slicer with this digest."""
    return f"profiles/slicers/{hexdigits(slicer)}.ini"


def write(catalogue: Catalogue) -> bytes:
    """Return the catalogue as the file a farm keeps under `profiles/slicers/`."""
    values = {**catalogue.defaults, **dict.fromkeys(catalogue.optional, NIL)}
    remarks = (_TITLE, f"program: {catalogue.program}", f"version: {catalogue.version}")
    return ini.write(values, remarks)


def read(raw: bytes, file: str) -> Catalogue:
    """Read what `write` wrote. Raises SlicerFailed when it is damaged."""
    found = ini.parse(raw, file)
    said = dict(remark.split(": ", 1) for remark in found.remarks if ": " in remark)
    if found.diagnostics or not found.values or not {"program", "version"} <= said.keys():
        raise SlicerFailed(
            f"{file} is not the catalogue of a slicer",
            "farmctl slicer pin",
            "slicer-catalogue-damaged",
        )
    optional = frozenset(key for key, value in found.values.items() if value == NIL)
    defaults = {key: value for key, value in found.values.items() if key not in optional}
    return Catalogue(said["program"], said["version"], defaults, optional)
