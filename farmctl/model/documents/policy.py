"""`policies/<name>.yaml`: what may happen without asking a person."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from farmctl.model.documents.common import MATERIAL, Document, Name, Quality, Rows, Tag, Use
from farmctl.model.documents.form import OneOf, conflict
from farmctl.model.predicates import PREDICATES
from farmctl.model.reasons import RUN_REASONS, Family
from farmctl.model.states import PrinterPhase

GateName = Literal["approve_plan", "slice", "dispatch", "reprint"]
Preflight = Literal["pass", "warn", "fail"]
RunReason = Annotated[str, OneOf(tuple(RUN_REASONS))]
FamilyName = Annotated[str, OneOf(tuple(each.value for each in Family if each is not Family.NONE))]
Phase = Annotated[str, OneOf(tuple(sorted(PrinterPhase)))]

NOT_COMPUTED = "not_computed"
"""The error type of a predicate that nothing computes yet."""


def _refuse(_: object) -> object:
    raise PydanticCustomError(NOT_COMPUTED, "not computed yet")


NotComputed = Annotated[None, BeforeValidator(_refuse), WithJsonSchema({"not": {}})]


class Reprint(Document):
    """Which failed parts are made again without asking."""

    reasons: Rows[RunReason] = Field(
        default=(), description="Only parts that failed for these reasons.", examples=[["runout"]]
    )
    max_tries: Annotated[int, Field(ge=1, le=20)] = Field(
        default=2, description="How often one part may be tried, the first time included."
    )


class Auto(Document):
    """What happens without asking."""

    approve_plan: bool = Field(default=True, description="New build plans are approved.")
    slice: bool = Field(default=True, description="Plates are sliced.")
    dispatch: bool = Field(default=True, description="Prints are started.")
    reprint: Reprint = Field(default=Reprint(), description="Failed parts are made again.")


class Line(Document):
    """One line of `require_approval`: it matches when all that it names matches."""

    gate: GateName = Field(description="Before what a person is asked.")
    preflight: Rows[Preflight] | None = Field(
        default=None, description="The model's preflight has one of these verdicts."
    )
    material: Rows[Annotated[str, MATERIAL]] | None = Field(
        default=None, description="It is made of one of these materials."
    )
    quality: Rows[Quality] | None = Field(default=None, description="It has one of these.")
    use: Rows[Use] | None = Field(default=None, description="It is for one of these uses.")
    slice_warnings: Rows[Tag] | None = Field(
        default=None, description="The slicer gave one of these warnings."
    )
    profile_is_new: bool | None = Field(
        default=None,
        description="Whether no good part was made yet with this version on this class.",
    )
    printer_state: Rows[Phase] | None = Field(
        default=None, description="The printer is in one of these states."
    )
    risk: NotComputed = Field(default=None, description="Nothing computes it yet: refused.")
    due_slack_min: NotComputed = Field(
        default=None, description="Nothing computes it yet: refused."
    )
    tries_24h: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None, description="One of the parts was tried so often or more in 24 h."
    )

    @model_validator(mode="after")
    def _asks_for_what_is_known_there(self) -> Self:
        for name in sorted(self.model_fields_set - {"gate"}):
            gates = sorted(PREDICATES[name].gates)
            if self.gate not in gates and getattr(self, name) is not None:
                raise conflict(
                    f"`{name}` is not known at the gate `{self.gate}`",
                    f"it is known at {', '.join(gates)}",
                    name,
                )
        return self


class Breaker(Document):
    """So many failures of a family hold a printer until `farmctl unhold`."""

    family: FamilyName = Field(description="The family of reasons.", examples=["thermal"])
    count: Annotated[int, Field(ge=1, le=1_000)] = Field(description="How many failures.")
    hours: Annotated[int, Field(ge=1, le=24 * 31)] = Field(description="Within how many hours.")


class Profiles(Document):
    """What a version of a profile needs before things are made with it."""

    require_signature: bool = Field(
        default=False,
        description="Nothing is sliced or started with a version that nobody signed who may.",
    )
    first_articles: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=1, description="How many good parts make a version qualified."
    )


class Policy(Document):
    """Thresholds and sets over a closed list of predicates; no expressions."""

    schema_: Literal["policy/v1"] = Field(
        validation_alias="schema", serialization_alias="schema", description="`policy/v1`."
    )
    name: Name = Field(description="Its name, the same as its file's.", examples=["default"])
    auto: Auto = Field(default=Auto(), description="What happens without asking.")
    require_approval: Rows[Line] = Field(
        default=(), description="A person is asked where any of these lines matches."
    )
    outcomes: Literal["presume_success", "ask"] = Field(
        default="presume_success",
        description="Whether the parts of a completed print count at once, or after a word.",
    )
    hold_printer: Rows[Breaker] = Field(
        default=(), description="Which failures hold the printer they happened on."
    )
    profiles: Profiles = Field(
        default=Profiles(), description="What a version of a profile needs before it is used."
    )
