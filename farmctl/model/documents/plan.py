"""`plans/<order>/<item>.yaml`: how one item of an order will be made. Written by farmctl."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, Strict, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from farmctl.model.digest import Digest
from farmctl.model.documents.common import (
    DigestText,
    Document,
    Filament,
    Name,
    NozzleMm,
    Pin,
    ProfilePin,
    Rows,
    Sha256,
    Tag,
    Text,
)
from farmctl.model.documents.form import Form, conflict
from farmctl.model.ids import ItemKey, item_key

AngleDeg = Annotated[float, Field(ge=-360, le=360)]
ExtentMm = Annotated[float, Field(gt=0, le=5_000)]
SettingName = Annotated[
    str,
    Form(
        "a setting", "lower-case letters, digits, underscores", "fill_density", r"[a-z0-9_]{1,127}"
    ),
]
SETTING_TYPE = "setting_type"
"""The error type of a setting's value that is neither text, number nor true/false."""


def _scalar(value: object) -> object:
    if isinstance(value, str | bool | int | float):
        return value
    raise PydanticCustomError(SETTING_TYPE, "not a setting")


Setting = Annotated[
    str | bool | int | float,
    BeforeValidator(_scalar),
    WithJsonSchema({"type": ["string", "boolean", "number"]}),
]


class PlannedModel(Document):
    """The shape that the plan was made for."""

    sha256: Sha256 = Field(description="Digest of the model's file.")

    @property
    def digest(self) -> Digest:
        """Return the digest as it is written everywhere else."""
        return Digest(f"sha256:{self.sha256}")


class Orientation(Document):
    """How the part lies on the bed."""

    rotate_deg: Annotated[tuple[AngleDeg, AngleDeg, AngleDeg], Strict(strict=False)] = Field(
        default=(0.0, 0.0, 0.0), description="Turned about x, then y, then z, in degrees."
    )
    chosen_by: Literal["person", "farmctl"] = Field(
        default="farmctl", description="Who chose it; what a person chose is kept."
    )
    why: Text | None = Field(default=None, description="Why it lies so.")


class Requirements(Document):
    """What a printer must have to make it."""

    filaments: Annotated[Rows[Filament], Field(min_length=1, max_length=16)] = Field(
        description="What must be loaded, slot by slot."
    )
    size_mm: Annotated[tuple[ExtentMm, ExtentMm, ExtentMm], Strict(strict=False)] = Field(
        description="Width, depth and height as it lies, in mm."
    )
    tags: Rows[Tag] = Field(default=(), description="Tags that the printer must have.")


class PinnedSlicer(Document):
    """The slicer that will slice it."""

    name: Name = Field(description="Its name in farm.yaml.", examples=["default"])
    digest: DigestText = Field(description="Digest of the program.")


class Variant(Document):
    """The same part on one printer class."""

    class_: Pin = Field(
        validation_alias="class", serialization_alias="class", description="The printer class."
    )
    profile: ProfilePin = Field(description="The profile.", examples=["petg-0.4-standard@1.8.2"])
    channel: Literal["production", "canary", "chosen"] = Field(
        description="The channel that the profile's version came from."
    )
    nozzle_mm: NozzleMm = Field(description="The nozzle, in mm.")
    slicer: PinnedSlicer = Field(description="The slicer.")
    settings: DigestText = Field(description="Digest of the effective settings.")


class Plan(Document):
    """How one item of an order will be made: the current revision."""

    schema_: Literal["plan/v1"] = Field(
        validation_alias="schema", serialization_alias="schema", description="`plan/v1`."
    )
    order: Name = Field(description="The order.", examples=["ord-1042"])
    item: Name = Field(description="The item of the order.", examples=["bracket"])
    revision: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        description="Counts from 1; git keeps the earlier ones."
    )
    status: Literal["draft", "approved"] = Field(
        description="Written with the status that policy gives it."
    )
    approved_by: Text | None = Field(
        default=None, description="A policy with its digest, or a person; with `approved`."
    )
    model: PlannedModel = Field(description="The shape that it was made for.")
    orientation: Orientation = Field(
        default=Orientation(), description="How the part lies on the bed."
    )
    supports: Literal["none", "auto"] = Field(
        default="none", description="Whether the slicer may add supports."
    )
    overrides: Mapping[SettingName, Setting] = Field(
        default_factory=dict, description="Slicer settings for this part alone."
    )
    requires: Requirements = Field(description="What a printer must have to make it.")
    variants: Rows[Variant] = Field(description="The same part on each class that can make it.")

    @property
    def key(self) -> ItemKey:
        """Return `ord-1042/bracket`."""
        return item_key(self.order, self.item)

    @model_validator(mode="after")
    def _says_who_approved(self) -> Self:
        if (self.status == "approved") != (self.approved_by is not None):
            raise conflict(
                "`status` and `approved_by` do not fit together",
                "an approved plan says who approved it, a draft nobody",
                "status",
            )
        return self
