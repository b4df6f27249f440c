"""Moving a channel to another version: what may be moved where, and the line that says so. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from farmctl.errors import FarmctlError, Refused, UsageError
from farmctl.farmrepo.edit import remove_key, set_value
from farmctl.farmrepo.suggest import mend_name
from farmctl.farmrepo.yaml import parse
from farmctl.model.documents.farm import Farm, Printer
from farmctl.model.documents.profile import Profile

PRODUCTION, CANARY = "production", "canary"
CHANNELS = (PRODUCTION, CANARY)


class NoSuchVersion(FarmctlError):  # noqa: N818 - reads as what it says
    """A profile has no version of that name."""


class Move(Struct, frozen=True):
    """A channel and where it goes.

    Args:
        profile: Its name.
        channel: production or canary.
        before: The version it named; None for none.
        after: The version it names then.
        printers: For canary, the printers that try it.
        plates: For canary, how many plates try it.
        ends_trial: Whether the canary channel goes, since its version is promoted or given up.
        is_rollback: Whether it goes back.
    """

    profile: str
    channel: str
    before: str | None
    after: str
    printers: tuple[str, ...] = ()
    plates: int | None = None
    ends_trial: bool = False
    is_rollback: bool = False

    @property
    def pin(self) -> str:
        """Return `petg-0.4-standard@1.9.0`."""
        return f"{self.profile}@{self.after}"

    @property
    def replaced(self) -> str | None:
        """Return the pin of the version that it named before."""
        return None if self.before is None else f"{self.profile}@{self.before}"

    @property
    def branch(self) -> str:
        """Return the branch that it is proposed on."""
        verb = "rollback" if self.is_rollback else "promote"
        return f"farmctl/{verb}-{self.profile}-{self.after}"

    @property
    def said(self) -> str:
        """Return `production 1.8.2 → 1.9.0`, for people."""
        return f"{self.channel} {self.before or 'none'} → {self.after}"


class Trial(Struct, frozen=True):
    """Where a canary is asked to be tried."""

    printers: tuple[str, ...] = ()
    plates: int | None = None


def promotion(profile: Profile, version: str, channel: str, trial: Trial, farm: Farm) -> Move:
    """Return the move of a channel to a version.

    Raises:
        NoSuchVersion: The profile has no such version.
        UsageError: A trial without printers or plates, or one of a production.
        Refused: The version is retired or revoked, or there already; nothing is in production.
    """
    _check_usable(profile, version)
    channels = profile.channels
    before = channels.production if channel == PRODUCTION else channels.canary
    move = Move(profile.name, channel, before.version if before else None, version)
    if channel == PRODUCTION:
        if trial != Trial():
            raise UsageError(
                "--on and --plates are for a canary", "leave them out, or add --channel canary"
            )
        _refuse_same(move)
        is_tried = channels.canary is not None and channels.canary.version == version
        return replace(move, ends_trial=is_tried)
    return _trial(profile, move, trial, farm)


def _trial(profile: Profile, move: Move, trial: Trial, farm: Farm) -> Move:
    channels = profile.channels
    if not trial.printers and trial.plates is None:
        raise UsageError(
            "a canary is tried on some printers, or for some plates",
            "--on PRINTER,PRINTER or --plates N",
        )
    if channels.production is None:
        raise Refused(
            f"no version of {profile.name} is in production: there is nothing to try it against",
            f"farmctl profile promote {move.pin} --channel production",
        )
    if channels.production.version == move.after:
        raise Refused(f"{move.pin} is in production already", "try another version")
    known = channels.canary
    printers = tuple(dict.fromkeys(trial.printers))
    if known and (known.version, tuple(known.printers), known.plates) == (
        move.after,
        printers,
        trial.plates,
    ):
        _refuse_same(move)
    _check_printers(profile, printers, farm)
    return replace(move, printers=printers, plates=trial.plates)


def rollback(profile: Profile, version: str) -> Move:
    """Return the move of production back to a version; a trial of the one that goes ends with it.

    Raises NoSuchVersion, and Refused for a version that is retired, revoked or there already.
    """
    _check_usable(profile, version)
    production, canary = profile.channels.production, profile.channels.canary
    if production is None:
        raise Refused(
            f"no version of {profile.name} is in production",
            f"farmctl profile promote {profile.name}@{version} --channel production",
        )
    move = Move(profile.name, PRODUCTION, production.version, version, is_rollback=True)
    _refuse_same(move)
    ends_trial = canary is not None and canary.version in {production.version, version}
    return replace(move, ends_trial=ends_trial)


def _check_usable(profile: Profile, version: str) -> None:
    known = profile.versions.get(version)
    if known is None:
        raise NoSuchVersion(
            f"{profile.name} has no version {version}",
            mend_name(version, profile.versions, "versions"),
        )
    if known.state != "released":
        others = sorted(name for name, each in profile.versions.items() if each.state == "released")
        mend = (
            f"released are {', '.join(others)}" if others else "farmctl profile release makes one"
        )
        raise Refused(f"{profile.name}@{version} is {known.state}", mend)


def _refuse_same(move: Move) -> None:
    if move.before == move.after:
        raise Refused(f"{move.pin} is in {move.channel} already", "farmctl profile list")


def _check_printers(profile: Profile, names: Sequence[str], farm: Farm) -> None:
    known = {each.name: each for each in farm.printers}
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no printer `{name}`",
                mend_name(name, _fitting(profile, farm), "printers"),
            )
        of_class = known[name].class_.partition("@")[0]
        if of_class not in profile.classes:
            raise UsageError(
                f"{name} is a {of_class}: {profile.name} is for {', '.join(profile.classes)}",
                mend_name(name, _fitting(profile, farm), "printers"),
            )


def _fitting(profile: Profile, farm: Farm) -> tuple[str, ...]:
    return tuple(each.name for each in farm.printers if is_for(profile, each))


def is_for(profile: Profile, printer: Printer) -> bool:
    """Return whether a profile is for a printer's class and, where it says one, its nozzle."""
    nozzle_mm = printer.nozzle_mm
    of_class = printer.class_.partition("@")[0]
    return of_class in profile.classes and nozzle_mm in (None, profile.nozzle_mm)


def refuse_held(move: Move, holds: Mapping[str, str]) -> None:
    """Raise Refused where the version is stopped; `holds` says by whom and why, by pin."""
    if move.pin in holds:
        why = holds[move.pin]
        raise Refused(f"{move.pin} is stopped: {why}", f"farmctl profile start {move.pin}")


def edited(text: str, move: Move) -> str:
    """Return `profile.yaml` with the channel moved; all else stays as it was written.

    Raises NotEditable.
    """
    at = ("channels", move.channel)
    if "channels" not in _keys(text):
        return set_value(text, ("channels",), {move.channel: _words(move)})
    if move.channel == PRODUCTION and move.before is not None:
        text = set_value(text, (*at, "version"), move.after)
    else:
        text = set_value(text, at, _words(move))
    return remove_key(text, ("channels", CANARY)) if move.ends_trial else text


def _keys(text: str) -> frozenset[str]:
    found = parse(text.encode()).value
    return frozenset(found) if isinstance(found, Mapping) else frozenset()


def _words(move: Move) -> dict[str, Any]:
    words: dict[str, Any] = {"version": move.after}
    if move.printers:
        words["printers"] = list(move.printers)
    if move.plates is not None:
        words["plates"] = move.plates
    return words
