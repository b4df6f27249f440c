"""`profiles/classes/<name>/class.yaml`: a kind of printer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Strict, model_validator
from pydantic import Tag as Case

from farmctl.model.documents.common import (
    Document,
    NozzleMm,
    ProfileName,
    Program,
    Rows,
    Semver,
    Tag,
    Version,
)
from farmctl.model.documents.form import Form, conflict

Macro = Annotated[
    str,
    Form(
        "a macro's name",
        "letters, digits and underscores",
        "PRINT_START",
        r"[A-Za-z_][A-Za-z0-9_]{0,62}",
    ),
]
LengthMm = Annotated[float, Field(gt=0, le=5_000)]
CoordinateMm = Annotated[float, Field(ge=-5_000, le=5_000)]
PointMm = Annotated[tuple[CoordinateMm, CoordinateMm], Strict(strict=False)]
SizeMm = Annotated[tuple[LengthMm, LengthMm], Strict(strict=False)]
PolygonMm = Annotated[Rows[PointMm], Field(min_length=3, max_length=100)]


def _bed_form(value: object) -> str:
    is_polygon = isinstance(value, list | tuple) and any(
        isinstance(each, list | tuple) for each in value
    )
    return "polygon" if is_polygon else "size"


class LimitsC(Document):
    """The hottest that g-code may ask for, in °C."""

    nozzle: Annotated[float, Field(gt=0, le=600)] = Field(description="Of the nozzle, in °C.")
    bed: Annotated[float, Field(gt=0, le=300)] = Field(description="Of the bed, in °C.")


class PrinterClass(Document):
    """A kind of printer: what the farm must know. Limits and g-code are in `<version>.ini`."""

    schema_: Literal["class/v1"] = Field(
        validation_alias="schema", serialization_alias="schema", description="`class/v1`."
    )
    name: ProfileName = Field(
        description="Its name, the same as its folder's.", examples=["voron-350"]
    )
    program: Program = Field(description="The slicer that its .ini files are for.")
    bed_mm: Annotated[
        Annotated[SizeMm, Case("size")] | Annotated[PolygonMm, Case("polygon")],
        Discriminator(_bed_form),
    ] = Field(description="Width and depth, or the corners of the bed, in mm.")
    height_mm: LengthMm = Field(description="How high a part may be, in mm.")
    nozzles_mm: Annotated[Rows[NozzleMm], Field(min_length=1)] = Field(
        description="The nozzles that its printers may have, in mm."
    )
    capabilities: Rows[Tag] = Field(
        default=(), description="What its printers have.", examples=[["enclosure"]]
    )
    max_c: LimitsC = Field(description="The hottest that g-code may ask for.")
    max_flow_mm3_s: Annotated[float, Field(gt=0, le=1_000)] | None = Field(
        default=None, description="What the hotend melts, in mm³/s.", examples=[12]
    )
    macros: Rows[Macro] = Field(
        default=(),
        description="The macros that its printers have, beside the firmware's own commands.",
        examples=[["PRINT_START", "PRINT_END"]],
    )
    versions: Mapping[Semver, Version] = Field(description="Its released .ini files.")

    @property
    def bed_outline_mm(self) -> tuple[PointMm, ...]:
        """Return the corners of the bed in mm; a width and depth begin at 0, 0."""
        match self.bed_mm:
            case (float(width_mm), float(depth_mm)):
                return ((0.0, 0.0), (width_mm, 0.0), (width_mm, depth_mm), (0.0, depth_mm))
            case corners:
                return corners

    @property
    def size_mm(self) -> tuple[float, float]:
        """Return width and depth of the smallest rectangle around the bed, in mm."""
        xs, ys = zip(*self.bed_outline_mm, strict=True)
        return max(xs) - min(xs), max(ys) - min(ys)

    @model_validator(mode="after")
    def _bed_has_an_area(self) -> Self:
        if _area_mm2(self.bed_outline_mm) <= 0:
            raise conflict(
                "the corners of the bed enclose nothing",
                "write the corners in order around the bed",
                "bed_mm",
            )
        return self


def _area_mm2(corners: tuple[PointMm, ...]) -> float:
    """Return the area of a polygon by the shoelace formula, whichever way it turns."""
    following = (*corners[1:], corners[0])
    return abs(
        sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(corners, following, strict=True)) / 2
    )
