"""What form a text in a document must have, said once for the check, the schema and people."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

FORM = "form"
"""The error type of a text in the wrong form; its context has `what`, `rule`, `example`."""

NOT_LISTED = "not_listed"
"""The error type of a name outside a closed list; its context has `known`."""

CONFLICT = "conflict"
"""The error type of fields that do not fit together; its context has `message`, `mend`, `at`."""


class Form(Struct, frozen=True):
    """A form that a text must have; stands in `Annotated[str, …]`.

    Args:
        what: What such a text is called, with its article.
        rule: What it is made of, for a person.
        example: One that has the form.
        pattern: The form, matched against the whole text.
    """

    what: str
    rule: str
    example: str
    pattern: str

    def check(self, text: str) -> str:
        """Return `text`. Raises PydanticCustomError when it has another form."""
        if re.fullmatch(self.pattern, text, re.ASCII):
            return text
        raise self.refusal()

    def refusal(self) -> PydanticCustomError:
        """Return the error that says what was expected."""
        words = {"what": self.what, "rule": self.rule, "example": self.example}
        return PydanticCustomError(FORM, "not {what}", words)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(core_schema) | {"pattern": f"^(?:{self.pattern})$"}


class OneOf(Struct, frozen=True):
    """A closed list that a name must be in, where the list is made by a table."""

    known: tuple[str, ...]

    def check(self, text: str) -> str:
        """Return `text`. Raises PydanticCustomError when it is not in the list."""
        if text in self.known:
            return text
        raise PydanticCustomError(NOT_LISTED, "not in the list", {"known": list(self.known)})

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(core_schema) | {"enum": list(self.known)}


def conflict(message: str, mend: str, *at: str | int) -> PydanticCustomError:
    """Return the error for fields that do not fit together; `at` leads to the one to change."""
    words = {"message": message, "mend": mend, "at": list(at)}
    return PydanticCustomError(CONFLICT, "{message}", words)
