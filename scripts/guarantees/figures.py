"""The soak's figures, which add up for as long as the code that they speak of stays the same."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from farmctl.soak.report import Report
from farmctl.soak.tally import Tally

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "soak-figures.json"
ROOMS = ("control", "ledger", "printers", "soak")
"""Whose code the figures speak of."""


class Counts(Struct, frozen=True, kw_only=True):
    """Sums over plays, as in `Tally`, with faults counted whatever they struck."""

    seeds: int = 0
    orders: int = 0
    fulfilled: int = 0
    starts: int = 0
    runs: int = 0
    doubled: int = 0
    detected: int = 0
    resolved: int = 0
    lost: int = 0
    resolved_in_vain: int = 0
    lost_in_vain: int = 0
    violations: Mapping[str, int] = field(default_factory=dict)
    struck: Mapping[str, int] = field(default_factory=dict)


_NUMBERS = tuple(each for each in Counts.__struct_fields__ if each not in ("violations", "struck"))


class Figures(Struct, frozen=True, kw_only=True):
    """What all soaks of this code found.

    Args:
        code: The digest of the code of `ROOMS`.
        since: The day of the first of them.
        next_seed: The first that was not played yet.
        seconds: How long they took together.
        storm: Plays with faults.
        quiet: Plays without.
        failed: What plays again what should not have happened.
        schema: Of this file.
    """

    code: str
    since: str
    next_seed: int = 0
    seconds: int = 0
    storm: Counts = Counts()
    quiet: Counts = Counts()
    failed: tuple[str, ...] = ()
    schema: str = "farmctl.soak-figures/v1"


def code_digest(package: Path = ROOT / "farmctl") -> str:
    """Return the digest of the code that figures speak of: every file, with its name."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((package / room).rglob("*.py")):
            digest.update(f"{path.relative_to(package).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{digest.hexdigest()}"


def figures_so_far(raw: bytes | None, code: str, today: str) -> Figures:
    """Return the figures of this code: those in the file, or fresh ones when it was another."""
    known = msgspec.json.decode(raw, type=Figures) if raw else None
    return known if known and known.code == code else Figures(code=code, since=today)


def with_report(figures: Figures, report: Report, next_seed: int, seconds: float) -> Figures:
    """Return the figures with what another soak found."""
    return replace(
        figures,
        next_seed=next_seed,
        seconds=figures.seconds + round(seconds),
        storm=_summed(figures.storm, counts_of(report.storm)),
        quiet=_summed(figures.quiet, counts_of(report.quiet)),
        failed=(*figures.failed, *(each.seed.command for each in report.failed)),
    )


def counts_of(tally: Tally) -> Counts:
    """Return what a file keeps of a tally."""
    struck: Counter[str] = Counter()
    for cell, hits in sorted(tally.hits.items()):
        struck[cell.fault] += hits
    numbers = {name: getattr(tally, name) for name in _NUMBERS}
    return Counts(**numbers, violations=dict(tally.violations), struck=struck)


def text_of(figures: Figures) -> bytes:
    """Return the file's text."""
    return msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n"


def _summed(one: Counts, other: Counts) -> Counts:
    return Counts(
        **{name: getattr(one, name) + getattr(other, name) for name in _NUMBERS},
        violations=_merged(one.violations, other.violations),
        struck=_merged(one.struck, other.struck),
    )


def _merged(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    return dict(sorted((Counter(one) + Counter(other)).items()))
