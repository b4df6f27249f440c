"""The report as one JSON document, `farmctl.ci/v1`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from farmctl.ci.cases import Case
from farmctl.ci.figures import kind_of, permille
from farmctl.ci.report import Report, Result, Row, Side
from farmctl.model.codec import encode
from farmctl.model.diagnostics import Diagnostic

SCHEMA = "farmctl.ci/v1"


def document(report: Report) -> dict[str, Any]:
    """Return the report in dicts and lists; figures are whole numbers in base units."""
    return {
        "base": report.base,
        "head": report.head,
        "good": report.is_good,
        "changes": list(report.changes),
        "settings": [{**encode(each), "group": each.group.value} for each in report.settings],
        "results": [_result(each) for each in report.results],
        "problems": [_problem(each) for each in report.problems],
        "touched": encode(report.touched),
        "updated": list(report.updated),
    }


def _result(result: Result) -> dict[str, Any]:
    pair = result.pair
    return {
        "model": pair.after.model.name,
        "status": result.status.value,
        "because": list(pair.because),
        "after": {**_case(pair.after), **_side(result.after)},
        "before": {**_case(pair.before), **_side(result.before)}
        if pair.before and result.before
        else None,
        "held_against": result.held.source,
        "notes": list(result.held.notes),
        "breaches": [encode(each) for each in result.breaches],
        "figures": {row.name: _row(row) for row in result.rows},
    }


def _case(case: Case) -> Mapping[str, Any]:
    return {
        "profile": case.target.profile,
        "version": case.target.version,
        "roles": list(case.target.roles),
        "class": f"{case.printer_class}@{case.class_version}",
        "slicer": encode(case.slicer),
    }


def _side(side: Side) -> Mapping[str, Any]:
    return {
        "gcode": side.gcode,
        "warnings": list(side.warnings),
        "failure": encode(side.failure) if side.failure else None,
    }


def _row(row: Row) -> Mapping[str, Any]:
    both = row.before is not None and row.after is not None
    return {
        "label": kind_of(row.name).label,
        "before": row.before,
        "after": row.after,
        "baseline": row.baseline,
        "change_permille": permille(row.before or 0, row.after or 0) if both else None,
    }


def _problem(each: Diagnostic) -> Mapping[str, Any]:
    return {
        "file": each.file,
        "line": each.line,
        "code": each.code,
        "severity": each.severity.value,
        "message": each.message,
        "mend": each.mend,
    }
