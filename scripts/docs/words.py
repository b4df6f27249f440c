"""What may stand in a field of a document, in words, from its type."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias, Union

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic.fields import FieldInfo

from farmctl.model.digest import Digest
from farmctl.model.documents.common import MOMENT, Document
from farmctl.model.documents.form import Form, OneOf
from scripts.docs.markdown import code

Kind: TypeAlias = Any  # a type as it is annotated; Python has no name for these
PLAIN = {str: "text", int: "a whole number", float: "a number", Digest: "a digest"}


def words_of(field: FieldInfo) -> str:
    """Return what a field may hold."""
    return words(field.annotation, tuple(field.metadata))


def words(kind: Kind, marks: tuple[Any, ...] = ()) -> str:
    """Return what a type with its marks may hold."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        return words(inside[0], (*inside[1:], *marks))
    for mark in marks:
        if isinstance(mark, Form):
            return f"[{mark.what}](README.md#forms)"
        if isinstance(mark, OneOf):
            return _one_of(mark.known)
    if origin is Literal:
        return _one_of(inside)
    if origin in (Union, types.UnionType):
        return _either(inside)
    if origin is tuple:
        return _list(inside, marks)
    if origin is not None and issubclass(origin, Mapping):
        return f"a group: {words(inside[0])} → {words(inside[1])}"
    return _plain(kind) + _bounds(marks)


def _plain(kind: Kind) -> str:
    if kind is bool:
        return "`true` or `false`"
    if kind is datetime:
        return f"[{MOMENT.what}](README.md#forms)"
    if isinstance(kind, type) and issubclass(kind, Document):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    return PLAIN[kind]


def _one_of(values: Iterable[str]) -> str:
    return ", ".join(code(value) for value in values)


def _either(kinds: tuple[Any, ...]) -> str:
    if set(kinds) == {str, bool, int, float}:
        return "text, a number, `true` or `false`"
    return " or ".join(words(each) for each in kinds if each is not types.NoneType)


def _list(inside: tuple[Any, ...], marks: tuple[Any, ...]) -> str:
    if inside[-1] is not Ellipsis:
        return f"a list of {len(inside)}, each {words(inside[0])}"
    return f"a list of {_count(marks)}{words(inside[0])}"


def _count(marks: tuple[Any, ...]) -> str:
    """Return how many rows a list may have, with a blank behind."""
    least = next((each.min_length for each in _flat(marks) if isinstance(each, MinLen)), None)
    most = next((each.max_length for each in _flat(marks) if isinstance(each, MaxLen)), None)
    if least is None:
        return ""
    return f"{least:,} or more × " if most is None else f"{least:,} to {most:,} × "


def _bounds(marks: tuple[Any, ...]) -> str:
    """Return between what a number must be, with a blank before."""
    said = [text for mark in _flat(marks) for text in _bound(mark)]
    return f" {', '.join(said)}" if said else ""


def _flat(marks: tuple[Any, ...]) -> Iterator[object]:
    for mark in marks:
        yield from mark.metadata if isinstance(mark, FieldInfo) else (mark,)


def _bound(mark: object) -> Iterator[str]:
    match mark:
        case Gt(gt=low):
            yield f"above {low:,}"
        case Ge(ge=low):
            yield f"from {low:,}"
        case Le(le=high):
            yield f"up to {high:,}"


def forms_in(kind: Kind) -> Iterator[Form]:
    """Yield the forms that a type asks for, at any depth."""
    if kind is datetime:
        yield MOMENT
    for part in typing.get_args(kind):
        yield from (part,) if isinstance(part, Form) else forms_in(part)
