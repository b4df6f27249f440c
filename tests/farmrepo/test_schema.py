"""The JSON Schemas say what the models say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farmctl.farmrepo.schema import DIALECT, keys_at, schema, schema_files
from farmctl.farmrepo.yaml import parse
from farmctl.model.documents.kinds import DOCUMENTS, Kind

pytestmark = pytest.mark.pure

# The vocabularies of draft 2020-12 that are used here, and the shape that each keyword's value has.
KEYWORDS: dict[str, type | tuple[type, ...]] = {
    "$schema": str,
    "$id": str,
    "$defs": dict,
    "$ref": str,
    "title": str,
    "description": str,
    "default": object,
    "examples": list,
    "type": (str, list),
    "const": object,
    "enum": list,
    "anyOf": list,
    "oneOf": list,
    "not": dict,
    "properties": dict,
    "patternProperties": dict,
    "additionalProperties": (bool, dict),
    "required": list,
    "items": (dict, bool),
    "prefixItems": list,
    "minItems": int,
    "maxItems": int,
    "pattern": str,
    "format": str,
    "minimum": (int, float),
    "maximum": (int, float),
    "exclusiveMinimum": (int, float),
}
TYPES = {"string", "integer", "number", "boolean", "array", "object", "null"}
GROUPS = ("$defs", "properties", "patternProperties")
LISTS = ("anyOf", "oneOf", "prefixItems")


def inner(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield part
    for key, value in part.items():
        below = list(value.values()) if key in GROUPS else value if key in LISTS else []
        if key in {"items", "not", "additionalProperties"} and isinstance(value, dict):
            below = [value]
        for each in below:
            yield from inner(each)


@pytest.mark.parametrize("kind", Kind)
def test_the_schema_is_one_of_draft_2020_12(kind: Kind) -> None:
    top = json.loads(json.dumps(schema(kind)))
    assert top["$schema"] == DIALECT
    for part in inner(top):
        for keyword, value in part.items():
            assert isinstance(value, KEYWORDS[keyword]), keyword
        for named in [part.get("type", [])]:
            assert {named} <= TYPES if isinstance(named, str) else set(named) <= TYPES
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/$defs/") in top["$defs"]
        if "pattern" in part:
            assert re.compile(part["pattern"])
        assert set(part.get("required", [])) <= set(part.get("properties", {}))


@pytest.mark.parametrize("kind", Kind)
def test_every_field_is_described_and_nothing_unknown_is_allowed(kind: Kind) -> None:
    top = schema(kind)
    for part in inner(dict(top)):
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
        for name, field in part.get("properties", {}).items():
            group = top["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
            said = field.get("description") or group.get("description", "")
            assert said.endswith("."), f"{kind}: {name}"


def accepts(top: dict[str, Any], part: dict[str, Any], value: Any) -> bool:
    """Return whether a value fits a schema: a small reader of its own, to hold against the models."""
    if "$ref" in part:
        return accepts(top, top["$defs"][part["$ref"].rpartition("/")[2]], value)
    choices = part.get("anyOf") or part.get("oneOf")
    if choices:
        return any(accepts(top, each, value) for each in choices)
    named = part["type"] if isinstance(part["type"], list) else [part["type"]]
    if type_of(value) not in {*named, *(["integer"] if "number" in named else [])}:
        return False
    if value not in part.get("enum", [part.get("const", value)]):
        return False
    if isinstance(value, dict):
        return fits_group(top, part, value)
    if isinstance(value, list):
        return fits_list(top, part, value)
    return not isinstance(value, str) or bool(re.search(part.get("pattern", ""), value))


def fits_list(top: dict[str, Any], part: dict[str, Any], value: list[Any]) -> bool:
    rows = part.get("prefixItems") or [part["items"]] * len(value)
    limits = (part.get("minItems", 0), part.get("maxItems", len(value)))
    is_long_enough = limits[0] <= len(value) <= limits[1]
    return is_long_enough and all(map(lambda s, v: accepts(top, s, v), rows, value))


def fits_group(top: dict[str, Any], part: dict[str, Any], value: dict[str, Any]) -> bool:
    return set(part.get("required", [])) <= set(value) and all(
        any(accepts(top, each, inside) for each in fields_of(part, key))
        for key, inside in value.items()
    )


def fields_of(part: dict[str, Any], key: str) -> list[dict[str, Any]]:
    if key in part.get("properties", {}):
        return [part["properties"][key]]
    return [s for form, s in part.get("patternProperties", {}).items() if re.search(form, key)]


def type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return names.get(type(value), "null" if value is None else "object")


@pytest.mark.parametrize("path", sorted((Path(__file__).parent / "samples").iterdir()))
def test_the_samples_fit_their_schemas(path: Path) -> None:
    kind = Kind(path.stem.partition("-")[0])
    top = json.loads(json.dumps(schema(kind)))
    value = parse(path.read_bytes()).value
    assert accepts(top, top, value)
    assert isinstance(value, dict)
    assert not accepts(top, top, {**value, "zzz": 1})
    for key in DOCUMENTS[kind].model_json_schema(by_alias=True)["required"]:
        assert not accepts(top, top, {k: v for k, v in value.items() if k != key})


def test_keys_are_known_at_every_depth() -> None:
    assert keys_at(Kind.ORDER, ("items", 3, "model")) == ("path", "sha256")
    assert keys_at(Kind.FARM, ("slicers", "default")) == ("digests", "program", "version")
    assert keys_at(Kind.PROFILE, ("channels", "canary")) == ("plates", "printers", "version")
    assert keys_at(Kind.FARM, ("name",)) == ()
    assert keys_at(Kind.FARM, ("nowhere", "at", "all")) == ()


def test_the_files_are_the_same_each_time() -> None:
    assert schema_files() == schema_files()
    assert sorted(schema_files()) == sorted(f"schemas/{kind}.json" for kind in Kind)
