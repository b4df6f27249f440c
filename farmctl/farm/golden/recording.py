"""Baselines as files: what golden models came to, for every version that counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from farmctl.ci.cases import Case
from farmctl.ci.figures import flat
from farmctl.ci.outcome import Failed, Measured, Outcome
from farmctl.farmrepo.layout import golden_path
from farmctl.model.baseline import Baseline, ClassFigures, ModelFigures, SlicedBy
from farmctl.model.diagnostics import Diagnostic
from farmctl.model.digest import Digest

Place = tuple[str, str]


def baselines_of(
    cases: Sequence[Case], outcomes: Mapping[Digest, Outcome], known: Mapping[Place, Baseline]
) -> dict[Place, Baseline]:
    """Return what is to be recorded, by profile and version. Pure.

    A model that could not be measured keeps what was recorded of it, if the same slicer made it;
    a version of which nothing is known gets no file.
    """
    grouped: dict[Place, list[Case]] = defaultdict(list)
    for case in cases:
        grouped[case.target.profile, case.target.version].append(case)
    made = {place: _baseline(mine, outcomes, known.get(place)) for place, mine in grouped.items()}
    return {place: each for place, each in made.items() if each.classes}


def not_measured(cases: Sequence[Case], outcomes: Mapping[Digest, Outcome]) -> list[Diagnostic]:
    """Return why golden models could not be measured, each reason of a model once, sorted."""
    found = set()
    for case in cases:
        file = golden_path(case.model.name)
        outcome = outcomes[case.request.key] if case.request else None
        if isinstance(outcome, Failed):
            found.add(Diagnostic(file, 0, 0, outcome.code, outcome.message, outcome.mend))
    return sorted(found)


def _baseline(
    cases: Sequence[Case], outcomes: Mapping[Digest, Outcome], known: Baseline | None
) -> Baseline:
    first = cases[0]
    slicer = first.slicer
    made = SlicedBy(slicer.program, slicer.version, slicer.platform, slicer.digest)
    kept = known if known is not None and known.slicer == made else None
    models: dict[tuple[str, str], dict[str, ModelFigures]] = defaultdict(dict)
    for case in cases:
        figures = _figures(case, outcomes, kept)
        if figures is not None:
            models[case.printer_class, case.class_version][case.model.name] = figures
    classes = {name: ClassFigures(version, found) for (name, version), found in models.items()}
    return Baseline(first.target.profile, first.target.version, made, classes=classes)


def _figures(
    case: Case, outcomes: Mapping[Digest, Outcome], kept: Baseline | None
) -> ModelFigures | None:
    outcome = outcomes.get(case.request.key) if case.request else None
    if isinstance(outcome, Measured):
        return ModelFigures(case.model.model.sha256, flat(outcome.figures))
    return kept.of(case.printer_class, case.model.name) if kept else None
