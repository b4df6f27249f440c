"""Strict YAML 1.2 with the place of every key and value.

Duplicate keys, anchors, aliases, tags, directives, second documents and deep nesting are findings,
not features. Reading goes on after a finding where it can, so that all are shown at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from farmctl.farmrepo import yaml_scalars
from farmctl.farmrepo.findings import TOP, Finding, Path, Place
from farmctl.farmrepo.yaml_problems import syntax_finding
from farmctl.farmrepo.yaml_text import EMPTY, read_text

DEPTH_LIMIT = 32
Value = yaml_scalars.Scalar | list[Any] | dict[str, Any]


class Parsed(Struct, frozen=True):
    """A parsed text.

    Args:
        value: Dicts with text keys, lists and scalars; None when nothing could be read.
        values: Where each value begins.
        keys: Where the key of each value begins, by the way to the value.
        findings: What is wrong.
        is_readable: Whether `value` is what the text says; else it broke off.
    """

    value: Value
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    is_readable: bool = True

    def at(self, path: Path) -> Place:
        """Return where the value at `path` begins, or the nearest one around it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, TOP)


def parse(raw: bytes) -> Parsed:
    """Return what the bytes of a document say, where, and what is wrong with them."""
    text, findings = read_text(raw)
    if text is None or any(each.code == "tab" for each in findings):
        return Parsed(None, findings=tuple(findings), is_readable=False)
    reader = _Reader(findings)
    try:
        value = reader.read_document(_events(text))
    except YAMLError as error:
        findings.append(syntax_finding(error))
        return Parsed(None, reader.values, reader.keys, tuple(findings), is_readable=False)
    except _BrokenOff:
        return Parsed(None, reader.values, reader.keys, tuple(findings), is_readable=False)
    return Parsed(value, reader.values, reader.keys, tuple(findings))


def _events(text: str) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except ValueError as error:  # an escape beyond Unicode
        raise MarkedYAMLError(problem=str(error)) from error


class _BrokenOff(Exception):  # noqa: N818 - a way out of the recursion, not an error
    """Reading cannot go on; the finding says why."""


class _Reader:
    """Builds values from the parser's events, and remembers where each began."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}

    def read_document(self, events: Iterator[Any]) -> Value:
        """Return the only document. Raises YAMLError and _BrokenOff."""
        value: Value = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self._check_start(event, documents)
                value = self._read(next(events), events, ())
        if documents == 0:
            self.findings.append(EMPTY)
            raise _BrokenOff
        return value

    def _check_start(self, event: DocumentStartEvent, number: int) -> None:
        if number > 1:
            self._find(event, "second-document", "a second document begins", "keep one in a file")
            raise _BrokenOff
        if event.version or event.tags:
            self._find(event, "directive", "a directive stands before the document", "remove it")

    def _read(self, event: NodeEvent, events: Iterator[Any], path: Path) -> Value:
        self.values[path] = _place(event)
        self._check_node(event, path)
        if isinstance(event, MappingStartEvent):
            return self._read_mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._read_list(events, path)
        if isinstance(event, ScalarEvent):
            return self._read_scalar(event, path)
        return None

    def _read_scalar(self, event: ScalarEvent, path: Path) -> Value:
        if not _is_plain(event):
            return str(event.value)
        if event.value == "" and path in self.keys:  # the parser's mark is on the next line
            self.values[path] = self.keys[path]
        return yaml_scalars.resolve(event.value)

    def _check_node(self, event: NodeEvent, path: Path) -> None:
        if len(path) > DEPTH_LIMIT:
            self._find(event, "too-deep", f"nested more than {DEPTH_LIMIT} deep", "make it flatter")
            raise _BrokenOff
        if isinstance(event, AliasEvent):
            self._find(event, "alias", f"`*{event.anchor}` is an alias", "write the value itself")
        elif event.anchor is not None:
            self._find(event, "anchor", f"`&{event.anchor}` is an anchor", "remove it")
        elif getattr(event, "tag", None) is not None:
            self._find(event, "tag", "the value has a tag", "remove it, and quote texts")

    def _read_list(self, events: Iterator[Any], path: Path) -> list[Any]:
        rows: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            rows.append(self._read(event, events, (*path, len(rows))))
        return rows

    def _read_mapping(self, events: Iterator[Any], path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._read_key(event)
            here = (*path, key)
            if key in entries:
                self._find(event, "duplicate-key", f"`{key}` is here twice", "keep one of them")
                _Reader([]).skip(events, here)
                continue
            self.keys[here] = _place(event)
            entries[key] = self._read(next(events), events, here)
        return entries

    def _read_key(self, event: NodeEvent) -> str:
        if not isinstance(event, ScalarEvent):
            self._find(event, "odd-key", "a key is a text", "write a name before the colon")
            raise _BrokenOff
        self._check_node(event, ())
        meaning = yaml_scalars.resolve(event.value) if _is_plain(event) else event.value
        if not isinstance(meaning, str):
            shown = event.value or "nothing"
            self._find(event, "odd-key", f"the key `{shown}` is no text", f'write "{shown}":')
        return str(event.value)

    def skip(self, events: Iterator[Any], path: Path) -> None:
        """Read a value and forget it."""
        self._read(next(events), events, path)

    def _find(self, event: Event, code: str, message: str, mend: str) -> None:
        self.findings.append(Finding(_place(event), code, message, mend))


def _is_plain(event: ScalarEvent) -> bool:
    return event.style is None or event.style == ""


def _place(event: Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1)
