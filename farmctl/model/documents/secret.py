"""Where secrets are found. A secret itself never stands in a document."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from farmctl.model.documents.common import Document, Text
from farmctl.model.documents.form import Form, conflict

Variable = Annotated[
    str,
    Form("a variable's name", "letters, digits, underscores", "VORON1_KEY", r"[A-Za-z_]\w{0,126}"),
]


class SecretReference(Document):
    """Where a secret is found. The secret itself never stands in a document."""

    env: Variable | None = Field(default=None, description="An environment variable.")
    file: Text | None = Field(default=None, description="A file with mode 0600.")
    keyring: Text | None = Field(default=None, description="`service/user` in the keyring.")

    @model_validator(mode="after")
    def _names_one_place(self) -> Self:
        if sum(place is not None for place in (self.env, self.file, self.keyring)) != 1:
            raise conflict(
                "a secret is found in exactly one place",
                "keep one of `env`, `file` and `keyring`",
            )
        return self
