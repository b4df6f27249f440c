"""The pages of `docs/documents/`: every field of every document, from the models that read them."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterator
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from farmctl.cli.schema import PLACES
from farmctl.farmrepo.emit import flow
from farmctl.model.documents.common import Document
from farmctl.model.documents.form import Form
from farmctl.model.documents.kinds import DOCUMENTS, Kind
from scripts.docs.markdown import NOTICE, code, table
from scripts.docs.words import forms_in, words_of

ROOT = Path(__file__).parents[2]

EXAMPLES = {
    Kind.FARM: "farm.yaml",
    Kind.CLASS: "profiles/classes/voron-350/class.yaml",
    Kind.PROFILE: "profiles/petg-0.4-standard/profile.yaml",
    Kind.POLICY: "policies/default.yaml",
    Kind.ORDER: "orders/ord-1.yaml",
    Kind.PLAN: "docs/documents/plan-example.yaml",
    Kind.GOLDEN: "golden_models/bridges.yaml",
}
"""A real file of each kind."""

HEAD = {
    Kind.FARM: "farm.yaml",
    Kind.CLASS: "Printer class",
    Kind.PROFILE: "Profile",
    Kind.POLICY: "Policy",
    Kind.ORDER: "Order",
    Kind.PLAN: "Build plan",
    Kind.GOLDEN: "Golden model",
}


def documents_page() -> str:
    """Return the list of the documents."""
    rows = [(f"[{HEAD[kind]}]({kind}.md)", code(PLACES[kind][0]), PLACES[kind][1]) for kind in Kind]
    return (
        f"{NOTICE}# Documents\n\n"
        "What stands in a farm's repository: strict YAML 1.2.\n"
        "An unknown key, a missing one or a value of another type is a diagnostic with file, line "
        "and column; `farmctl validate` shows all of them at once.\n"
        "`farmctl schema KIND` prints the JSON Schema; editors find it by the first line of the "
        "files that `farmctl init` makes.\n\n"
        + table(("Document", "File", "What it is"), rows)
        + _forms()
    )


def _forms() -> str:
    """Return the forms that texts in documents must have."""
    fields = [
        field
        for kind in Kind
        for group in _groups(DOCUMENTS[kind])
        for field in group.model_fields.values()
    ]
    found = {form.what: form for field in fields for form in _forms_of(field)}
    rows = [(form.what, form.rule, code(form.example)) for _, form in sorted(found.items())]
    heads = ("What", "Made of", "For example")
    return f"\n## Forms\n\nWhat a text must look like:\n\n{table(heads, rows)}"


def _forms_of(field: FieldInfo) -> Iterator[Form]:
    yield from (mark for mark in field.metadata if isinstance(mark, Form))
    yield from forms_in(field.annotation)


def document_page(kind: Kind) -> str:
    """Return the page of a document."""
    model = DOCUMENTS[kind]
    groups = list(_groups(model))
    parts = [
        f"{NOTICE}# {HEAD[kind]}\n\n{code(PLACES[kind][0])}: {PLACES[kind][1]}.\n",
        f"JSON Schema: `farmctl schema {kind}`.\nAll kinds: [documents](README.md).\n",
        *(_section(group) for group in groups),
        "## An example\n\n```yaml\n" + _example(kind) + "```\n",
    ]
    return "\n".join(parts)


def _example(kind: Kind) -> str:
    lines = (ROOT / EXAMPLES[kind]).read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("# yaml-language-server"))


def _groups(model: type[Document]) -> list[type[Document]]:
    """Return a document and all groups in it, each once, as they come."""
    found = [model]
    for group in found:
        for field in group.model_fields.values():
            found += [each for each in _inside(field.annotation) if each not in found]
    return found


def _inside(kind: object) -> Iterator[type[Document]]:
    if isinstance(kind, type) and issubclass(kind, Document):
        yield kind
    for part in typing.get_args(kind):
        yield from _inside(part)


def _section(group: type[Document]) -> str:
    said = inspect.cleandoc(group.__doc__ or "")
    rows = [_row(name, field) for name, field in group.model_fields.items()]
    heads = ("Key", "May hold", "Meaning", "Left out")
    return f"## {group.__name__}\n\n{said}\n\n{table(heads, rows)}"


def _row(name: str, field: FieldInfo) -> tuple[str, str, str, str]:
    key = field.validation_alias if isinstance(field.validation_alias, str) else name
    meaning = re.sub(r"\s+", " ", field.description or "")
    if not _may_be_used(field):
        return code(key), "nothing yet", meaning, ""
    example = f" For example {code(flow(field.examples[0]))}." if field.examples else ""
    return code(key), words_of(field), f"{meaning}{example}", _default(field)


def _may_be_used(field: FieldInfo) -> bool:
    return field.annotation is not type(None)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True, validated_data={})
    return _said(value)


def _said(value: object) -> str:
    if value is None or value is PydanticUndefined:
        return "none"
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, Document):
        return ", ".join(f"{key}: {_said(getattr(value, key))}" for key in type(value).model_fields)
    return code(flow(value)) if value else "empty"
