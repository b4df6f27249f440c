"""Layer heights against the nozzle."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.profiles.advice.subject import Subject, share

_THICKEST = 0.8
"""Of the nozzle's width: above it, lines no longer press onto the layer below."""

_HAIR = 1e-6


def layers(subject: Subject) -> Iterator[Diagnostic]:
    """Yield layer heights that the nozzle cannot lay, or not well."""
    nozzle = subject.figure("nozzle_diameter")
    height = subject.figure("layer_height")
    first = share(subject.values.get("first_layer_height", ""), height)
    for key, value in (("layer_height", height), ("first_layer_height", first)):
        if value > nozzle + _HAIR:
            yield subject.finding(
                key,
                "layer-above-nozzle",
                f"`{key}` is {value:g} mm, more than the nozzle of {nozzle:g} mm: not possible",
                f"{nozzle * _THICKEST:g} mm at most, or a profile for a wider nozzle",
                Severity.ERROR,
            )
        elif value > nozzle * _THICKEST + _HAIR:
            yield subject.finding(
                key,
                "layer-thick",
                f"`{key}` is {value:g} mm, more than {_THICKEST:g} of the nozzle of {nozzle:g} mm: "
                "layers hold badly",
                f"{nozzle * _THICKEST:g} mm at most, or a profile for a wider nozzle",
            )
