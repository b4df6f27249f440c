"""`golden_models/<name>.yaml`: a reference part, and what must hold when it is sliced."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, model_validator
from pydantic import Tag as Case

from farmctl.model.digest import Digest
from farmctl.model.documents.common import (
    MATERIAL,
    Document,
    FarmPath,
    Name,
    ProfileName,
    Quality,
    Rows,
    Sha256,
    Text,
)
from farmctl.model.documents.form import Form, OneOf, conflict
from farmctl.model.golden import SHAPES, Value, wrong_choice

_FIGURE = r"(?:0|[1-9]\d{0,11})(?:\.\d{1,6})?"
RANGE = Form(
    "a range",
    "lowest..highest, where either may be left out",
    "19.8..20.2",
    rf"{_FIGURE}\.\.(?:{_FIGURE})?|\.\.{_FIGURE}",
)
CHANGE = Form("a change", "a number and a percent sign", "5%", r"\d{1,4}(?:\.\d{1,2})?%")


def _form(value: object) -> str:
    return "list" if isinstance(value, list | tuple) else "number"


Numbers = Annotated[
    Annotated[float, Case("number")] | Annotated[Rows[float], Case("list")], Discriminator(_form)
]
ParameterName = Annotated[
    str,
    Form("a parameter", "lower-case letters and underscores", "spans_mm", "[a-z][a-z0-9_]{0,40}"),
]
Feature = Annotated[
    str,
    Form(
        "a feature",
        "as the slicer calls it, in lower case with dashes",
        "external-perimeter",
        "[a-z][a-z0-9-]{0,40}",
    ),
]


class GoldenShape(Document):
    """What the part is: a shape made by code, or a file; and the digest of its STL."""

    shape: Annotated[str, OneOf(tuple(SHAPES))] | None = Field(
        default=None, description="A shape that farmctl makes: `farmctl golden shapes`."
    )
    parameters: Mapping[ParameterName, Numbers] = Field(
        default_factory=dict, description="What is chosen of the shape.", examples=[{"size_mm": 20}]
    )
    path: FarmPath | None = Field(
        default=None, description="A file of the farm in place of a shape."
    )
    sha256: Sha256 = Field(
        description="Digest of the STL: `farmctl golden pin` writes it for a shape."
    )

    @property
    def digest(self) -> Digest:
        """Return the digest as it is written everywhere else."""
        return Digest(f"sha256:{self.sha256}")

    @property
    def chosen(self) -> Mapping[str, Value]:
        """Return the parameters that are said."""
        return dict(self.parameters)

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.shape is None) == (self.path is None):
            raise conflict("a golden model is a shape or a file", "keep one of `shape` and `path`")
        if self.shape is None and self.parameters:
            raise conflict("only a shape has parameters", "leave them out", "parameters")
        for name, value in self.parameters.items():
            why = wrong_choice(SHAPES[self.shape or ""], name, value)
            if why is not None:
                raise conflict(f"{self.shape}: {why}", "farmctl golden shapes", "parameters", name)
        return self


class CountsFor(Document):
    """For which profiles and classes a golden model counts; what is left out allows all."""

    profiles: Rows[ProfileName] = Field(default=(), description="These profiles alone.")
    materials: Rows[Annotated[str, MATERIAL]] = Field(
        default=(), description="Profiles of these materials alone."
    )
    qualities: Rows[Quality] = Field(default=(), description="Profiles of these qualities alone.")
    classes: Rows[ProfileName] = Field(default=(), description="On these printer classes alone.")


class Bound(Document):
    """What must hold of one figure."""

    range: Annotated[str, RANGE] | None = Field(
        default=None, description="Between what it must be, whatever it was before."
    )
    change: Annotated[str, CHANGE] | None = Field(
        default=None, description="How far it may be from the baseline, up or down."
    )

    @property
    def lowest(self) -> Decimal | None:
        """Return the lower end of the range; None where it has none."""
        low = (self.range or "").partition("..")[0]
        return Decimal(low) if low else None

    @property
    def highest(self) -> Decimal | None:
        """Return the upper end of the range; None where it has none."""
        high = (self.range or "").partition("..")[2]
        return Decimal(high) if high else None

    @property
    def most_change_percent(self) -> Decimal | None:
        """Return how many percent it may change; None where it may as it likes."""
        return None if self.change is None else Decimal(self.change.removesuffix("%"))

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        if self.range is None and self.change is None:
            raise conflict("this bounds nothing", "write `range:` or `change:`, or drop the line")
        low, high = self.lowest, self.highest
        if low is not None and high is not None and low > high:
            raise conflict(
                f"the range `{self.range}` begins above its end",
                f"write `{high}..{low}`",
                "range",
            )
        return self


class Expectations(Document):
    """What must hold of the g-code; what is left out may be as it likes."""

    time_s: Bound | None = Field(default=None, description="Motion and dwells, in s.")
    filament_mm: Bound | None = Field(default=None, description="Filament, in mm.")
    filament_g: Bound | None = Field(default=None, description="Filament, in g.")
    layers: Bound | None = Field(default=None, description="How many layers.")
    height_mm: Bound | None = Field(default=None, description="The highest layer, in mm.")
    max_flow_mm3_s: Bound | None = Field(
        default=None, description="The most that the hotend must melt, in mm³/s."
    )
    min_layer_s: Bound | None = Field(default=None, description="The shortest layer, in s.")
    retractions: Bound | None = Field(
        default=None, description="How often filament is pulled back."
    )
    travel_mm: Bound | None = Field(default=None, description="Ways without filament, in mm.")
    first_layer_mm2: Bound | None = Field(
        default=None, description="What the first layer covers, in mm²."
    )
    supports_mm3: Bound | None = Field(default=None, description="Supports, in mm³.")
    seams: Bound | None = Field(default=None, description="How many outer walls begin somewhere.")
    nozzle_c: Bound | None = Field(
        default=None, description="The nozzle's lowest and highest target while printing, in °C."
    )
    bed_c: Bound | None = Field(default=None, description="The bed's, in °C.")
    fan_percent: Bound | None = Field(default=None, description="The fan's, in percent.")
    share_percent: Mapping[Feature, Bound] = Field(
        default_factory=dict, description="Of all plastic, what goes into a feature, in percent."
    )


class Golden(Document):
    """A reference part that changes of profiles are measured on."""

    schema_: Literal["golden/v1"] = Field(
        validation_alias="schema", serialization_alias="schema", description="`golden/v1`."
    )
    name: Name = Field(description="Its name, the same as its file's.", examples=["bridges"])
    shows: Text = Field(description="What it shows, for people.")
    model: GoldenShape = Field(description="What the part is.")
    supports: Literal["none", "auto"] = Field(
        default="none", description="Whether the slicer may add supports."
    )
    counts_for: CountsFor = Field(
        default=CountsFor(), description="For which profiles and classes it counts."
    )
    expect: Expectations = Field(default=Expectations(), description="What must hold.")
