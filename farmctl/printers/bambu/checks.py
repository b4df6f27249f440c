"""What `doctor` says about a Bambu. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from farmctl.printers.bambu.answers import needs_developer
from farmctl.printers.driver import Finding
from farmctl.printers.web.http import Silence


def findings(
    report: Mapping[str, Any],
    version: Mapping[str, Any] | Silence,
    card: tuple[str, ...] | Silence,
    echo: Mapping[str, Any] | Silence | None,
) -> tuple[Finding, ...]:
    """Return what is wrong.

    Args:
        report: Its status.
        version: Its answer to `get_version`.
        card: What is stored.
        echo: Its answer to a command that changes nothing; None when none was given.
    """
    return (
        *_commands(echo),
        *_card(report, card),
        *_version(version),
    )


def unusable(why: str) -> Finding:
    """Return the finding of a machine that does not answer, or does not let farmctl in."""
    mend = "is it on, in LAN only mode, and are address, access code and certificate right?"
    return Finding("bambu-unusable", why, mend, refuses=True)


def firmware_of(version: Mapping[str, Any] | Silence) -> str | None:
    """Return the machine's own version, as `get_version` tells it."""
    info = {} if isinstance(version, Silence) else version.get("info")
    modules = info.get("module") if isinstance(info, dict) else None
    for module in modules if isinstance(modules, list) else ():
        if isinstance(module, dict) and module.get("name") == "ota":
            return str(module.get("sw_ver") or "") or None
    return None


def _commands(echo: Mapping[str, Any] | Silence | None) -> Iterator[Finding]:
    mend = "switch on LAN only mode and then Developer mode, on its screen under Network"
    if isinstance(echo, Silence):
        message = f"it does not answer commands: {echo.why}; starts would be dropped in silence"
        yield Finding("bambu-no-developer-mode", message, mend, refuses=True)
    elif echo is not None:
        said = echo.get("print")
        said = said if isinstance(said, dict) else {}
        if needs_developer(said) or str(said.get("result", "")).casefold() != "success":
            words = str(said.get("reason") or said.get("result") or "nothing that explains it")
            message = f"it takes no commands from farmctl: it said {words}"
            yield Finding("bambu-no-developer-mode", message, mend, refuses=True)


def _card(report: Mapping[str, Any], card: tuple[str, ...] | Silence) -> Iterator[Finding]:
    if isinstance(card, Silence):
        mend = "is a card in it, and port 990 open?"
        yield Finding("bambu-no-files", f"its files cannot be read: {card.why}", mend, refuses=True)
    elif report.get("sdcard") is False:
        message = "it says that no card is in it: nothing can be stored"
        yield Finding("bambu-no-card", message, "put a card in", refuses=True)


def _version(version: Mapping[str, Any] | Silence) -> Iterator[Finding]:
    if firmware_of(version) is None:
        message = "it does not tell the version of its firmware"
        yield Finding("bambu-version", message, "look at its screen, and update it")
