"""`farm.yaml`: the farm, its printers and slicers, and what runs by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from farmctl.model.documents.common import (
    DigestText,
    Document,
    Filament,
    Name,
    NozzleMm,
    Pin,
    Program,
    Rows,
    Tag,
    Text,
)
from farmctl.model.documents.form import Form, conflict
from farmctl.model.documents.git import Git
from farmctl.model.documents.secret import SecretReference

FarmId = Annotated[str, Form("a farm id", "8 digits from 0-9 and a-f", "7f3a9c2e", "[0-9a-f]{8}")]
Requirement = Annotated[
    str,
    Form(
        "the lowest farmctl that can read the farm",
        "farmctl>= and a version",
        "farmctl>=0.1",
        r"farmctl>=\d{1,4}(?:\.\d{1,4}){0,2}",
    ),
]
Address = Annotated[
    str,
    Form(
        "an address",
        "http://, https:// or bambu://, a host, perhaps a port and a path; no user or password",
        "http://10.0.0.21:7125",
        r"(?:https?|bambu)://[^\s/@?#]+(?:/[^\s?#]*)?",
    ),
]
Certificate = Annotated[
    str,
    Form(
        "a certificate",
        "sha256: and the 64 hex digits of its digest, or a certificate as PEM",
        f"sha256:{'9f86d081' * 8}",
        r"sha256:[0-9a-f]{64}"
        r"|-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,8000}-----END CERTIFICATE-----\s*",
    ),
]
Platform = Annotated[
    str,
    Form("a platform", "system and machine", "linux-x86_64", "[a-z0-9]{1,20}-[a-z0-9_]{1,20}"),
]
SlicerVersion = Annotated[
    str,
    Form("a slicer's version", "digits, letters, . + and -", "2.5.0", r"[0-9][A-Za-z0-9.+-]{0,62}"),
]


class BedRule(Document):
    """How a printer's bed becomes empty."""

    clears: Literal["person", "ejector"] = Field(
        description="Who empties the bed: a `person`, or an `ejector` that needs nobody."
    )


class Printer(Document):
    """One machine."""

    name: Name = Field(description="Its name, unique in the farm.", examples=["voron-1"])
    class_: Pin = Field(
        validation_alias="class",
        serialization_alias="class",
        description="The class it is one of, and the version of that class's settings.",
    )
    driver: Name = Field(description="How farmctl talks to it.", examples=["moonraker"])
    url: Address | None = Field(default=None, description="Where it answers; not for `virtual`.")
    identity: Text | None = Field(
        default=None,
        description="Its serial or machine id, pinned by `printer add`, checked at every look.",
    )
    certificate: Certificate | None = Field(
        default=None,
        description="What its TLS certificate must be, or who signs it; only for `bambu`.",
    )
    api_key: SecretReference | None = Field(
        default=None, description="Where the key of its API is found: a reference, no secret."
    )
    nozzle_mm: NozzleMm | None = Field(
        default=None, description="Its nozzle; may be left out where the class has only one."
    )
    loaded: Rows[Filament] = Field(
        default=(),
        description="What should be in it, slot by slot, until `farmctl load` says what is.",
    )
    bed: BedRule = Field(default=BedRule(clears="person"), description="How its bed becomes empty.")
    tags: Rows[Tag] = Field(default=(), description="What build plans may require of it.")
    guard: bool = Field(
        default=False,
        description="Whether it asks itself, by the macro that `farmctl printer guard` prints,"
        " if it has begun a file before; only for `moonraker`.",
    )
    firmware: Text | None = Field(
        default=None,
        description="The firmware it should run, as it names it; `farmctl drift` tells another.",
        examples=["Klipper v0.12.0-1"],
    )
    speedup: Annotated[float, Field(gt=0, le=1_000_000)] | None = Field(
        default=None, description="How many times faster than life a `virtual` printer prints."
    )


class Slicer(Document):
    """A slicer program that farmctl may start, pinned by its bytes."""

    program: Program = Field(description="Which slicer.", examples=["prusaslicer"])
    version: SlicerVersion = Field(description="Its version, for people.", examples=["2.5.0"])
    digests: Mapping[Platform, DigestText] = Field(
        description="Digest of the binary and the libraries it loads, for each platform."
    )


class Automation(Document):
    """What farmctl does by itself."""

    commit_plans: bool = Field(
        default=True, description="Whether build plans are committed, or kept as artifacts."
    )
    policy: Name = Field(default="default", description="The policy that decides: its name.")
    require_merged_plans: bool = Field(
        default=False,
        description="Whether build plans wait until a person merged them from farmctl's own branch"
        " into the followed one; only with `git`.",
    )


class IgnoreRule(Document):
    """Something of machines that may differ from what the farm says. Another machine never may."""

    what: Literal["nozzle", "bed", "firmware", "loaded"] = Field(
        description="What may differ: the farm's word counts, not the machine's."
    )
    printer: Name | None = Field(default=None, description="Where; left out: on every printer.")
    reason: Text = Field(description="Why that is right, for whoever reads `farmctl drift`.")


class DriftRules(Document):
    """What is made of machines that are not as the farm says."""

    ignore: Rows[IgnoreRule] = Field(default=(), description="What may differ.")

    def ignores(self, printer: str) -> tuple[str, ...]:
        """Return what of a printer may differ, sorted."""
        return tuple(sorted({rule.what for rule in self._rules_of(printer)}))

    def reason(self, printer: str, what: str) -> str | None:
        """Return why something of a printer may differ; None where it may not."""
        rules = (rule for rule in self._rules_of(printer) if rule.what == what)
        return next((rule.reason for rule in rules), None)

    def _rules_of(self, printer: str) -> tuple[IgnoreRule, ...]:
        return tuple(rule for rule in self.ignore if rule.printer in (None, printer))


class Farm(Document):
    """The farm."""

    schema_: Literal["farm/v1"] = Field(
        validation_alias="schema", serialization_alias="schema", description="`farm/v1`."
    )
    requires: Requirement | None = Field(
        default=None, description="The lowest version of farmctl that can read the farm."
    )
    id: FarmId = Field(description="Made by `init`; names the farm wherever its clones are.")
    name: Name = Field(description="What people call the farm.", examples=["garage"])
    timezone: Text = Field(
        default="UTC", description="Where the farm is (IANA name).", examples=["Europe/Berlin"]
    )
    git: Git | None = Field(
        default=None, description="The branch that is followed; left out: what is checked out."
    )
    automation: Automation = Field(default=Automation(), description="What farmctl does by itself.")
    slicers: Mapping[Name, Slicer] = Field(
        default_factory=dict, description="The pinned slicers by name; `default` is used first."
    )
    printers: Rows[Printer] = Field(default=(), description="The machines.")
    drift: DriftRules = Field(
        default=DriftRules(), description="What is made of machines that are not as the farm says."
    )

    @model_validator(mode="after")
    def _merged_somewhere(self) -> Self:
        if self.automation.require_merged_plans and self.git is None:
            raise conflict(
                "build plans can only be merged into a branch that is followed",
                "add `git: {follow: origin/main}`, or leave require_merged_plans out",
                "automation",
                "require_merged_plans",
            )
        return self
