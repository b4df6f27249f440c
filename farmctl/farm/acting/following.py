"""Following a branch of a remote: its files count, and build plans go to farmctl's own branch.

A fast-forward is taken by itself. A branch that was rewritten, is gone, or has other build plans
than this host holds every start until a person looked; prints that run go on. A remote that does
not answer changes nothing: what was followed last still counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from farmctl.control.actions import Action, WritePlan
from farmctl.errors import FarmctlError
from farmctl.farm.acting.standing import Standing, held_back, standing_at
from farmctl.farm.edits import git_rules
from farmctl.farm.parts import Farm
from farmctl.farmrepo.emit import emit
from farmctl.farmrepo.follow import NotReached, follow
from farmctl.farmrepo.forge_kinds import Wish
from farmctl.farmrepo.identity import FARMCTL, Signature
from farmctl.farmrepo.plans_branch import (
    BRANCH,
    Diverged,
    Edition,
    NotPushed,
    Pushed,
    publish_plans,
    ref_of,
    take_plans,
)
from farmctl.farmrepo.remotes import RemoteBranch, Unreachable, parse_branch
from farmctl.farmrepo.repository import Repository
from farmctl.model.documents.farm import Farm as FarmDocument
from farmctl.model.documents.git import Forge
from farmctl.planning.plan_text import PlanDraft, plan_document

if TYPE_CHECKING:
    from farmctl.ledger.state import State
    from farmctl.model.desired import Desired

ASK_EVERY_S = 20.0
"""How often a remote is asked where its branch is."""


class PlansAt(Struct, frozen=True):
    """Where build plans go, and from where they count.

    Args:
        branch: farmctl's own.
        forge: Where a pull request asks for them to be merged; None for nowhere.
        only_merged: Whether they wait until they are in the followed branch.
    """

    branch: str = BRANCH
    forge: Forge | None = None
    only_merged: bool = False


class Waiting(Struct, frozen=True):
    """Build plans that wait to be merged.

    Args:
        followed: The commit that they were proposed for.
        plans: Content by path.
        is_pushed: Whether the remote has them.
    """

    followed: str
    plans: Mapping[str, bytes | None] = field(default_factory=dict)
    is_pushed: bool = True

    def at(self, followed: str) -> Mapping[str, bytes | None]:
        """Return the plans, none for another commit: what is still due comes again."""
        return self.plans if followed == self.followed else {}

    def has(self, draft: PlanDraft) -> bool:
        """Return whether just this draft waits."""
        known = self.plans.get(f"plans/{draft.item}.yaml")
        return known is not None and known == emit(plan_document(draft)).encode()


class Following:
    """A branch of a remote as an origin.

    Args:
        farm: Which.
        branch: `origin/main`.
        say: Told what a person should know: a remote that does not answer, plans not pushed.
        rules: Where build plans go.
    """

    def __init__(
        self, farm: Farm, branch: RemoteBranch, say: Callable[[str], None], rules: PlansAt
    ) -> None:
        self._farm = farm
        self._branch = branch
        self._say = say
        self._rules = rules
        self._waiting = Waiting("")
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
        """Commit build plans to farmctl's own branch and push it; unpushed plans count here.

        Where only merged plans count, they are proposed and None is returned: they wait.
        """
        followed, rules = self._stands().commit, self._rules
        if rules.only_merged:
            plans = {**self._waiting.at(followed), **plans}
        by = Signature(FARMCTL, at)
        edition = Edition(followed, plans, message, by, rules.branch, keeps=not rules.only_merged)
        with self._farm.repository() as repository:
            outcome = publish_plans(repository, edition, self._branch.remote)
            commit = repository.resolve(edition.ref)
            if isinstance(outcome, Pushed):
                self._request(repository, edition)
        match outcome:
            case NotPushed(why=why):
                self._tell(f"build plans are not pushed: {why}")
            case Diverged():
                self._standing = None  # looked at again: what differs holds every start
            case Pushed():
                pass
            case _:
                assert_never(outcome)
        if rules.only_merged:
            self._waiting = Waiting(followed, plans, is_pushed=isinstance(outcome, Pushed))
            return None
        self._standing = replace(self._stands(), plans=commit)
        return commit

    def lets(self, action: Action) -> bool:
        """Return whether an action may be done: a plan that waits to be merged is written once."""
        if not (self._rules.only_merged and isinstance(action, WritePlan)):
            return True
        return not self._waiting.has(action.draft)

    def _request(self, repository: Repository, edition: Edition) -> None:
        """Ask on the forge for the plans to be merged, once; what hinders that is told."""
        into, waits = self._branch.name, self._rules.only_merged
        count = len(edition.plans)
        what = f"{count} build plan{'s' * (count != 1)} to be merged"
        if self._rules.forge is None:
            if waits:
                self._tell(f"{what} from {edition.branch} into {into}")
            return
        from farmctl.farm.profiles.proposing import requested

        title, _, body = edition.message.partition("\n")
        wish = Wish(edition.branch, into, title, body.strip() or "Build plans of farmctl.")
        try:
            opened = requested(self._farm, repository, self._rules.forge, self._branch.remote, wish)
        except FarmctlError as error:
            self._tell(f"no pull request for {edition.branch}: {error.message}; {error.mend}")
            return
        if opened.is_new or waits:
            self._tell(f"{what}: {opened.name} {opened.request.url}")

    def _stands(self) -> Standing:
        now = self._farm.clock.monotonic()
        if self._standing is None or now - self._asked_at >= ASK_EVERY_S:
            self._asked_at = now
            before = self._standing
            with self._farm.repository() as repository:
                self._standing = self._looked(repository)
            is_another = before is not None and before.commit != self._standing.commit
            if is_another or not self._waiting.is_pushed:
                self._waiting = Waiting("")  # what is still due is proposed anew
        return self._standing

    def _looked(self, repository: Repository) -> Standing:
        found = follow(repository, self._branch)
        if isinstance(found, NotReached):
            self._tell(f"{self._branch} cannot be asked: {found.why}")
        at = standing_at(found, self._branch)
        own = self._rules.branch
        plans = take_plans(repository, self._branch.remote, own)
        match plans:
            case Diverged(ours=ours, theirs=theirs):
                why = f"{own} differs here ({ours[:7]}) and there ({theirs[:7]})"
                mend = f"{why}: git merge one into the other and push it"
                at = replace(at, held=at.held or mend)
            case Unreachable(why=why):
                self._tell(f"{self._branch.remote} does not answer: {why}")
            case None:
                pass
            case _:
                assert_never(plans)
        if self._rules.only_merged:
            return at
        return replace(at, plans=repository.commit_of(ref_of(own)))

    def _tell(self, text: str) -> None:
        """Say it once, not at every look."""
        if text != self._told:
            self._told = text
            self._say(text)


def following(farm: Farm, name: str, say: Callable[[str], None]) -> Following:
    """Return the origin that `origin/main` names. Raises UsageError."""
    document = git_rules(farm)
    with farm.repository() as repository:
        return Following(farm, parse_branch(repository, name), say, _rules(document))


def followed_by(farm: Farm) -> str | None:
    """Return the branch that `farm.yaml` says is followed; None for what is checked out."""
    document = git_rules(farm)
    return document.git.follow if document and document.git else None


def _rules(document: FarmDocument | None) -> PlansAt:
    if document is None or document.git is None:
        return PlansAt()
    merged = document.automation.require_merged_plans
    return PlansAt(document.git.plans, document.git.forge, merged)
