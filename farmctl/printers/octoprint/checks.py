"""What `doctor` says about an OctoPrint and the key it is asked with. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from farmctl.printers.driver import Finding
from farmctl.printers.holes import findings_of_holes
from farmctl.printers.octoprint.said import Said, text, within

NEEDED = (
    "STATUS",
    "FILES_LIST",
    "FILES_UPLOAD",
    "FILES_DELETE",
    "FILES_SELECT",
    "PRINT",
    "SETTINGS_READ",
)
"""What a key must let farmctl do, besides seeing the counts; the group Operators has it all."""

_STARTERS = ("autostartprint", "continuousprint", "printscheduler")
_GLOBAL_USER = "_api"


def findings(version: Said, settings: Said, user: Said, guest: Said) -> tuple[Finding, ...]:
    """Return what is wrong.

    Args:
        version: What `/api/version` tells.
        settings: What `/api/settings` tells.
        user: What `/api/currentuser` tells of the key.
        guest: What it tells of somebody without a key.
    """
    return (
        *_starters(settings),
        *_rights(user),
        *_key(user),
        *findings_of_holes("octoprint", "OctoPrint", text(version, "server")),
        *_open_doors(settings, guest),
    )


def unusable(why: str) -> Finding:
    """Return the finding of an OctoPrint that does not tell what a look needs."""
    mend = "is it on, is the address right, is the API key given?"
    return Finding("octoprint-unusable", why, mend, refuses=True)


def plugin_missing(why: str) -> Finding:
    """Return the finding of an OctoPrint whose identity or counts cannot be seen."""
    mend = (
        "turn on the bundled plugins Discovery and Achievements, restart OctoPrint, and put the"
        " key's user into the group Operators"
    )
    return Finding("octoprint-plugin-missing", why, mend, refuses=True)


def other_machine(message: str) -> Finding:
    """Return the finding of an address where not the pinned machine answers."""
    mend = "if the machine was replaced, add it again with `farmctl printer add`"
    return Finding("octoprint-other-machine", message, mend, refuses=True)


def _starters(settings: Said) -> Iterator[Finding]:
    plugins = within(settings, "plugins")
    for name in sorted(plugins) if isinstance(plugins, Mapping) else ():
        if name.lower() in _STARTERS:
            yield Finding(
                "octoprint-auto-start",
                f"the plugin {name} begins prints by itself, onto whatever is on the bed",
                f"turn the plugin {name} off, and restart OctoPrint",
                refuses=True,
            )


def _rights(user: Said) -> Iterator[Finding]:
    missing = [each for each in NEEDED if each not in _permissions(user)]
    if missing:
        yield Finding(
            "octoprint-right-missing",
            f"the key's user {text(user, 'name')} may not {', '.join(missing)}",
            "put the user into the group Operators",
            refuses=True,
        )


def _key(user: Said) -> Iterator[Finding]:
    if text(user, "name") == _GLOBAL_USER:
        yield Finding(
            "octoprint-global-key",
            "the key is OctoPrint's global one: it may do everything, and ends with OctoPrint 1.13",
            "make an application key of a user in the group Operators",
        )
    elif "ADMIN" in _permissions(user):
        yield Finding(
            "octoprint-key-may-all",
            f"the key's user {text(user, 'name')} may change OctoPrint itself",
            "use a key of a user in the group Operators",
        )


def _open_doors(settings: Said, guest: Said) -> Iterator[Finding]:
    if "PRINT" in _permissions(guest):
        yield Finding(
            "octoprint-open",
            "everybody who knows the address may print, without a key",
            "take the right to print from the group Guests",
        )
    if within(settings, "api", "allowCrossOrigin") is True:
        yield Finding(
            "octoprint-cors-open",
            "any web page that somebody here opens may talk to the printer",
            "turn off `Allow Cross Origin Resource Sharing` under API in OctoPrint's settings",
        )


def _permissions(user: Said) -> list[str]:
    listed = within(user, "permissions")
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
