"""The numbers of versions, and what a profile's changelog says of each. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from farmctl.profiles.files import FIRST

HEADING = "## "


class Bump(StrEnum):
    """Which number of a version goes up."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


def newest(versions: Iterable[str]) -> str | None:
    """Return the highest version: 1.10.0 is above 1.9.0. None when there is none."""
    return max(versions, key=_numbers, default=None)


def bumped(versions: Iterable[str], bump: Bump) -> str:
    """Return the version after the highest one; the first one is 1.0.0 whatever goes up."""
    last = newest(versions)
    if last is None:
        return FIRST
    major, minor, patch = _numbers(last)
    match bump:
        case Bump.MAJOR:
            return f"{major + 1}.0.0"
        case Bump.MINOR:
            return f"{major}.{minor + 1}.0"
        case Bump.PATCH:
            return f"{major}.{minor}.{patch + 1}"


def _numbers(version: str) -> tuple[int, int, int]:
    major, minor, patch = version.split(".")
    return int(major), int(minor), int(patch)


def with_release(changelog: str, name: str, heading: str, notes: str) -> str:
    """Return a changelog with a new version on top.

    Args:
        changelog: As it is; empty for none.
        name: The profile's.
        heading: `1.9.0 (2026-11-24, Priya)`.
        notes: What changed.
    """
    head, rest = _parted(changelog or f"# {name}\n")
    entry = f"{HEADING}{heading}\n\n{notes}\n"
    return "\n".join(part for part in (f"{head.rstrip()}\n", entry, rest) if part.strip())


def with_remark(changelog: str, name: str, version: str, remark: str) -> str:
    """Return a changelog with a remark below a version's heading."""
    lines = changelog.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.startswith(f"{HEADING}{version} ") or line.strip() == f"{HEADING}{version}":
            return "".join([*lines[: number + 1], f"\n{remark}\n", *lines[number + 1 :]])
    return with_release(changelog, name, version, remark)


def _parted(text: str) -> tuple[str, str]:
    """Return what stands above the first version's heading, and the rest from there on."""
    if text.startswith(HEADING):
        return "", text
    head, mark, rest = text.partition(f"\n{HEADING}")
    return head, f"{HEADING}{rest}" if mark else ""
