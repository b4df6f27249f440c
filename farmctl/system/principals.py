"""Who runs farmctl on this machine: this process, the loop, cron; and which variables each has."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from farmctl.system.processes import Limits, Processes, RealProcesses

_LIMITS = Limits(wall_s=5.0)
_SYSTEM = (Path("/etc/crontab"), Path("/etc/cron.d"))
_SET = re.compile(r"""^\s*["']?([A-Za-z_]\w*)["']?\s*=""")
_USES = re.compile(r"^\s*(?!#)(?:@\w+|(?:\S+\s+){5})(?P<rest>.*\bfarmctl\b.*)$")
_GIVEN_BY_CRON = frozenset({"HOME", "LOGNAME", "PATH", "SHELL", "USER"})


class Principal(Struct, frozen=True):
    """Somebody that farmctl runs as.

    Args:
        what: `this shell`, `the loop (process 12)`, `cron (crontab of ada)`.
        user: Whose.
        uid: The user's number; None where it is not known.
        variables: The names of the variables it has; None where they cannot be read.
    """

    what: str
    user: str
    uid: int | None
    variables: frozenset[str] | None


class KeyFile(Struct, frozen=True):
    """A file as far as one may ask: whose it is."""

    user: str
    uid: int


def myself(environ: Mapping[str, str]) -> Principal:
    """Return who this process is."""
    uid = os.getuid()
    return Principal("this shell", _name(uid), uid, frozenset(environ))


def process(pid: int, what: str) -> Principal | None:
    """Return who another process of this machine is; None where there is none, or no /proc."""
    folder = Path(f"/proc/{pid}")
    try:
        uid = folder.stat().st_uid
    except OSError:
        return None
    variables = None
    with suppress(OSError):
        names = (folder / "environ").read_bytes().split(bytes(1))
        variables = frozenset(each.partition(b"=")[0].decode("utf-8", "replace") for each in names)
    return Principal(f"{what} (process {pid})", _name(uid), uid, variables)


def crons(
    processes: Processes | None = None, system: Sequence[Path] = _SYSTEM
) -> tuple[Principal, ...]:
    """Return the crontabs that start farmctl: this user's, and those of the system."""
    user = _name(os.getuid())
    found = []
    mine = _own_crontab(processes or RealProcesses())
    if _starts_farmctl(mine):
        what = f"cron (crontab of {user})"
        found.append(Principal(what, user, os.getuid(), _variables(mine)))
    for path in _files(system):
        text = _text(path)
        if _starts_farmctl(text):
            whose = _user_in(text)
            uid = _uid(whose) if whose else None
            found.append(Principal(f"cron ({path})", whose or "somebody", uid, _variables(text)))
    return tuple(found)


def key_file(path: Path) -> KeyFile | None:
    """Return whose a file is; None where it cannot be asked."""
    try:
        uid = path.stat().st_uid
    except OSError:
        return None
    return KeyFile(_name(uid), uid)


def _own_crontab(processes: Processes) -> str:
    try:
        done = processes.run(["crontab", "-l"], cwd=Path("/"), env=dict(os.environ), limits=_LIMITS)
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def _files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            with suppress(OSError):
                yield from sorted(each for each in place.iterdir() if each.is_file())
        elif place.is_file():
            yield place


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _starts_farmctl(text: str) -> bool:
    return any(_USES.match(line) for line in text.splitlines())


def _user_in(text: str) -> str | None:
    """Return the user whom a line of a system crontab names before its command."""
    for line in text.splitlines():
        found = _USES.match(line)
        if found:
            return found["rest"].split()[0]
    return None


def _variables(text: str) -> frozenset[str]:
    """Return what a crontab sets for its commands, and what cron gives each."""
    found = (_SET.match(line) for line in text.splitlines())
    return _GIVEN_BY_CRON | {each[1] for each in found if each}


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _uid(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None
