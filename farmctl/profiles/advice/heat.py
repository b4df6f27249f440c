"""Temperatures: what the class stands, and what the material is printed at."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.model.diagnostics import Diagnostic, Severity
from farmctl.profiles.advice.materials import Range, material_of
from farmctl.profiles.advice.subject import Subject, told

_NOZZLE = ("temperature", "first_layer_temperature")
_BED = ("bed_temperature", "first_layer_bed_temperature")


def heat(subject: Subject) -> Iterator[Diagnostic]:
    """Yield every temperature that the class forbids, or that is none of the material's."""
    machines, material = subject.machines, material_of(subject.material)
    for keys, what, most_c in (
        (_NOZZLE, "nozzle", machines.nozzle_c),
        (_BED, "bed", machines.bed_c),
    ):
        for key in keys:
            if subject.figure(key) > most_c:
                yield _too_hot(subject, key, what, most_c)
            elif material is not None:
                usual = material.nozzle_c if keys is _NOZZLE else material.bed_c
                yield from _unusual(subject, key, what, usual)


def _too_hot(subject: Subject, key: str, what: str, most_c: float) -> Diagnostic:
    name = subject.machines.name
    return subject.finding(
        key,
        "hotter-than-class",
        f"`{key}` is {told(subject.figure(key))} °C, the {what} of {name} stands {told(most_c)}: "
        "nothing is printed there",
        f"lower it; or drop {name} from the profile; or raise `max_c` in its class.yaml, if the "
        f"{what} really stands it",
        Severity.ERROR,
    )


def _unusual(subject: Subject, key: str, what: str, usual: Range) -> Iterator[Diagnostic]:
    value_c = subject.figure(key)
    if not usual.holds(value_c):
        yield subject.finding(
            key,
            "temperature-unusual",
            f"`{key}` is {told(value_c)} °C: {subject.material} is printed with the {what} at "
            f"{usual.lowest} to {usual.highest} °C",
            "a slip of the hand? What the maker of the filament says is right",
        )
