"""The report as JUnit XML: a suite for each version of a profile on a class, a case for each model.

CI systems show what fails of it beside the tests; a case says each figure that is another, a suite
its settings. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from xml.etree import ElementTree as ET

from farmctl.ci.report import Report, Result, SettingChange, Status
from farmctl.ci.words import biggest, changed_said, notes_of, problems_of, setting_cells

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> bytes:
    """Return the whole file."""
    suites: dict[str, list[Result]] = defaultdict(list)
    for each in report.results:
        made = each.pair.after
        suites[f"{made.target.profile}@{made.target.version} on {made.printer_class}"].append(each)
    top = ET.Element("testsuites", name="farmctl ci")
    for name, found in sorted(suites.items()):
        _suite(top, name, found, [each for each in report.settings if name in each.where])
    if report.problems:
        suite = ET.SubElement(top, "testsuite", name="farm", tests=str(len(report.problems)))
        suite.set("failures", "0")
        suite.set("errors", str(len(report.problems)))
        for problem in report.problems:
            case = ET.SubElement(suite, "testcase", classname="farm", name=_clean(problem.where))
            _add(case, "error", problem.code, f"{problem.message}\n{problem.mend}")
    ET.indent(top, " ")
    text: str = ET.tostring(top, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _suite(top: ET.Element, name: str, found: list[Result], settings: list[SettingChange]) -> None:
    suite = ET.SubElement(top, "testsuite", name=_clean(name), tests=str(len(found)))
    suite.set("failures", str(sum(each.status is Status.BREACHED for each in found)))
    suite.set("errors", str(sum(each.status is Status.FAILED for each in found)))
    if settings:
        properties = ET.SubElement(suite, "properties")
        for change in settings:
            key, before, after, *_ = setting_cells(change)
            said = {"name": _clean(key), "value": _clean(f"{before} → {after}")}
            ET.SubElement(properties, "property", said)
    for each in sorted(found, key=lambda result: result.pair.after.model.name):
        model = each.pair.after.model.name
        case = ET.SubElement(suite, "testcase", classname=_clean(name), name=_clean(model))
        _outcome(case, each)


def _outcome(case: ET.Element, result: Result) -> None:
    failure = result.after.failure
    wrong = list(problems_of(result))
    if failure is not None:
        _add(case, "error", failure.code, "\n".join(f"{what}\n{mend}" for what, mend in wrong))
    elif wrong:
        codes = ", ".join(sorted({each.code for each in result.breaches}))
        _add(case, "failure", codes, "\n".join(f"{what}\n{mend}" for what, mend in wrong))
    moved = [changed_said(row) for row in result.changed] if result.before is not None else []
    said = [*(moved or [biggest(result)]), *notes_of(result)]
    ET.SubElement(case, "system-out").text = _clean("\n".join(said))


def _add(case: ET.Element, kind: str, code: str, text: str) -> None:
    found = ET.SubElement(case, kind, type=_clean(code), message=_clean(text.partition("\n")[0]))
    found.text = _clean(text)


def _clean(text: str) -> str:
    """Return a text without what XML may not hold at all."""
    return _NO_XML.sub("?", text)
