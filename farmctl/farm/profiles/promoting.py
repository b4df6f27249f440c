"""Moving a profile's channel: read, judged, announced and committed; nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from farmctl.control.subjects import unknown
from farmctl.errors import FarmctlError, InvalidDocuments, Refused
from farmctl.farm.edits import Edit, Introduce, checked, commit_edit, signature
from farmctl.farm.golden.slices import Tell
from farmctl.farm.golden.versions import Versions, comparison
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.announcing import Announcement
from farmctl.farm.profiles.changed import complete_settings, settings_changes
from farmctl.farm.profiles.consequences import consequences, with_profile
from farmctl.farm.profiles.evidence import Tally, evidence_of
from farmctl.farm.profiles.fitness import refuse_unfit
from farmctl.farm.profiles.proposing import Base, Handed, base_for, hand_on
from farmctl.farm.slices.recall import slice_cache
from farmctl.farmrepo.branch import tip_of_head
from farmctl.farmrepo.channel_history import version_before
from farmctl.farmrepo.files import list_tree
from farmctl.farmrepo.layout import profile_path
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.side_branch import Proposal, commit_on_branch
from farmctl.farmrepo.uncommitted import uncommitted
from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.documents.profile import Profile
from farmctl.profiles.channels import (
    Move,
    Trial,
    edited,
    promotion,
    refuse_held,
    rollback,
)


class Prepared(Struct, frozen=True):
    """A move that may be made.

    Args:
        base: The commit that it is made on.
        path: The file that changes.
        raw: What it says then.
        announcement: What is said of it.
        is_stopped: Whether the version that goes is stopped.
    """

    base: Base
    path: str
    raw: bytes
    announcement: Announcement
    is_stopped: bool = False

    @property
    def move(self) -> Move:
        """Return the move."""
        return self.announcement.move


class Way(Struct, frozen=True):
    """How a channel is moved.

    Args:
        is_direct: Without a review, on the branch that is checked out.
        tell: Hears how far slicing is; None where nothing may be sliced.
    """

    is_direct: bool = False
    tell: Tell | None = None


class Moved(Struct, frozen=True):
    """A move that was made.

    Args:
        commit: Where.
        handed: What became of its branch; None for one on the branch that is checked out.
    """

    commit: str
    handed: Handed | None


def prepare_promotion(farm: Farm, pin: str, channel: str, trial: Trial, way: Way) -> Prepared:
    """Return a promotion that may be made; golden models that nobody measured are sliced.

    Raises Refused, UsageError, NoSuchThing.
    """
    name, _, version = pin.partition("@")

    def move(_repository: Repository, base: Base, desired: Desired) -> Move:
        return promotion(_document(desired, name), version, channel, trial, base.farm)

    return _prepared(farm, name, version, move, way)


def prepare_rollback(
    farm: Farm, name: str, version: str | None, *, direct: bool = False
) -> Prepared:
    """Return a rollback that may be made: nothing is sliced for it.

    Raises Refused, UsageError, NoSuchThing.
    """

    def move(repository: Repository, base: Base, desired: Desired) -> Move:
        document = _document(desired, name)
        return rollback(document, version or version_before(repository, base.commit, name))

    return _prepared(farm, name, version, move, Way(is_direct=direct))


def _document(desired: Desired, name: str) -> Profile:
    if name not in desired.profiles:
        for each in desired.faults:
            if each.file == profile_path(name):
                raise InvalidDocuments(f"{each.where}: {each.message}", each.mend)
        raise unknown(name, "profile", desired.profiles)
    return desired.profiles[name].document


_Mover = Callable[[Repository, Base, Desired], Move]


def _prepared(farm: Farm, name: str, version: str | None, mover: _Mover, way: Way) -> Prepared:
    path, state = profile_path(name), farm.view().state
    with farm.repository() as repository:
        if tip_of_head(repository).ref == "HEAD":
            raise Refused("no branch is checked out (detached HEAD)", "git switch main")
        if path in uncommitted(repository):
            raise Refused(
                f"{path} has changes that are not committed", 'farmctl commit -m "…" first'
            )
        base = base_for(farm, repository, name, version, direct=way.is_direct)
        before = farm.desired(base.commit, state)
        move = mover(repository, base, before)
        refuse_held(move, _holds(state))
        refuse_unfit(farm, repository, before, move)
        old = _in_production(before, move)
        asked = Versions(base.commit, name, move.after, old, way.tell)
        golden = comparison(farm, repository, state, asked)
        text = repository.read(list_tree(repository, base.commit, path)[path].blob).decode()
    moved = edited(text, move)
    after = with_profile(before, checked(Profile, moved, path))
    announcement = replace(_announced(farm, state, before, after, move), golden=golden)
    is_stopped = move.replaced in state.profile_holds
    return Prepared(base, path, moved.encode(), announcement, is_stopped)


def _holds(state: State) -> Mapping[str, str]:
    return {pin: f"{hold.reason} ({hold.by})" for pin, hold in state.profile_holds.items()}


def _announced(
    farm: Farm, state: State, before: Desired, after: Desired, move: Move
) -> Announcement:
    profile, cache = after.profiles[move.profile].document, slice_cache(farm)
    old = _in_production(before, move)
    settings = complete_settings(before, move.profile, old) if old else {}
    found = consequences(
        state, before, after, move.profile, lambda request: cache.known(request) is not None
    )
    return Announcement(
        move=move,
        against=old,
        changes=settings_changes(
            profile.program, settings, complete_settings(after, move.profile, move.after)
        ),
        found=found,
        tallies=_tallies(farm, move.profile) if found.known else {},
        notes=profile.versions[move.after].notes,
    )


def _in_production(before: Desired, move: Move) -> str | None:
    """Return the version that the one which comes is held against."""
    production = before.profiles[move.profile].document.channels.production
    return production.version if production else None


def _tallies(farm: Farm, profile: str) -> Mapping[str, Tally]:
    """Return the evidence; a history that cannot be read keeps nobody from a rollback."""
    try:
        return evidence_of(farm, profile)
    except (FarmctlError, OSError):
        return {}


def carry_out(farm: Farm, prepared: Prepared, introduce: Introduce, *, direct: bool) -> Moved:
    """Make the move: on its own branch, which is handed on, or on the one that is checked out."""
    text = prepared.announcement.text
    files = {prepared.path: prepared.raw}
    if direct:
        return Moved(commit_edit(farm, Edit(files, text), introduce), None)
    move, base = prepared.move, prepared.base
    with farm.repository() as repository:
        by = signature(farm, repository, introduce)
        proposal = Proposal(move.branch, base.commit, files, text)
        commit = commit_on_branch(repository, proposal, by)
        handed = hand_on(farm, repository, base, prepared.announcement)
    return Moved(commit, handed)
