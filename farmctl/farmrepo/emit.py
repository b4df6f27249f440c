"""Values as YAML text: always the same text for the same value, short groups on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from farmctl.farmrepo.yaml_scalars import resolve
from farmctl.farmrepo.yaml_text import ODD

WIDTH = 120
"""A digest and its key still fit in a line."""

ROW_WIDTH = 80
"""An entry of a list reads better in lines of its own."""

_PLAIN = re.compile(r"[A-Za-z0-9./~_][A-Za-z0-9 ./@+~_%-]*(?::[A-Za-z0-9/][A-Za-z0-9 ./@+~_%-]*)*")


def emit(value: Mapping[str, Any]) -> str:
    """Return a document's text."""
    return "".join(f"{line}\n" for line in block(value))


def flow(value: object) -> str:
    """Return a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """Return a scalar, quoted where it would mean something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else repr(value)


def block(value: object, indent: int = 0) -> Iterator[str]:
    """Yield the lines of a group or list, each with its indentation."""
    margin = " " * indent
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _entry(f"{margin}{_text(key)}:", each, indent + 2)
    elif isinstance(value, Sequence):
        for each in value:
            yield from _row(margin, each, indent)


def _entry(start: str, value: object, indent: int) -> Iterator[str]:
    line = f"{start} {flow(value)}"
    if len(line) <= WIDTH or not _has_inside(value):
        yield line
    else:
        yield start
        yield from block(value, indent)


def _row(margin: str, value: object, indent: int) -> Iterator[str]:
    line = f"{margin}- {flow(value)}"
    if len(line) <= ROW_WIDTH or not isinstance(value, Mapping) or not value:
        yield line
    else:
        first, *others = block(value, indent + 2)
        yield f"{margin}- {first.lstrip()}"
        yield from others


def _has_inside(value: object) -> bool:
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str) and bool(value)


def _text(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and text == text.strip() and isinstance(resolve(text), str)
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    """Return a text in double quotes, where YAML knows the escapes of JSON."""
    return ODD.sub(lambda odd: f"\\u{ord(odd[0]):04x}", json.dumps(text, ensure_ascii=False))
