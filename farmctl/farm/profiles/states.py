"""A version that is retired, revoked, or signed after its release: a commit each."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from farmctl.control.subjects import unknown
from farmctl.errors import Refused
from farmctl.farm.edits import Edit, Introduce, commit_edit, signature
from farmctl.farm.founding.sample import refuse_sample
from farmctl.farm.parts import Farm
from farmctl.farm.profiles.releasing import changelog_of, check_notes, today
from farmctl.farm.profiles.signing import Signing, Wish, sign
from farmctl.farm.profiles.targets import (
    Target,
    present,
    refuse_unfit_place,
    target_named,
    version_in,
)
from farmctl.farmrepo.edit import set_value
from farmctl.farmrepo.files import work_tree_files
from farmctl.farmrepo.signatures import Signed, signature_path, who_signed
from farmctl.profiles.versions import with_remark

End = Literal["retired", "revoked"]


class Ending(Struct, frozen=True):
    """What becomes of a version, and why."""

    pin: str
    state: End
    reason: str


def end(farm: Farm, asked: Ending, introduce: Introduce) -> str:
    """Retire or revoke a version; return the commit.

    Raises:
        NoSuchThing: There is no such version.
        UsageError: No version is named, or the reason is no line of text.
        Refused: It is so already, a channel points to a version that is to be revoked, or files
            are in the way.
    """
    refuse_sample(farm)
    check_notes(asked.reason)
    name, version = version_in(asked.pin)
    with farm.repository() as repository:
        target = target_named(present(farm, repository), name)
        said = target.versions.get(version)
        if said is None:
            raise unknown(asked.pin, "profile version", [f"{name}@{v}" for v in target.versions])
        if said.state in (asked.state, "revoked"):
            raise Refused(f"{asked.pin} is {said.state} already", f"farmctl profile show {name}")
        _refuse_in_use(target, version, asked.state)
        refuse_unfit_place(repository, target)
        who = signature(farm, repository, introduce).who.name
        edit = _edit(farm, target, version, asked, who)
    return commit_edit(farm, edit, introduce)


def _refuse_in_use(target: Target, version: str, state: End) -> None:
    channels = target.channels.get(version, ())
    if channels and state == "revoked":
        raise Refused(
            f"{' and '.join(channels)} of {target.name} still points to {version}",
            f"stop it at once: farmctl profile stop {target.name}@{version}; "
            f"then farmctl profile rollback {target.name}, then revoke",
        )


def _edit(farm: Farm, target: Target, version: str, asked: Ending, who: str) -> Edit:
    text = farm.disk.read(farm.folder / target.document).decode()
    remark = f"{asked.state.capitalize()} ({today(farm)}, {who}): {asked.reason}"
    changelog = with_remark(changelog_of(farm, target), target.name, version, remark)
    files = {
        target.document: set_value(text, ("versions", version, "state"), asked.state).encode(),
        target.changelog: changelog.encode(),
    }
    return Edit(files, f"profiles: {asked.pin} {asked.state}\n\n{asked.reason}")


def sign_release(farm: Farm, pin: str, wish: Wish, introduce: Introduce) -> Signing:
    """Sign a version that was released before, and commit the signature.

    Raises Refused where there is no key, it may not sign, or the version is signed already;
    NoSuchThing, NotSigned.
    """
    refuse_sample(farm)
    name, version = version_in(pin)
    with farm.repository() as repository:
        target = target_named(present(farm, repository), name)
        of = target.released(version)
        found = who_signed(work_tree_files(repository), of)
        if isinstance(found, Signed):
            raise Refused(f"{pin} is signed by {found.by} already", f"farmctl profile verify {pin}")
        refuse_unfit_place(repository, target)
        signing = sign(repository, of, wish)
    if signing.raw is None:
        raise Refused(f"{pin} is not signed: {signing.why_not}", "--key PATH names an ssh key")
    edit = Edit({signature_path(of): signing.raw}, f"profiles: {pin} signed by {signing.by}")
    commit_edit(farm, edit, introduce)
    return signing
