"""Golden models and the shapes they are made from, as rows and items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from farmctl.model.documents.golden import CountsFor, Expectations, Golden
from farmctl.model.golden import SHAPES, Parameter, Value


def golden_items(models: Mapping[str, Golden]) -> list[dict[str, Any]]:
    """Return golden models as items of a JSON list."""
    return [
        {
            "name": name,
            "shows": each.shows,
            "model": each.model.shape or each.model.path,
            "parameters": dict(each.model.parameters),
            "sha256": each.model.sha256,
            "supports": each.supports,
            "counts_for": each.counts_for.model_dump(mode="json"),
            "bounds": len(_bounded(each.expect)),
        }
        for name, each in sorted(models.items())
    ]


def golden_rows(items: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return the same as rows of a table."""
    return [
        [
            each["name"],
            str(each["model"]),
            _counts_for(CountsFor.model_validate(each["counts_for"])),
            str(each["bounds"]),
            each["shows"],
        ]
        for each in items
    ]


def _bounded(expect: Expectations) -> list[str]:
    said = [name for name in expect.model_fields_set if name != "share_percent"]
    return [*said, *expect.share_percent]


def _counts_for(rule: CountsFor) -> str:
    groups = (rule.profiles, rule.materials, rule.qualities, rule.classes)
    words = [each for group in groups for each in group]
    return ", ".join(words) or "all"


def shape_items() -> list[dict[str, Any]]:
    """Return the shapes as items of a JSON list."""
    return [
        {
            "name": name,
            "shows": shape.what,
            "parameters": {
                key: {
                    "what": each.what,
                    "default": each.default,
                    "least": each.least,
                    "most": each.most,
                }
                for key, each in shape.parameters.items()
            },
        }
        for name, shape in SHAPES.items()
    ]


def shape_lines() -> Iterator[str]:
    """Yield each shape with what can be chosen of it below."""
    for name, shape in SHAPES.items():
        yield f"{name}: {shape.what}"
        for key, each in shape.parameters.items():
            yield f"    {key}: {each.what} {_bounds(each)} [{_said(each.default)}]"


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{each:g}" for each in value)
    return f"{value:g}"


def _bounds(each: Parameter) -> str:
    return f"{each.least:g} to {each.most:g}"
