"""Following a branch of a remote: its files count, and build plans go to farmctl's own branch.

A fast-forward is taken by itself. A branch that was rewritten, is gone, or has other build plans
than this host holds every start until a person looked; prints that run go on. A remote that does
not answer changes nothing: what was followed last still counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from farmctl.farm.acting.standing import Standing, held_back, standing_at
from farmctl.farm.parts import Farm
from farmctl.farmrepo.follow import NotReached, follow
from farmctl.farmrepo.identity import FARMCTL, Signature
from farmctl.farmrepo.plans_branch import (
    BRANCH,
    REF,
    Diverged,
    NotPushed,
    push_plans,
    take_plans,
    write_plans,
)
from farmctl.farmrepo.remotes import RemoteBranch, Unreachable, parse_branch
from farmctl.farmrepo.repository import Repository

if TYPE_CHECKING:
    from farmctl.ledger.state import State
    from farmctl.model.desired import Desired

ASK_EVERY_S = 20.0
"""How often a remote is asked where its branch is."""


class Following:
    """A branch of a remote as an origin.

    Args:
        farm: Which.
        branch: `origin/main`.
        say: Told what a person should know: a remote that does not answer, plans not pushed.
    """

    def __init__(self, farm: Farm, branch: RemoteBranch, say: Callable[[str], None]) -> None:
        self._farm = farm
        self._branch = branch
        self._say = say
        self._standing: Standing | None = None
        self._asked_at = float("-inf")
        self._told = ""

    def head(self) -> str:
        """Return what changes whenever the followed files, their plans or a hold do."""
        return str(self._stands())

    def desired(self, state: State) -> Desired:
        """Return the farm at the followed commit; held where a person must look first."""
        from farmctl.control.desire import Where, desired_from
        from farmctl.farmrepo.collect import Wanted
        from farmctl.farmrepo.read import Revision, read
        from farmctl.slicing.pin import platform

        at = self._stands()
        with self._farm.repository() as repository:
            revision = Revision(at.commit, at.plans)
            documents, wanted = self._farm.documents, Wanted(state.closed_blobs())
            found = read(repository, revision, documents, wanted)
        return held_back(desired_from(found, Where(str(self._branch), platform())), at)

    def model(self, digest: str, path: str | None) -> bytes:
        """Return a model's bytes from the store or the followed commit."""
        return self._farm.model(digest, path, self._stands().commit)

    def not_read(self) -> tuple[str, ...]:
        """Return nothing: the folder's own files do not count here."""
        return ()

    def commit_plans(
        self, plans: Mapping[str, bytes | None], message: str, at: datetime
    ) -> str | None:
        """Commit build plans to farmctl's own branch and push it; unpushed plans count here."""
        followed = self._stands().commit
        with self._farm.repository() as repository:
            commit = write_plans(repository, followed, plans, message, Signature(FARMCTL, at))
            pushed = push_plans(repository, self._branch.remote)
        if isinstance(pushed, NotPushed):
            self._tell(f"build plans are not pushed: {pushed.why}")
        self._standing = replace(self._stands(), plans=commit)
        return commit

    def _stands(self) -> Standing:
        now = self._farm.clock.monotonic()
        if self._standing is None or now - self._asked_at >= ASK_EVERY_S:
            self._asked_at = now
            with self._farm.repository() as repository:
                self._standing = self._looked(repository)
        return self._standing

    def _looked(self, repository: Repository) -> Standing:
        found = follow(repository, self._branch)
        if isinstance(found, NotReached):
            self._tell(f"{self._branch} cannot be asked: {found.why}")
        at = standing_at(found, self._branch)
        plans = take_plans(repository, self._branch.remote)
        match plans:
            case Diverged(ours=ours, theirs=theirs):
                why = f"{BRANCH} differs here ({ours[:7]}) and there ({theirs[:7]})"
                mend = f"{why}: git merge one into the other and push it"
                at = replace(at, held=at.held or mend)
            case Unreachable(why=why):
                self._tell(f"{self._branch.remote} does not answer: {why}")
            case None:
                pass
            case _:
                assert_never(plans)
        return replace(at, plans=repository.commit_of(REF))

    def _tell(self, text: str) -> None:
        """Say it once, not at every look."""
        if text != self._told:
            self._told = text
            self._say(text)


def following(farm: Farm, name: str, say: Callable[[str], None]) -> Following:
    """Return the origin that `origin/main` names. Raises UsageError."""
    with farm.repository() as repository:
        return Following(farm, parse_branch(repository, name), say)
