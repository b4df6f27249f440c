"""Effective settings: the slicer's defaults, then the class, the profile and the plan's overrides.

Computed without the slicer, complete, and always the same bytes: so they can be compared, named by
a digest and held against what the slicer says it used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from farmctl.errors import InvalidDocuments
from farmctl.model.digest import Digest, digest_of
from farmctl.slicing import ini
from farmctl.slicing.catalogue import NIL, Catalogue

DEFAULTS = "the slicer's defaults"
OURS = "farmctl"
# Objects are told apart by their labels, and a slicer must start no other program.
_FORCED = {"gcode_label_objects": "1", "post_process": ""}


class Layer(Struct, frozen=True):
    """One source of settings: what people call it, `class voron-350@3.0.0`, and what it says."""

    name: str
    values: Mapping[str, str]


class Effective(Struct, frozen=True):
    """Complete settings.

    Args:
        values: Every setting the slicer has; an optional one that nobody says is left out.
        sources: The name of the layer that each value comes from.
    """

    values: Mapping[str, str]
    sources: Mapping[str, str]

    @property
    def text(self) -> bytes:
        """Return the settings as the artifact that slicers get."""
        return ini.write(self.values)

    @property
    def digest(self) -> Digest:
        """Return the digest of that artifact."""
        return digest_of(self.text)


def effective(catalogue: Catalogue, layers: Sequence[Layer]) -> Effective:
    """Lay the layers over the defaults, the last one on top.

    Raises InvalidDocuments when a layer says what the slicer does not know: it would drop it
    without a word.
    """
    values = dict(catalogue.defaults)
    sources = dict.fromkeys(values, DEFAULTS)
    for layer in (*layers, _ours(catalogue)):
        _refuse_unknown(catalogue, layer)
        values.update({key: _told(catalogue, key, layer.values[key]) for key in layer.values})
        sources.update(dict.fromkeys(layer.values, layer.name))
    said = {key: value for key, value in values.items() if not _is_left_out(catalogue, key, value)}
    return Effective(said, {key: sources[key] for key in said})


def nozzle(um: int) -> Layer:
    """Return the layer that a nozzle of so many µm makes."""
    return Layer(f"nozzle {ini.millimetres(um)} mm", {"nozzle_diameter": ini.millimetres(um)})


def supports(choice: str) -> Layer:
    """Return the layer that a plan's `supports: none` or `supports: auto` makes."""
    on = {"support_material": "1", "support_material_auto": "1"}
    return Layer(f"supports {choice}", on if choice == "auto" else {"support_material": "0"})


def _ours(catalogue: Catalogue) -> Layer:
    return Layer(OURS, {key: _FORCED[key] for key in _FORCED if catalogue.knows(key)})


def _refuse_unknown(catalogue: Catalogue, layer: Layer) -> None:
    unknown = sorted(key for key in layer.values if not catalogue.knows(key))
    if unknown:
        raise InvalidDocuments(
            f"{layer.name} says what {catalogue.program} {catalogue.version} does not know: "
            + ", ".join(unknown),
            "remove these settings, or pin a slicer that knows them",
        )


def _told(catalogue: Catalogue, key: str, value: str) -> str:
    """Return a value as the slicer must be told it.

    A list of texts that is written as nothing has no first text, and PrusaSlicer then reads memory
    that is not its own: one empty text is meant.
    """
    return '""' if not value and catalogue.default(key).startswith('"') else value


def _is_left_out(catalogue: Catalogue, key: str, value: str) -> bool:
    return key in catalogue.optional and value == NIL
