"""Every piece of advice there is on effective settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from farmctl.model.diagnostics import Diagnostic
from farmctl.profiles.advice.flow import flow
from farmctl.profiles.advice.gcode import gcode
from farmctl.profiles.advice.heat import heat
from farmctl.profiles.advice.layers import layers
from farmctl.profiles.advice.motion import motion
from farmctl.profiles.advice.subject import Subject
from farmctl.profiles.lint import notes

RULES: tuple[Callable[[Subject], Iterable[Diagnostic]], ...] = (flow, heat, layers, motion, gcode)


def advice(subject: Subject) -> tuple[Diagnostic, ...]:
    """Return what will disappoint on this class, by file and line."""
    found = {each for rule in RULES for each in rule(subject)}
    found |= {*notes(subject.values, subject.files[subject.profile].file)}
    return tuple(sorted(found))
