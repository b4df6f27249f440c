"""What `status` reads: kept sheets, kept looks, git once, and whether a loop runs.

It imports next to nothing: the ledger is folded only when it has grown since the sheet was made.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct
from msgspec.structs import replace

from farmctl.control.glance import Glance, Moment, Seen, seen_after
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farmrepo.standing import Standing, followed, standing
from farmctl.model.codec import Undecodable, decode, encode
from farmctl.model.sheet import Sheet
from farmctl.system.processes import RealProcesses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from farmctl.errors import LedgerDamaged
    from farmctl.ledger.state import State
    from farmctl.ledger.view import View
    from farmctl.model.observation import Observation

SHEET_FILE = "sheet.json"
_FOLLOW = re.compile(r"""(?:^ +|[{,] *)follow: *["']?([^\s,"'}]+)""", re.MULTILINE)
"""What `git:` of farm.yaml follows; nothing else there is called so."""
SEEN_FOLDER = "seen"
_FORMAT = 2


class Signboard(Struct, frozen=True):
    """What a farm calls itself, where it is, and what it follows: as its file says.

    Args:
        name: Its name.
        zone: Its time zone.
        follows: The branch of a remote that is acted on; empty for what is checked out.
    """

    name: str
    zone: tzinfo
    follows: str = ""


class Seeing(Struct, frozen=True):
    """All that `status` shows.

    Args:
        sign: The farm's name and time zone.
        git: Where its branch stands.
        glance: The ledger and the looks.
        has_loop: Whether a process holds the farm's controls.
    """

    sign: Signboard
    git: Standing
    glance: Glance
    has_loop: bool


def see(farm: Farm) -> Seeing:
    """Return what can be seen of a farm without talking to printers."""
    sign = signboard(farm)
    glance = Glance(sheet(farm), looks(farm), Moment(farm.clock.now(), sign.zone))
    return Seeing(sign, _standing(farm, sign), glance, farm.is_controlled())


def _standing(farm: Farm, sign: Signboard) -> Standing:
    """Return where the branch stands that is acted on."""
    git = standing(farm.folder, RealProcesses())
    commit = followed(farm.folder, RealProcesses(), sign.follows) if sign.follows else ""
    return replace(git, branch=sign.follows, commit=commit, ahead=0, behind=0) if commit else git


def signboard(farm: Farm) -> Signboard:
    """Return name and time zone from the plain lines of `farm.yaml`.

    A YAML parser takes longer to import than all else here; a file that is written otherwise
    loses its name here, not its meaning.
    """
    words = {"name": farm.folder.name, "timezone": "UTC"}
    text = farm.disk.read(farm.folder / FARM_FILE).decode("utf-8", "replace")
    for line in text.splitlines():
        key, colon, rest = line.partition(": ")
        if colon and key in words:
            words[key] = rest.partition(" #")[0].strip().strip("\"'")
    found = _FOLLOW.search(text)
    follows = found[1] if found else ""
    try:
        return Signboard(words["name"], ZoneInfo(words["timezone"]), follows)
    except (ZoneInfoNotFoundError, ValueError):
        return Signboard(words["name"], UTC, follows)


def sheet(farm: Farm) -> Sheet:
    """Return the sheet of the ledger as it is now, folding it only when it changed."""
    trace = _trace(farm)
    kept = _kept(farm, trace)
    if kept is not None:
        return kept
    from farmctl.control.triage import sheet_of

    view = farm.view()
    found = sheet_of(view.state)
    damage = view.damage or _changed_behind(farm, view)
    if damage is not None:
        return replace(found, damage=damage.message, mend=damage.mend)
    if view.identity is not None:
        _keep(farm, trace, found)
    return found


def _changed_behind(farm: Farm, view: View[State]) -> LedgerDamaged | None:
    """Return what is wrong in the part of the journal that the view did not read again."""
    from farmctl.ledger.restore import survey
    from farmctl.ledger.trust import load_trust, renew

    trust = load_trust(farm.ledger_folder, view.identity) if view.identity else None
    if trust is None:
        return None
    held = renew(farm.ledger_folder, trust, farm.clock.now())
    return None if len(held.checked) == len(trust.checked) else survey(farm.ledger_folder).damage


def keep_sheet(farm: Farm, newest: Callable[[], State]) -> None:
    """Make the sheet now, so that the next look at the farm need not fold the ledger."""
    from farmctl.control.triage import sheet_of

    trace = _trace(farm)  # first: what is written meanwhile makes the sheet an old one
    _keep(farm, trace, sheet_of(newest()))


def looks(farm: Farm) -> dict[str, Seen]:
    """Return the last look at each printer that somebody kept."""
    names = farm.disk.list(farm.state_folder / SEEN_FOLDER)
    printers = [each.removesuffix(".json") for each in names if each.endswith(".json")]
    found = {each: _look(farm, each) for each in printers if not each.startswith(".")}
    return {name: seen for name, seen in found.items() if seen is not None}


def _look(farm: Farm, printer: str) -> Seen | None:
    """Return what was kept of a printer; None where that is nothing, or nothing sensible."""
    try:
        raw = farm.disk.read(farm.state_folder / SEEN_FOLDER / f"{printer}.json")
        return decode(Seen, json.loads(raw))
    except (ValueError, Undecodable, FileNotFoundError):
        return None


def _trace(farm: Farm) -> str:
    """Return what differs whenever somebody wrote to the ledger, or to the ledger's files."""
    journal = farm.state_folder / "journal"
    newest = [name for name in farm.disk.list(journal) if name[0].isdigit()][-1:]
    paths = [*(journal / name for name in newest), farm.state_folder / "head"]
    return " ".join(f"{path.name} {farm.disk.stat(path)}" for path in paths)


def _kept(farm: Farm, trace: str) -> Sheet | None:
    try:
        raw = farm.disk.read(farm.state_folder / SHEET_FILE)
    except FileNotFoundError:
        return None
    digest, _, body = raw.partition(b"\n")
    if digest.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
        return None
    kept = json.loads(body)
    if (kept["format"], kept["trace"]) != (_FORMAT, trace):
        return None
    try:
        return decode(Sheet, kept["sheet"])
    except Undecodable:
        return None


def _keep(farm: Farm, trace: str, made: Sheet) -> None:
    """Remember a sheet; where that cannot be written it is made anew the next time."""
    body = json.dumps({"format": _FORMAT, "trace": trace, "sheet": encode(made)}).encode()
    raw = hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    with suppress(OSError):
        farm.disk.replace(farm.state_folder / SHEET_FILE, raw, durable=False)


def keep_look(farm: Farm, observation: Observation) -> None:
    """Remember the last look at a printer, for `status`; decisions never read it."""
    seen = seen_after(_look(farm, observation.printer), observation)
    path = farm.state_folder / SEEN_FOLDER / f"{observation.printer}.json"
    with suppress(OSError):
        farm.disk.replace(path, json.dumps(encode(seen)).encode(), durable=False)


def last_seen(kept: Mapping[str, Seen]) -> datetime | None:
    """Return when any printer was looked at last."""
    return max((each.at for each in kept.values()), default=None)
