"""Reads what `farmctl ci` wrote as those read it whom it is for: strictly, and without farmctl."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt
from msgspec import Struct, json


class Setting(Struct, frozen=True, forbid_unknown_fields=True):
    group: str
    key: str
    before: str
    after: str
    where: list[str]


class Slicer(Struct, frozen=True, forbid_unknown_fields=True):
    program: str
    version: str
    platform: str
    digest: str


class Side(Struct, frozen=True, forbid_unknown_fields=True, rename={"printer_class": "class"}):
    profile: str
    version: str
    roles: list[str]
    printer_class: str
    slicer: Slicer
    gcode: str | None
    warnings: list[str]
    failure: dict[str, str] | None


class Breach(Struct, frozen=True, forbid_unknown_fields=True):
    figure: str
    code: str
    message: str
    mend: str


class Figure(Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    before: int | None
    after: int | None
    baseline: int | None
    change_permille: int | None


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    model: str
    status: str
    because: list[str]
    after: Side
    before: Side
    held_against: str
    notes: list[str]
    breaches: list[Breach]
    figures: dict[str, Figure]

    @property
    def time_change(self) -> str:
        """Return how people read by how much the time is another."""
        permille = self.figures["time_ms"].change_permille or 0
        return f"{permille / 10:+.1f} %"


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    schema: str
    base: str
    head: str
    good: bool
    changes: list[str]
    settings: list[Setting]
    results: list[Result]
    problems: list[dict[str, Any]]
    touched: dict[str, Any]
    updated: list[str]


def document(path: Path) -> Document:
    """Return `report.json`; a field more or less is an error."""
    return json.decode(path.read_bytes(), type=Document)


@dataclass
class Seen:
    """What a page or a comment shows: the rows of its tables, and how many folds there are."""

    rows: list[list[str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    folds: int = 0

    def count(self, label: str) -> int:
        """Return how many drawings have a label that begins so."""
        return sum(each.startswith(label) for each in self.labels)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen, self._is_cell = Seen(), False
        self.open: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.seen.rows.append([])
        if tag == "td":
            self.seen.rows[-1].append("")
            self._is_cell = True
        if tag == "details":
            self.seen.folds += 1
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        if tag == "svg":
            self.seen.labels.append(dict(attrs)["aria-label"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._is_cell = self._is_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.seen.rows[-1][-1] += data.replace("\xa0", " ")


def html(path: Path) -> Seen:
    """Return what `report.html` shows."""
    page = _Page()
    page.feed(path.read_text())
    page.close()
    return page.seen


def markdown(path: Path) -> Seen:
    """Return what `report.md` shows once a forge has made HTML of it: CommonMark with tables."""
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    page = _Page()
    page.feed(reader.render(path.read_text()))
    page.close()
    assert page.open == []
    return page.seen


@dataclass(frozen=True)
class Case:
    """A case of JUnit: the codes of what failed, and what it says."""

    failed: str
    said: list[str]


@dataclass(frozen=True)
class Suite:
    """A suite of JUnit."""

    name: str
    properties: dict[str, str]
    cases: dict[str, Case]


def junit(path: Path) -> list[Suite]:
    """Return the suites of `junit.xml`; their counts are those of their cases."""
    found = []
    for suite in ET.parse(path).getroot():
        cases = suite.findall("testcase")
        failures = [each for each in cases if each.find("failure") is not None]
        assert (suite.get("tests"), suite.get("failures")) == (str(len(cases)), str(len(failures)))
        properties = {str(p.get("name")): str(p.get("value")) for p in suite.iter("property")}
        read = {str(each.get("name")): _case(each) for each in cases}
        assert len(read) == len(cases), "each model once"
        found.append(Suite(str(suite.get("name")), properties, read))
    return found


def _case(case: ET.Element) -> Case:
    failure = case.find("failure")
    failed = "" if failure is None else str(failure.get("type"))
    return Case(failed, (case.findtext("system-out") or "").splitlines())
