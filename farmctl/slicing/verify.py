"""Slice the same thing again and again, without the cache, and say how equal the results are."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from farmctl.gcode.canonical import canonical
from farmctl.slicing.arrange import arrange
from farmctl.slicing.plate import Bench
from farmctl.slicing.request import PlateRequest
from farmctl.slicing.slicer import Slicer, SliceRequest

_LAYER = b";LAYER_CHANGE"


class Equality(StrEnum):
    """How equal several slices of one thing are, best first."""

    BYTES = "byte-equal"
    CANONICAL = "canonical-equal"
    DIFFERENT = "different"


class Verification(Struct, frozen=True):
    """What slicing several times showed.

    Args:
        times: How often it was sliced.
        equality: The worst of all comparisons with the first slice.
        layers: The layers, from 1, that were not the same everywhere; 0 is what comes before them.
    """

    times: int
    equality: Equality
    layers: tuple[int, ...] = ()


def verify_plate(request: PlateRequest, bench: Bench, times: int) -> Verification:
    """Slice a plate `times` times, at least twice. Raises SlicerFailed, as `slice_plate` does."""
    plate = arrange(request.parts, request.room, bench.store).plate
    return verify(bench.slicer, SliceRequest(plate, request.settings, bench.limits), times)


def verify(slicer: Slicer, request: SliceRequest, times: int) -> Verification:
    """Slice `times` times, at least twice. Raises SlicerFailed."""
    return compare([slicer.slice(request).gcode for _ in range(max(2, times))])


def compare(slices: Sequence[bytes]) -> Verification:
    """Return how equal the g-codes of several slices are."""
    if len(set(slices)) == 1:
        return Verification(len(slices), Equality.BYTES)
    forms = {canonical(raw) for raw in slices}
    if len(forms) == 1:
        return Verification(len(slices), Equality.CANONICAL)
    return Verification(len(slices), Equality.DIFFERENT, differing_layers(sorted(forms)))


def differing_layers(forms: Sequence[bytes]) -> tuple[int, ...]:
    """Return the layers in which g-codes differ; 0 is what comes before the first."""
    split = [form.split(_LAYER) for form in forms]
    most = max(len(layers) for layers in split)
    padded = [layers + [b""] * (most - len(layers)) for layers in split]
    return tuple(
        number
        for number, same_layer in enumerate(zip(*padded, strict=True))
        if len(set(same_layer)) > 1
    )
