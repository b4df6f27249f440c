"""`profiles/<name>/profile.yaml`: slicer settings for a material, a nozzle and a quality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from farmctl.model.documents.common import (
    MATERIAL,
    Document,
    Name,
    NozzleMm,
    ProfileName,
    Program,
    Quality,
    Rows,
    Semver,
    Version,
)

RESERVED_NAMES = frozenset({"classes", "slicers"})
"""Folders beside the profiles that are none."""


class Production(Document):
    """The version that everything is made with."""

    version: Semver = Field(description="Which version.", examples=["1.8.2"])


class Canary(Document):
    """A version that is tried on some printers or for some plates first."""

    version: Semver = Field(description="Which version.", examples=["1.9.0"])
    printers: Rows[Name] = Field(default=(), description="The printers that try it.")
    plates: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="How many plates try it."
    )


class Channels(Document):
    """Which version is used where."""

    production: Production | None = Field(default=None, description="What is made as a rule.")
    canary: Canary | None = Field(default=None, description="What is tried first.")


class Profile(Document):
    """Versioned slicer settings. The settings themselves are in `<version>.ini`."""

    schema_: Literal["profile/v1"] = Field(
        validation_alias="schema", serialization_alias="schema", description="`profile/v1`."
    )
    name: ProfileName = Field(
        description="Its name, the same as its folder's.", examples=["petg-0.4-standard"]
    )
    program: Program = Field(description="The slicer that its .ini files are for.")
    material: Annotated[str, MATERIAL] = Field(description="The material.", examples=["PETG"])
    nozzle_mm: NozzleMm = Field(description="The nozzle, in mm.")
    quality: Quality = Field(description="How fine.")
    classes: Annotated[Rows[ProfileName], Field(min_length=1)] = Field(
        description="The printer classes it is for."
    )
    versions: Mapping[Semver, Version] = Field(description="Its released .ini files.")
    channels: Channels = Field(default=Channels(), description="Which version is used where.")
