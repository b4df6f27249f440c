"""Whether a version may go into a channel: as it was released, and signed where policy asks."""

from __future__ import annotations

from farmctl.errors import Refused
from farmctl.farm.parts import Farm
from farmctl.farmrepo.files import SUBMODULE, SYMLINK, Files, committed_files
from farmctl.farmrepo.history import history_faults, history_of
from farmctl.farmrepo.layout import profile_path, settings_path
from farmctl.farmrepo.repository import Repository
from farmctl.farmrepo.signatures import Discounted, Signed, Unsigned, who_signed
from farmctl.model.desired import Desired
from farmctl.model.diagnostics import Severity
from farmctl.model.digest import Digest, digest_of
from farmctl.model.documents.common import Version
from farmctl.model.released import Released
from farmctl.profiles.channels import Move


def refuse_unfit(farm: Farm, repository: Repository, desired: Desired, move: Move) -> None:
    """Raise Refused where the version that comes is not what was released, or lacks a signature.

    Args:
        farm: Whose.
        repository: Its git.
        desired: The farm at the commit that the move is made on.
        move: What moves where; its version is listed in `profile.yaml`.
    """
    path = profile_path(move.profile)
    listed = desired.profiles[move.profile].document.versions[move.after]
    files = committed_files(repository, desired.commit)
    digest = _settings(files, settings_path(path, move.after))
    if digest != listed.digest:
        raise Refused(
            f"{settings_path(path, move.after)} is not the file that was released as {move.pin}",
            "put the released file back, and release the change as a new version",
        )
    _refuse_rewritten(farm, repository, desired.commit, {path: {move.after: listed}})
    if desired.policy.document.profiles.require_signature:
        _refuse_unsigned(files, Released(move.profile, move.after, listed.digest), desired)


def _settings(files: Files, path: str) -> Digest | None:
    """Return the digest of a plain file, or None: what a link names was never released."""
    entry = files.entries.get(path)
    is_plain = entry is not None and entry.mode not in (SYMLINK, SUBMODULE)
    return digest_of(files.read(path)) if is_plain else None


def _refuse_rewritten(
    farm: Farm, repository: Repository, commit: str, now: dict[str, dict[str, Version]]
) -> None:
    history = history_of(repository, commit, sorted(now), farm.documents)
    for fault in history_faults(repository, history, now):
        if fault.severity is Severity.ERROR:
            raise Refused(fault.message, fault.mend)


def _refuse_unsigned(files: Files, of: Released, desired: Desired) -> None:
    policy = f"policies/{desired.policy.document.name}.yaml asks for signatures"
    match who_signed(files, of):
        case Signed():
            return
        case Unsigned():
            raise Refused(f"{of.pin} is not signed, and {policy}", f"farmctl profile sign {of.pin}")
        case Discounted(why=why, mend=mend):
            raise Refused(
                f"the signature of {of.pin} does not count: {why}; {policy}",
                mend,
            )
