"""From the bytes of a file to a document, or to everything that is wrong with it."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct
from pydantic import ValidationError

from farmctl.farmrepo.complaints import complaints
from farmctl.farmrepo.findings import Finding
from farmctl.farmrepo.yaml import Parsed, Value, parse
from farmctl.model.documents.common import Document
from farmctl.model.documents.kinds import kind_of

D = TypeVar("D", bound=Document)


class Loaded(Struct, Generic[D], frozen=True):
    """A document, or None with findings; and what was parsed, for places."""

    document: D | None
    parsed: Parsed
    findings: tuple[Finding, ...] = ()


def load(model: type[D], raw: bytes) -> Loaded[D]:
    """Return the document that these bytes are, with everything that is wrong, in reading order."""
    parsed = parse(raw)
    findings = list(parsed.findings)
    document = None
    if parsed.is_readable:
        known = {each.place for each in findings}
        try:
            document = validate(model, parsed.value)
        except ValidationError as error:  # what a misread value brings with it is not said twice
            made = complaints(error, kind_of(model), parsed)
            findings += [each for each in made if each.place not in known]
    findings.sort(key=lambda each: (each.place, each.code, each.message))
    return Loaded(None if findings else document, parsed, tuple(findings))


def validate(model: type[D], value: Value) -> D:
    """Return the document with this value. Raises pydantic's ValidationError."""
    return model.model_validate(value, by_alias=True, by_name=False)
