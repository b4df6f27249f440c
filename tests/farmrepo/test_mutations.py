"""Every field of every document, spoiled in every way that its schema does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from farmctl.farmrepo.findings import Finding, Place
from farmctl.farmrepo.load import load
from farmctl.farmrepo.schema import schema
from farmctl.model.documents.kinds import DOCUMENTS, Kind

pytestmark = pytest.mark.pure

SAMPLES = {path.stem: path.read_text() for path in (Path(__file__).parent / "samples").iterdir()}
REFUSED = {"require_approval.*.risk", "require_approval.*.due_slack_min"}
FREE_GROUPS = {"versions", "digests", "slicers", "overrides", "parameters", "share_percent"}

SPOILERS = {
    "array": "[[]]",
    "object": "{ZZZ: {}}",
    "boolean": "true",
    "integer": "-7",
    "number": "3.25",
    "string": "'zz zz'",
    "null": "~",
}


@dataclass(frozen=True)
class Spot:
    """A value of a sample, by its way from the top, with the marks that ruamel itself puts."""

    path: tuple[Any, ...]
    key: Node | None
    value: Node
    is_in_flow: bool

    def __str__(self) -> str:
        return ".".join(str(step) for step in self.path) or "top"


def kind_of(name: str) -> Kind:
    return Kind(name.partition("-")[0])


every_sample = pytest.mark.parametrize("name", sorted(SAMPLES))


def spots(name: str) -> Iterator[Spot]:
    yield from walk((), None, YAML(typ="safe", pure=True).compose(SAMPLES[name]), False)


def walk(path: tuple[Any, ...], key: Node | None, node: Node, in_flow: bool) -> Iterator[Spot]:
    yield Spot(path, key, node, in_flow)
    if isinstance(node, MappingNode):
        for name, value in node.value:
            yield from walk((*path, name.value), name, value, bool(node.flow_style))
    if isinstance(node, SequenceNode):
        for number, value in enumerate(node.value):
            yield from walk((*path, number), None, value, bool(node.flow_style))


def findings(name: str, text: str) -> tuple[Finding, ...]:
    loaded = load(DOCUMENTS[kind_of(name)], text.encode())
    assert (loaded.document is None) == bool(loaded.findings)
    return loaded.findings


def at(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def general(path: tuple[Any, ...]) -> str:
    """Return the way with `*` for positions and for names that people choose."""
    steps = list(path)
    for number in range(len(steps)):
        is_chosen = number > 0 and steps[number - 1] in FREE_GROUPS
        if isinstance(steps[number], int) or is_chosen:
            steps[number] = "*"
    return ".".join(steps)


def allowed_types(top: Any, part: Any) -> Iterator[str]:
    if "$ref" in part:
        part = top["$defs"][part["$ref"].rpartition("/")[2]]
    for choice in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        yield from allowed_types(top, choice)
    named = part.get("type", [])
    yield from [named] if isinstance(named, str) else named
    if "const" in part or "enum" in part:
        yield "string"
    if "number" in named:
        yield "integer"


def schemas(top: Any, part: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every place that a schema describes, with what it says there."""
    if "$ref" in part:
        part = top["$defs"][part["$ref"].rpartition("/")[2]]
    yield path, part
    for choice in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        yield from ((way, said) for way, said in schemas(top, choice, path) if way != path)
    for name, inner in part.get("properties", {}).items():
        yield from schemas(top, inner, f"{path}.{name}".lstrip("."))
    chosen = part.get("patternProperties", {}).values()
    for inner in (*part.get("prefixItems", ()), part.get("items"), *chosen):
        if inner:
            yield from schemas(top, inner, f"{path}.*")


@cache
def described(kind: Kind) -> dict[str, set[str]]:
    top = schema(kind)
    types: dict[str, set[str]] = {}
    for path, part in schemas(top, top, ""):
        types.setdefault(path, set()).update(allowed_types(top, part))
    return types


@pytest.mark.parametrize("kind", Kind)
def test_the_samples_have_every_field_that_the_model_has(kind: Kind) -> None:
    names = [name for name in SAMPLES if kind_of(name) is kind]
    present = {general(spot.path) for name in names for spot in spots(name)}
    assert set(described(kind)) - REFUSED == present


@every_sample
def test_the_sample_is_a_valid_document(name: str) -> None:
    assert findings(name, SAMPLES[name]) == ()


@every_sample
def test_a_wrong_type_is_found_at_the_place_of_the_value(name: str) -> None:
    text = SAMPLES[name]
    tried = 0
    for spot in spots(name):
        allowed = described(kind_of(name))[general(spot.path)]
        for spoilt, spoiler in SPOILERS.items():
            if spoilt in allowed:
                continue
            spoiled = replaced(text, spot.value, spoiler)
            found = findings(name, spoiled)
            assert at(spot.value.start_mark) in [each.place for each in found], (str(spot), spoilt)
            assert "invalid" not in [each.code for each in found], (str(spot), spoilt)
            tried += 1
    assert tried > 40


def replaced(text: str, node: Node, spoiler: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    body = text[start:end]
    white_space_after = body[len(body.rstrip()) :]
    return text[:start] + spoiler + white_space_after + text[end:]


@every_sample
def test_an_unknown_neighbour_of_any_key_is_found_at_the_place_of_its_key(name: str) -> None:
    text = SAMPLES[name]
    for spot in (each for each in spots(name) if each.key is not None):
        start, column = spot.key.start_mark.index, spot.key.start_mark.column
        glue = ", " if spot.is_in_flow else "\n" + " " * column
        found = findings(name, f"{text[:start]}ZZZ: 1{glue}{text[start:]}")
        at_key = [each for each in found if each.place == at(spot.key.start_mark)]
        assert [each.code for each in at_key][:1] in (["unknown-key"], ["wrong-form"]), str(spot)
        assert [each.code for each in at_key] != ["wrong-form"] or FREE_GROUPS & set(spot.path)


@every_sample
def test_a_misspelt_key_is_answered_with_the_right_one(name: str) -> None:
    text = SAMPLES[name]
    for spot in (each for each in spots(name) if each.key is not None):
        if len(spot.path) > 1 and spot.path[-2] in FREE_GROUPS:
            continue
        end = spot.key.end_mark.index
        found = findings(name, f"{text[:end]}x{text[end:]}")
        mends = {each.mend for each in found if each.place == at(spot.key.start_mark)}
        assert f"did you mean `{spot.path[-1]}`?" in mends, str(spot)


@every_sample
def test_a_key_that_is_there_twice_is_found_at_the_second(name: str) -> None:
    text = SAMPLES[name]
    for spot in (each for each in spots(name) if each.key is not None):
        start, column = spot.key.start_mark.index, spot.key.start_mark.column
        glue = ", " if spot.is_in_flow else "\n" + " " * column
        first = f"{spot.key.value}: 1{glue}"
        twice = text[:start] + first + text[start:]
        line = spot.key.start_mark.line + (0 if spot.is_in_flow else 1)
        place = Place(line + 1, column + 1 + (len(first) if spot.is_in_flow else 0))
        assert (place, "duplicate-key") in [
            (each.place, each.code) for each in findings(name, twice)
        ], str(spot)


@every_sample
def test_every_truncation_is_a_finding_or_a_valid_document(name: str) -> None:
    raw = SAMPLES[name].encode()
    for length in range(len(raw)):
        loaded = load(DOCUMENTS[kind_of(name)], raw[:length])
        assert (loaded.document is None) == bool(loaded.findings)
        if not raw[:length].endswith(b"\n"):
            codes = {each.code for each in loaded.findings}
            assert codes & {"half-saved", "empty"}, length


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_no_edit_of_a_document_ends_in_a_traceback(name: str, data: st.DataObject) -> None:
    raw = SAMPLES[name].encode()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 9)))
    patch = data.draw(
        st.binary(max_size=6)
        | st.text(alphabet="[]{}:,-?&*!|>'\"%@`#~. \n\tan01", max_size=6).map(str.encode)
    )
    loaded = load(DOCUMENTS[kind_of(name)], raw[:start] + patch + raw[end:])
    assert (loaded.document is None) == bool(loaded.findings)
    assert all(each.message and each.mend for each in loaded.findings)
