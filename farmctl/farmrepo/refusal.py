"""What a model refused, in terms of the document that was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from pydantic_core import ErrorDetails

from farmctl.farmrepo.findings import Path
from farmctl.farmrepo.schema import keys_at
from farmctl.farmrepo.suggest import close_to
from farmctl.farmrepo.yaml import Parsed
from farmctl.model.documents.kinds import Kind


class Refusal(Struct, frozen=True):
    """One value that a model refused.

    Args:
        kind: The kind of the document.
        type: Why it was refused, by the library's name.
        path: The way to the value, as far as the document goes.
        rest: What of the way is not in the document: the name of what is missing.
        given: The value.
        words: What the error says about itself.
        at_key: Whether the key is wrong, not the value.
    """

    kind: Kind
    type: str
    path: Path
    rest: Path
    given: object
    words: Mapping[str, Any]
    at_key: bool

    @property
    def name(self) -> str:
        """Return what people call the place: the key, or the entry of a list."""
        if not self.path:
            return "the document"
        last = self.path[-1]
        if isinstance(last, str):
            return f"`{last}`"
        around = next((step for step in reversed(self.path) if isinstance(step, str)), "the list")
        return f"entry {last + 1} of `{around}`"

    @property
    def known(self) -> tuple[str, ...]:
        """Return the keys that the group of an unknown key may have."""
        return keys_at(self.kind, self.path[:-1])

    @property
    def meant(self) -> Path | None:
        """Return the way to what an unknown key was probably meant to be."""
        if self.type != "extra_forbidden":
            return None
        close = close_to(str(self.path[-1]), self.known)
        return (*self.path[:-1], close) if close else None

    @property
    def lacks(self) -> Path:
        """Return the way to what is missing; () when something is wrong instead."""
        return (*self.path, *self.rest) if self.type == "missing" else ()


def refusal_of(error: ErrorDetails, kind: Kind, parsed: Parsed) -> Refusal:
    """Return what an error of the validating library is about in the document."""
    words = error.get("ctx", {})
    steps = (*error["loc"], *words.get("at", ()))
    path: Path = ()
    rest: Path = ()
    for step in steps:
        if (*path, step) in parsed.values:
            path = (*path, step)
        else:  # what is missing, or the case of a union: no part of the document
            rest = (*rest, step)
    at_key = error["type"] == "extra_forbidden" or "[key]" in rest
    return Refusal(kind, error["type"], path, rest, error["input"], words, at_key)
