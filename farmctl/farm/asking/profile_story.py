"""How a profile came to where it is: its channels by git's history, and what a person stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from farmctl.control.glance import Moment
from farmctl.errors import FarmctlError
from farmctl.farm.acting.following import followed_by
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.usage import live_runs
from farmctl.farmrepo.channel_history import Change, channel_changes, is_shallow
from farmctl.farmrepo.follow import followed_ref
from farmctl.farmrepo.remotes import parse_branch
from farmctl.farmrepo.repository import Repository
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.documents.profile import Profile
from farmctl.profiles.channels import CHANNELS


def followed_commit(farm: Farm) -> str:
    """Return the commit whose files count, as far as this clone has seen it; nobody is asked."""
    name = followed_by(farm)
    with farm.repository() as repository:
        if name is not None:
            known = repository.commit_of(followed_ref(parse_branch(repository, name)))
            if known is not None:
                return known
        return repository.resolve("HEAD")


def profile_story(
    farm: Farm, desired: Desired, state: State, pin: str, moment: Moment
) -> list[str]:
    """Return where a profile's channels point and how that came, or one version's part in it.

    Args:
        farm: Whose git is asked.
        desired: The farm at the commit up to which it is told.
        state: What people stopped and what prints.
        pin: `petg-0.4-standard`, or `petg-0.4-standard@1.9.0`.
        moment: Now, and where.
    """
    name, _, version = pin.partition("@")
    document = desired.profiles[name].document
    lines = [_head(document)]
    with farm.repository() as repository:
        for channel in CHANNELS:
            changes = channel_changes(repository, desired.commit, name, channel)
            lines += _told(channel, [*_of(changes, version)], moment)
        if _is_cut(repository):
            lines.append(
                "this clone is shallow: what was before is not in it: git fetch --unshallow"
            )
    return [*lines, *_now(document, state, version, moment)]


def _head(document: Profile) -> str:
    what = f"{document.material}, {document.nozzle_mm:g} mm, {document.quality}"
    return f"{document.name}: {what}, for {', '.join(document.classes)}"


def _of(changes: Sequence[Change], version: str) -> Iterator[tuple[str | None, Change]]:
    """Yield each change with the version before it; with a version, only those that it is in."""
    before = None
    for each in changes:
        if not version or version in (before, each.version):
            yield before, each
        before = each.version


def _told(
    channel: str, changes: Sequence[tuple[str | None, Change]], moment: Moment
) -> Iterator[str]:
    now = changes[-1][1].version if changes else None
    yield f"{channel}: {now or 'none'}"
    for before, each in changes:
        move = f"{before or 'none'} → {each.version or 'none'}"
        yield f"  {move}  {each.commit[:7]}  {each.by}, {moment.said(each.at)}: {each.subject}"


def _is_cut(repository: Repository) -> bool:
    try:
        return is_shallow(repository)
    except FarmctlError:
        return False


def _now(document: Profile, state: State, version: str, moment: Moment) -> Iterator[str]:
    """Yield what is stopped, retired or revoked, and what prints."""
    for name, said in document.versions.items():
        pin = f"{document.name}@{name}"
        if version not in ("", name):
            continue
        if said.state != "released":
            yield f"{name} is {said.state}"
        hold = state.profile_holds.get(pin)
        if hold is not None:
            yield f"{name} is stopped by {hold.by} since {moment.said(hold.since)}: {hold.reason}"
            yield f"  farmctl profile start {pin}"
        running = [f"{each.run} on {each.printer}" for each in live_runs(state, pin)]
        if running:
            yield f"{name} prints: {', '.join(running)}"
            yield f"  farmctl abort --profile {pin}"
