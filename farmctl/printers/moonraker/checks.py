"""What `doctor` says about a Moonraker's configuration. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from farmctl.printers.driver import Finding
from farmctl.printers.holes import findings_of_holes, version_number

OLDEST = (0, 8)
_SWITCHES: tuple[tuple[str, str, str, str], ...] = (
    (
        "job_queue",
        "load_on_startup",
        "moonraker-auto-start",
        "Moonraker loads its own queue at its start and may begin a print that nobody decided",
    ),
    (
        "job_queue",
        "automatic_transition",
        "moonraker-auto-start",
        "Moonraker starts the next job of its own queue when one ends, onto whatever is on the bed",
    ),
    (
        "file_manager",
        "queue_gcode_uploads",
        "moonraker-auto-start",
        "Moonraker puts uploads into its own queue, from where they may start by themselves",
    ),
    (
        "file_manager",
        "enable_object_processing",
        "moonraker-rewrites-uploads",
        "Moonraker rewrites uploaded g-code: what is printed is not what was decided",
    ),
)
_NEEDED = ("history", "file_manager", "klippy_apis")
_WIDEST_PREFIX = {4: 24, 6: 64}
"""One network at home; more than that is everybody who gets into the house."""


def findings(config: Mapping[str, Any], server: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return what is wrong.

    Args:
        config: The result of `/server/config`: Moonraker's own configuration, defaults included.
        server: The result of `/server/info`.
    """
    sections = config.get("config", {})
    return (
        *_switches(sections),
        *_missing(server),
        *_version(str(server.get("moonraker_version", "")), frozenset(sections)),
        *_open_doors(sections.get("authorization", {})),
    )


def unusable(why: str) -> Finding:
    """Return the finding of a Moonraker that does not tell its configuration."""
    mend = "is it on, is the address right, is the API key given?"
    return Finding("moonraker-unusable", why, mend, refuses=True)


def other_machine(message: str) -> Finding:
    """Return the finding of an address where not the pinned machine answers."""
    mend = "if the machine was replaced, add it again with `farmctl printer add`"
    return Finding("moonraker-other-machine", message, mend, refuses=True)


def no_objects() -> Finding:
    """Return the finding of a Klipper that cannot leave out one part of a print."""
    message = "Klipper has no [exclude_object]: one failing part cannot be left out of a print"
    return Finding("klipper-no-objects", message, "add [exclude_object] to printer.cfg")


def _switches(sections: Mapping[str, Any]) -> Iterator[Finding]:
    for section, option, code, message in _SWITCHES:
        if sections.get(section, {}).get(option):
            mend = f"set `{option}: False` under [{section}] in moonraker.conf"
            yield Finding(code, message, f"{mend} and restart Moonraker", refuses=True)


def _missing(server: Mapping[str, Any]) -> Iterator[Finding]:
    for section in server.get("missing_klippy_requirements", ()):
        message = f"Klipper has no [{section}], which a print from a file needs"
        yield Finding(
            "klipper-section-missing", message, f"add [{section}] to printer.cfg", refuses=True
        )
    for name in _NEEDED:
        if name not in server.get("components", ()):
            message = f"Moonraker runs without `{name}`: the end of a print could not be known"
            yield Finding(
                "moonraker-component-missing", message, "see Moonraker's own log", refuses=True
            )


def _version(text: str, sections: frozenset[str]) -> Iterator[Finding]:
    number = version_number(text)
    if number is not None and number < OLDEST:
        yield Finding(
            "moonraker-old",
            f"Moonraker {text} is older than {OLDEST[0]}.{OLDEST[1]}, the oldest farmctl knows",
            "update Moonraker",
        )
    yield from findings_of_holes("moonraker", "Moonraker", text, sections)


def _open_doors(authorization: Mapping[str, Any]) -> Iterator[Finding]:
    for client in authorization.get("trusted_clients") or ():
        if _is_wide(str(client)):
            yield Finding(
                "moonraker-trusts-many",
                f"everybody in {client} may print without a key",
                "name single addresses under trusted_clients in moonraker.conf",
            )
    if "*" in (authorization.get("cors_domains") or ()):
        yield Finding(
            "moonraker-cors-open",
            "any web page that somebody here opens may talk to the printer",
            "name the domains under cors_domains in moonraker.conf",
        )


def _is_wide(client: str) -> bool:
    try:
        network = ipaddress.ip_network(client, strict=False)
    except ValueError:
        return False  # a host's name
    return not network.is_loopback and network.prefixlen < _WIDEST_PREFIX[network.version]
