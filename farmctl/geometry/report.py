"""What a look at a model says: findings, figures, a verdict."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from farmctl.errors import FarmctlError
from farmctl.model.digest import Digest


class Level(StrEnum):
    """How bad a finding is: fine, for a person to judge, or not to be printed."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    FAIL = "fail"


_ORDER = (Level.PASS, Level.WARN, Level.FAIL)


def worst(levels: tuple[Level, ...]) -> Level:
    """Return the worst of some levels; of none, pass."""
    return max(levels, key=_ORDER.index, default=Level.PASS)


class Finding(Struct, frozen=True):
    """One thing that was looked at: what was seen, why it matters, how to mend it."""

    code: str
    level: Level
    what: str
    why: str
    mend: str


class MeshFacts(Struct, frozen=True):
    """Figures of a clean mesh. `size_um` is the bounding box along x, y and z in µm."""

    digest: Digest
    triangles: int
    bodies: int
    size_um: tuple[int, int, int]
    volume_mm3: int


class PreflightReport(Struct, frozen=True):
    """All that preflight found in one model; `mesh` is None when there is nothing to print."""

    name: str
    upload: Digest
    mesh: MeshFacts | None
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Level:
        """Return the worst level of all findings."""
        return worst(tuple(finding.level for finding in self.findings))


class Unreadable(FarmctlError):  # noqa: N818 - reads as what it says
    """A file that cannot be taken as a model; `finding` says why in the words of preflight."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what, finding.mend)
        self.finding = finding
