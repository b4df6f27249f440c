"""What the documents share: names, versions, digests, moments, money, filaments."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
)

from farmctl.model.digest import Digest
from farmctl.model.documents.form import Form
from farmctl.model.drafts import DRAFT


class Document(BaseModel):
    """A file of a farm, or a part of one: frozen, nothing unknown, no type guessed."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_by_name=True,
        serialize_by_alias=True,
        hide_input_in_errors=True,
    )


T = TypeVar("T")
Rows = Annotated[tuple[T, ...], Strict(strict=False)]
"""A list in a document; a tuple once it is read."""

_NAME = r"[a-z0-9][a-z0-9-]{0,62}"
_PROFILE = r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?"
_NUMBER = r"(?:0|[1-9]\d{0,5})"
_SEMVER = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
_STEP = r"(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f\x7f]+"

NAME = Form("a name", "lower-case letters, digits and dashes, at most 63", "voron-1", _NAME)
SEMVER = Form("a version", "three numbers with dots between them", "1.8.2", _SEMVER)
MATERIAL = Form(
    "a material", "capital letters, digits, + and -", "PETG", r"[A-Z0-9][A-Z0-9+-]{0,31}"
)
COLOR = Form(
    "a color", "lower-case letters, digits and dashes", "black", r"[a-z0-9][a-z0-9-]{0,31}"
)
MOMENT = Form(
    "a moment with its offset",
    "date, T, time, offset",
    "2026-12-01T17:00:00+01:00",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)",
)

Name = Annotated[str, NAME]
ProfileName = Annotated[
    str,
    Form(
        "a name of a profile or class",
        "lower-case letters, digits, dashes and dots, at most 63",
        "petg-0.4-standard",
        _PROFILE,
    ),
]
Tag = Annotated[
    str,
    Form(
        "a tag",
        "lower-case letters, digits, dashes and underscores",
        "heated_bed",
        r"[a-z0-9][a-z0-9_-]{0,62}",
    ),
]
Semver = Annotated[str, SEMVER]
Pin = Annotated[
    str, Form("a name with a version", "name@1.2.3", "voron-350@3.0.0", f"{_PROFILE}@{_SEMVER}")
]
ProfileChoice = Annotated[
    str,
    Form(
        "a name of a profile, or of its draft",
        "lower-case letters, digits, dashes and dots, at most 63; @draft after it for the draft",
        "petg-0.4-standard@draft",
        f"{_PROFILE}(?:@{DRAFT})?",
    ),
]
ProfilePin = Annotated[
    str,
    Form(
        "a profile with a version, or its draft",
        "name@1.2.3 or name@draft",
        "petg-0.4-standard@1.8.2",
        f"{_PROFILE}@(?:{_SEMVER}|{DRAFT})",
    ),
]
Sha256 = Annotated[
    str, Form("a sha256", "64 digits from 0-9 and a-f alone", f"{'9f86d081' * 8}", r"[0-9a-f]{64}")
]
DigestText = Annotated[
    Digest,
    Form(
        "a digest",
        "`sha256:` and 64 digits from 0-9 and a-f",
        f"sha256:{'9f86d081' * 8}",
        r"sha256:[0-9a-f]{64}",
    ),
]
Text = Annotated[
    str,
    Form("a text", "1 to 500 characters on one line", "cooler walls", r"[^\x00-\x1f\x7f]{1,500}"),
]
Reference = Annotated[
    str,
    Form(
        "a reference",
        "letters, digits and . _ : # -: no names or addresses of people",
        "acme-77",
        r"[A-Za-z0-9][A-Za-z0-9._:#-]{0,127}",
    ),
]
FarmPath = Annotated[
    str,
    Form(
        "a path in the farm",
        "from the top of the farm, with / between, without . and ..",
        "models/bracket.stl",
        rf"{_STEP}(?:/{_STEP})*",
    ),
]
Program = Annotated[str, Form("a program", "a slicer's name", "prusaslicer", _NAME)]

Quality = Literal["draft", "standard", "fine"]
Use = Literal["cosmetic", "functional"]
VersionState = Literal["released", "retired", "revoked"]
NozzleMm = Annotated[float, Field(gt=0, le=5)]


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(MOMENT.pattern, value):
        raise MOMENT.refusal()
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise MOMENT.refusal() from None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise MOMENT.refusal()
    return moment


_MOMENT_SCHEMA: dict[str, Any] = {"type": "string", "format": "date-time"}

Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_aware),
    PlainSerializer(datetime.isoformat, return_type=str, when_used="always"),
    WithJsonSchema(_MOMENT_SCHEMA),
]
"""An aware moment; its offset is kept as written."""


class Filament(Document):
    """A material in a color."""

    material: Annotated[str, MATERIAL] = Field(description="The material.", examples=["PETG"])
    color: Annotated[str, COLOR] = Field(description="The color.", examples=["black"])

    @property
    def name(self) -> str:
        """Return `PETG/black`, as people type it."""
        return f"{self.material}/{self.color}"


def parse_filament(text: str) -> Filament | None:
    """Return the filament that `PETG/black` names, or None when the text names none."""
    material, slash, color = text.partition("/")
    has_form = re.fullmatch(MATERIAL.pattern, material) and re.fullmatch(COLOR.pattern, color)
    return Filament(material=material, color=color) if slash and has_form else None


class Version(Document):
    """A released version of a profile or class: the file `<version>.ini` beside the document."""

    sha256: Sha256 = Field(description="Digest of the .ini file: a released file never changes.")
    state: VersionState = Field(
        description="`released` may be used; `retired` stays for what uses it; `revoked` stops."
    )
    notes: Text | None = Field(default=None, description="What changed, for people.")

    @property
    def digest(self) -> Digest:
        """Return the digest as it is written everywhere else."""
        return Digest(f"sha256:{self.sha256}")


def split_pin(pin: str) -> tuple[str, str]:
    """Return name and version of `voron-350@3.0.0`."""
    name, _, version = pin.partition("@")
    return name, version
