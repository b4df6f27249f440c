"""Versions of printers' servers with known holes: one table for all kinds. Pure.

A hole is told and refuses nothing: what farmctl starts is as safe as before, and who can use the
hole could start things besides farmctl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from farmctl.printers.driver import Finding


class Hole(Struct, frozen=True):
    """One hole.

    Args:
        driver: The kind of printer.
        name: As advisories name it.
        mended_in: The first version without it.
        message: What can happen.
        section: Only with this section of the server's configuration; None: always.
    """

    driver: str
    name: str
    mended_in: tuple[int, ...]
    message: str
    section: str | None = None


HOLES = (
    Hole(
        "moonraker",
        "CVE-2026-24130",
        (0, 10, 0),
        "who may try to log in can ask the LDAP directory for more than that",
        section="ldap",
    ),
    Hole(
        "octoprint",
        "CVE-2022-2872",
        (1, 8, 3),
        "who may upload can have other files stored than g-code",
    ),
    Hole(
        "octoprint",
        "CVE-2023-41047",
        (1, 9, 3),
        "who may change its g-code scripts can run programs on its computer",
    ),
    Hole(
        "octoprint",
        "CVE-2024-32977",
        (1, 10, 1),
        "anybody on the network may act without logging in, where it logs in by itself (autologin)",
    ),
    Hole(
        "octoprint",
        "CVE-2025-58180",
        (1, 11, 3),
        "who may upload can run programs on its computer, where an event has a command",
    ),
    Hole(
        "octoprint",
        "CVE-2025-64187",
        (1, 11, 4),
        "a printed file can act in the name of who has its page open",
    ),
    Hole(
        "octoprint",
        "CVE-2026-23892",
        (1, 11, 6),
        "its keys can be found out by measuring how long a wrong one takes",
    ),
    Hole(
        "octoprint",
        "CVE-2026-54134",
        (1, 11, 8),
        "who may upload can read files of its computer",
    ),
)
"""All that are known, by kind and version. PrusaLink and Bambu have none that names a version."""


def holes_of(driver: str, version: str, sections: frozenset[str] | None = None) -> tuple[Hole, ...]:
    """Return the holes of a version, the newest mended last.

    Args:
        driver: The kind of printer.
        version: As the server says it: `v0.9.3-12-gabc`, `OctoPrint 1.10.0`.
        sections: Of its configuration; None where they are not known: then each may be there.
    """
    number = version_number(version)
    if number is None:
        return ()
    return tuple(
        hole
        for hole in HOLES
        if hole.driver == driver
        and number < hole.mended_in
        and (hole.section is None or sections is None or hole.section in sections)
    )


def version_number(text: str) -> tuple[int, ...] | None:
    """Return `0.9.3` of `v0.9.3-12-gabc` as numbers; None where there is none."""
    found = re.search(r"\d+(?:\.\d+){1,3}", text)
    return tuple(int(each[:9]) for each in found[0].split(".")) if found else None


def findings_of_holes(
    driver: str, server: str, version: str, sections: frozenset[str] | None = None
) -> Iterator[Finding]:
    """Yield one finding for each hole of a version.

    Args:
        driver: The kind of printer.
        server: What people call its program: `Moonraker`.
        version: As the server says it.
        sections: Of its configuration.
    """
    for hole in holes_of(driver, version, sections):
        mended = ".".join(str(each) for each in hole.mended_in)
        yield Finding(
            f"{driver}-hole",
            f"{server} {version} has a known hole, {hole.name}: {hole.message}",
            f"update {server} to {mended} or newer",
        )
