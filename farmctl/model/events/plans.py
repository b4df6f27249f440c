"""Facts about models, artifacts, build plans and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from farmctl.model.events.registry import fact
from farmctl.model.ids import DecisionId, ItemKey


@fact("artifact.stored", subject="artifact/{digest}")
class ArtifactStored(Struct, frozen=True):
    """Bytes were stored under their digest."""

    digest: str
    kind: str
    size_b: int


@fact("artifact.derived", subject="artifact/{digest}")
class ArtifactDerived(Struct, frozen=True):
    """An artifact was made from others by a tool."""

    digest: str
    parents: tuple[str, ...]
    tool: str


class ModelFinding(Struct, frozen=True):
    """One thing that preflight had to say about a model."""

    code: str
    level: str
    message: str


@fact("model.checked", subject="artifact/{model}")
class ModelChecked(Struct, frozen=True):
    """A model was read, cleaned, measured and judged.

    Args:
        model: Digest of the bytes that were ordered.
        clean: Digest of the clean mesh, or None when it cannot be read.
        verdict: pass, warn or fail.
        size_um: Width, depth, height as the file has it.
        volume_mm3: Its volume.
        triangles: How many.
        findings: What preflight had to say.
    """

    model: str
    clean: str | None
    verdict: str
    size_um: tuple[int, ...] = ()
    volume_mm3: int = 0
    triangles: int = 0
    findings: tuple[ModelFinding, ...] = ()


class VariantPin(Struct, frozen=True):
    """One way to make an item: the same part on one printer class.

    Args:
        digest: Over everything that follows and the orientation, supports and overrides.
        printer_class: `voron-350@3.0.0`.
        profile: `petg-0.4-standard@1.8.2`.
        channel: The channel it came from, or `chosen`.
        nozzle_um: The nozzle.
        slicer: Digest of the pinned slicer.
        settings: Digest of the effective settings.
    """

    digest: str
    printer_class: str
    profile: str
    channel: str
    nozzle_um: int
    slicer: str
    settings: str


@fact("plan.written", subject="plan/{item}")
class PlanWritten(Struct, frozen=True):
    """A build plan has a new revision or status.

    Args:
        item: `ord-1042/bracket`.
        revision: From 1.
        sha256: Digest of the plan's file.
        status: draft or approved.
        approved_by: A policy with its digest, or a person.
        model: Digest of the model's bytes.
        filaments: `PETG/black`.
        tags: What a printer must have.
        size_um: Width, depth, height as oriented.
        rotate_mdeg: Rotation about x, y, z in thousandths of a degree.
        supports: none or auto.
        variants: How it is made on each class.
        commit: The commit that carries the file, or None when plans are not committed.
        text: Digest of the plan's file as an artifact.
    """

    item: ItemKey
    revision: int
    sha256: str
    status: str
    approved_by: str | None
    model: str
    filaments: tuple[str, ...]
    tags: tuple[str, ...]
    size_um: tuple[int, ...]
    rotate_mdeg: tuple[int, ...]
    supports: str
    variants: tuple[VariantPin, ...]
    commit: str | None = None


@fact("plan.withdrawn", subject="plan/{item}")
class PlanWithdrawn(Struct, frozen=True):
    """A build plan no longer holds: its item is gone or no class can make it."""

    item: ItemKey
    why: str


@fact("policy.decided", subject="decision/{decision}")
class PolicyDecided(Struct, frozen=True):
    """A policy was asked, with these inputs, and answered.

    Args:
        decision: `dec-31`.
        policy: `default@sha256:…`.
        gate: approve_plan, slice, dispatch or reprint.
        transition: What would happen (`plan draft → approved`).
        subjects: What it is about.
        inputs: The compact snapshot it was computed from.
        outcome: allow, block or require_approval.
        explanations: Why, a line each.
        printer: For dispatch, the printer it allows.
        gcode: For dispatch, the bytes it allows.
        run: For dispatch, the run it allows.
        not_after: For dispatch, until when.
    """

    decision: DecisionId
    policy: str
    gate: str
    transition: str
    subjects: tuple[str, ...]
    inputs: Mapping[str, Any]
    outcome: str
    explanations: tuple[str, ...]
    printer: str | None = None
    gcode: str | None = None
    run: str | None = None
    not_after: datetime | None = None


@fact("approval.given", subject="{subject}")
class ApprovalGiven(Struct, frozen=True):
    """A person approved exactly what was printed to them.

    Args:
        subject: `plate/plate-12`.
        binds: Digests that the approval is for; anything else needs another.
        by: Who.
    """

    subject: str
    binds: tuple[str, ...]
    by: str
