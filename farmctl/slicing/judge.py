"""What came out of a slicer, held against what was asked: only then is it a slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from farmctl.errors import FarmctlError, SlicerFailed
from farmctl.gcode.check import Inspection, PrintSpace, check
from farmctl.gcode.fast import pays
from farmctl.gcode.findings import Finding
from farmctl.gcode.limits import limits_from_settings
from farmctl.gcode.measure import measure_commands
from farmctl.gcode.moves import commands
from farmctl.gcode.summary import Filament, Placement, Summary
from farmctl.model.diagnostics import Severity
from farmctl.slicing.proof import demand, deviations, refuse_gaps
from farmctl.slicing.slicer import Slicer, SliceResult


def prove_settings(result: SliceResult, wanted: Mapping[str, str], slicer: Slicer) -> None:
    """Raise SlicerFailed unless every wanted setting was used as it was wanted, and no other."""
    refuse_gaps(wanted, result.used)
    demand(deviations(wanted, result.used, slicer.same_value), len(wanted))


def prove_parts(result: SliceResult, labels: Sequence[str]) -> None:
    """Raise SlicerFailed unless exactly these parts are named in the g-code."""
    if sorted(result.labels) != sorted(labels):
        lost = ", ".join(sorted({*labels} - {*result.labels})) or "none"
        strange = ", ".join(sorted({*result.labels} - {*labels})) or "none"
        raise SlicerFailed(
            f"the g-code does not name the parts of the plate: lost {lost}, unknown {strange}",
            "pin another build of the slicer: farmctl slicer pin PATH",
            "slicer-lost-part",
        )


def measured(
    gcode: bytes,
    settings: Mapping[str, str],
    boxes: Sequence[Placement],
    space: PrintSpace,
    *,
    many: bool = False,
) -> Summary:
    """Return what the g-code does; where it is one of `many`, faster loops are loaded for it.

    Raises SlicerFailed when it leaves the bed or the limits of the class, and when a part of the
    plate gets nothing.
    """
    summary = None
    if pays(len(gcode), many=many):
        summary = _at_a_glance(gcode, settings, boxes, space)
    if summary is None:
        summary = _line_by_line(gcode, settings, boxes, space)
    if summary.empty_placements:
        numbers = ", ".join(str(number + 1) for number in summary.empty_placements)
        raise SlicerFailed(
            f"nothing is printed where these parts of the plate lie: {numbers}",
            "farmctl preflight MODEL",
            "part-empty",
        )
    return summary


def _at_a_glance(
    gcode: bytes, settings: Mapping[str, str], boxes: Sequence[Placement], space: PrintSpace
) -> Summary | None:
    """Return the summary of what surely may run; None where each line has to be looked at."""
    from farmctl.gcode.loops import compiled  # noqa: PLC0415 - numpy and numba, where they pay
    from farmctl.gcode.overview import summary_at_a_glance  # noqa: PLC0415 - the same

    with suppress(FarmctlError):
        return summary_at_a_glance(
            gcode,
            space,
            compiled(),
            limits=limits_from_settings(settings),
            filaments=filaments(settings),
            placements=boxes,
        )
    return None


def _line_by_line(
    gcode: bytes, settings: Mapping[str, str], boxes: Sequence[Placement], space: PrintSpace
) -> Summary:
    """Return the summary of a file that is read once, to measure and to check it."""
    inspection = Inspection(space, gcode)
    try:
        summary = measure_commands(
            inspection.passing(commands(gcode)),
            limits=limits_from_settings(settings),
            filaments=filaments(settings),
            placements=boxes,
        )
    except FarmctlError as error:
        _refuse(check(gcode, space))
        raise SlicerFailed(error.message, error.mend, "gcode-not-measurable") from error
    _refuse(inspection.findings())
    return summary


def _refuse(findings: Sequence[Finding]) -> None:
    wrong = [each for each in findings if each.severity is Severity.ERROR]
    if wrong:
        shown = "; ".join(f"line {each.line}: {each.message}" for each in wrong[:3])
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise SlicerFailed(f"the g-code may not run: {shown}{more}", wrong[0].mend, wrong[0].code)


def filaments(settings: Mapping[str, str]) -> tuple[Filament, ...]:
    """Return the filament of each tool, as the settings describe it; a density of 0 is none."""
    diameters = _figures(settings.get("filament_diameter", ""))
    densities = _figures(settings.get("filament_density", ""))
    densities += [0.0] * (len(diameters) - len(densities))
    return tuple(
        Filament(diameter, density or None)
        for diameter, density in zip(diameters, densities, strict=False)
    )


def _figures(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part]
    except ValueError:
        return []
