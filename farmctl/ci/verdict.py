"""Whether what was measured may be so: ranges, the allowed change, and whose baseline. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from farmctl.ci.cases import Case, Slicer
from farmctl.ci.figures import SHARE, in_order, in_units, kind_of, permille, said
from farmctl.model.baseline import MEASURED_BY, Baseline, Figures, ModelFigures
from farmctl.model.documents.golden import Bound, Expectations

_UPDATE = "if it is meant: farmctl ci --update-baselines"


class Breach(Struct, frozen=True):
    """A figure that may not be so.

    Args:
        figure: Its name.
        code: golden-range or golden-change.
        message: What is wrong.
        mend: What to do about it.
    """

    figure: str
    code: str
    message: str
    mend: str


class Held(Struct, frozen=True):
    """What a case is held against.

    Args:
        figures: What was measured once; None for nothing.
        source: Where it stands, for people.
        notes: What must be said of it, for people.
        breach: Why it cannot be held against what is recorded; None where it can.
    """

    figures: Figures | None
    source: str = ""
    notes: tuple[str, ...] = ()
    breach: Breach | None = None


def bound_of(expect: Expectations, figure: str) -> Bound | None:
    """Return what bounds a figure; None where it may be as it likes."""
    if figure.startswith(SHARE):
        return expect.share_percent.get(figure.removeprefix(SHARE))
    found: Bound | None = getattr(expect, kind_of(figure).bound)
    return found


def breaches(expect: Expectations, now: Figures, held: Held) -> tuple[Breach, ...]:
    """Return every figure that may not be so, in the order that people read figures."""
    return tuple(_breaches(expect, now, held))


def _breaches(expect: Expectations, now: Figures, held: Held) -> Iterator[Breach]:
    if held.breach is not None:
        yield held.breach
    bounded = {f"{SHARE}{name}": None for name in expect.share_percent}
    for name in in_order(now, held.figures or {}, bounded):
        bound = bound_of(expect, name)
        value = _value(now, name)
        if bound is None or value is None:
            continue
        yield from _outside(bound, name, value)
        before = None if held.figures is None else _value(held.figures, name)
        if before is not None:
            yield from _changed(bound, name, before, value)


def _value(figures: Figures, name: str) -> int | None:
    """Return a figure; a feature that is not there has none of the plastic."""
    return figures.get(name, 0 if name.startswith(SHARE) else None)


def _outside(bound: Bound, name: str, value: int) -> Iterator[Breach]:
    if bound.range is None:
        return
    number, low, high = in_units(name, value), bound.lowest, bound.highest
    if (low is not None and number < low) or (high is not None and number > high):
        kind = kind_of(name)
        message = f"{kind.label} is {said(name, value)}, not {bound.range} {kind.unit}".rstrip()
        yield Breach(name, "golden-range", message, "mend the profile, or the golden model's range")


def _changed(bound: Bound, name: str, before: int, now: int) -> Iterator[Breach]:
    most = bound.most_change_percent
    if most is None or abs(now - before) * 100 <= most * before:
        return
    share = permille(before, now)
    far = "from nothing" if share is None else f"by {share / 10:+.1f} %"
    shown = f"{said(name, before)} → {said(name, now)}"
    message = f"{kind_of(name).label} changes {far} ({shown}), {most:g} % are allowed"
    yield Breach(name, "golden-change", message, _UPDATE)


def held_against(
    case: Case, baselines: Mapping[tuple[str, str], Baseline], before: Held, ruling: str | None
) -> Held:
    """Return what a case is held against: its own baseline, that of what it takes the place of.

    Where neither is recorded, what was measured before the change counts.

    Args:
        case: The case after the change.
        baselines: All that is recorded, by profile and version.
        before: What was measured before the change.
        ruling: The version whose place it takes; None for none.
    """
    profile, version, printer_class, model = case.key
    for each in (version, ruling):
        baseline = baselines.get((profile, each or ""))
        kept = baseline.of(printer_class, model) if baseline else None
        if baseline is not None and kept is not None:
            return _recorded(case, baseline, kept)
    return before


def recorded(case: Case, baselines: Mapping[tuple[str, str], Baseline]) -> Figures | None:
    """Return what is recorded of a case as it is now; None where class, mesh or slicer differs."""
    profile, version, printer_class, model = case.key
    baseline = baselines.get((profile, version))
    kept = baseline.of(printer_class, model) if baseline else None
    if baseline is None or kept is None or _void(case, baseline, kept) is not None:
        return None
    is_same = baseline.classes[printer_class].version == case.class_version
    return kept.figures if is_same else None


def _recorded(case: Case, baseline: Baseline, kept: ModelFigures) -> Held:
    source = f"baseline {baseline.version}"
    why = _void(case, baseline, kept)
    if why is not None:
        return Held(None, source, (), Breach("", *why))
    if baseline.slicer.digest == case.slicer.digest:
        return Held(kept.figures, source)
    made = f"{baseline.slicer.program} {baseline.slicer.version} on {baseline.slicer.platform}"
    note = f"the baseline was made by {made}: another build, compared by figures, not bytes"
    return Held(kept.figures, source, (note,))


def _void(case: Case, baseline: Baseline, kept: ModelFigures) -> tuple[str, str, str] | None:
    """Return code, message and mend where a baseline says nothing of a case."""
    if not _is_same_version(baseline, case.slicer):
        made = f"{baseline.slicer.program} {baseline.slicer.version}"
        message = f"its baseline was made by {made} ({baseline.slicer.digest[7:19]}…)"
        return "baseline-other-slicer", message, _UPDATE
    if kept.sha256 != case.model.model.sha256:
        return "baseline-other-mesh", "its baseline is of another mesh", _UPDATE
    if baseline.measured_by != MEASURED_BY:
        message = f"its baseline was measured by {baseline.measured_by}"
        return "baseline-measured-otherwise", message, "farmctl ci --update-baselines"
    return None


def _is_same_version(baseline: Baseline, slicer: Slicer) -> bool:
    """Return whether figures of both may be compared; what follows a `+` tells who built it."""
    made = baseline.slicer
    versions = {each.partition("+")[0] for each in (made.version, slicer.version)}
    return made.program == slicer.program and len(versions) == 1
