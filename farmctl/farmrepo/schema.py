"""JSON Schemas (draft 2020-12) of the documents, made from the same models that read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from farmctl.farmrepo.findings import Path
from farmctl.model.documents.kinds import DOCUMENTS, Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = "schemas"
"""Where `init` puts the schemas in a farm, so that editors find them without a network."""

Schema = Mapping[str, Any]


@cache
def schema(kind: Kind) -> Schema:
    """Return the JSON Schema of a kind of document."""
    made = DOCUMENTS[kind].model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, "$id": f"farmctl:{kind}/v1", **_closed(made)}


def _closed(part: Schema) -> dict[str, Any]:
    """Return a schema whose groups with chosen keys allow none in another form."""
    closed = {key: _closed_inside(value) for key, value in part.items()}
    return closed | ({"additionalProperties": False} if "patternProperties" in part else {})


def _closed_inside(value: object) -> object:
    if isinstance(value, list):
        return [_closed_inside(each) for each in value]
    return _closed(value) if isinstance(value, dict) else value


def schema_file(kind: Kind) -> str:
    """Return the path of a kind's schema in a farm."""
    return f"{FOLDER}/{kind}.json"


def schema_files() -> Mapping[str, bytes]:
    """Return the schemas as files of a farm."""
    return {schema_file(kind): _render(schema(kind)) for kind in Kind}


def _render(made: Schema) -> bytes:
    return (json.dumps(made, indent=2, ensure_ascii=False) + "\n").encode()


def keys_at(kind: Kind, path: Path) -> tuple[str, ...]:
    """Return the keys that a document may have in the group at `path`, sorted."""
    top = schema(kind)
    parts = [top]
    for step in path:
        parts = [inner for part in parts for inner in _inner(top, part, step)]
    return tuple(sorted({key for part in parts for key in part.get("properties", ())}))


def _inner(top: Schema, part: Schema, step: str | int) -> Iterator[Schema]:
    """Yield the schemas of what stands at one step below `part`."""
    if isinstance(step, int):
        rows = part.get("prefixItems", ())
        candidates = rows[step : step + 1] or [part.get("items", {})]
    elif step in part.get("properties", {}):
        candidates = [part["properties"][step]]
    else:
        candidates = list(part.get("patternProperties", {}).values())
    for each in candidates:
        yield from _plain(top, each)


def _plain(top: Schema, part: Schema) -> Iterator[Schema]:
    """Yield the schemas that a reference or a choice stands for."""
    if "$ref" in part:
        yield from _plain(top, top["$defs"][part["$ref"].rpartition("/")[2]])
    for choice in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        yield from _plain(top, choice)
    yield part
