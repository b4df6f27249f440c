"""Which files of a farm count: those of a commit, of a remote's branch, or of the work tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from farmctl.farm.parts import Farm
from farmctl.model.digest import Digest

if TYPE_CHECKING:
    from farmctl.control.actions import Action
    from farmctl.farmrepo.commit import Waiting
    from farmctl.ledger.state import State
    from farmctl.model.desired import Desired


class Readable(Protocol):
    """Where the farm's files are read."""

    def desired(self, state: State) -> Desired:
        """Return the farm as decisions read it. Raises InvalidDocuments."""
        ...

    def model(self, digest: str, path: str | None) -> bytes:
        """Return a model's bytes: from the store, or by its path."""
        ...

    def not_read(self) -> tuple[str, ...]:
        """Return files of the farm that have changes which are not read."""
        ...


class Origin(Readable, Protocol):
    """Files that are acted on, and where build plans go."""

    def lets(self, action: Action) -> bool:
        """Return whether an action may be done; a build plan that waits is not written again."""
        ...

    def head(self) -> str:
        """Return what changes whenever the files do."""
        ...

    def commit_plans(
        self, plans: Mapping[str, bytes | None], message: str, at: datetime
    ) -> str | None:
        """Commit build plans; None when they must wait for the person."""
        ...


@dataclass
class AtRevision:
    """A commit by any name that git knows; HEAD moves on with its branch.

    Args:
        farm: Whose.
        rev: The name.
        say: Told which build plans wait for the person, and why: once, until that changes.
    """

    farm: Farm
    rev: str = "HEAD"
    say: Callable[[str], None] = lambda _text: None
    told: str = ""

    def lets(self, _action: Action) -> bool:
        """Return that every action may be done."""
        return True

    def head(self) -> str:
        """Return the commit."""
        return self.farm.head(self.rev)

    def desired(self, state: State) -> Desired:
        """Return the farm at the commit."""
        return self.farm.desired(self.rev, state)

    def model(self, digest: str, path: str | None) -> bytes:
        """Return a model's bytes from the store or the commit."""
        return self.farm.model(digest, path, self.rev)

    def commit_plans(
        self, plans: Mapping[str, bytes | None], message: str, at: datetime
    ) -> str | None:
        """Commit build plans to the branch that is checked out; one commit moves on to its own."""
        commit = self.farm.commit_plans(plans, message, at)
        if not isinstance(commit, str):
            self._tell(waiting_said(commit))
            return None
        self.told = ""
        if commit != self.rev and self.farm.head(f"{commit}^") == self.rev:
            self.rev = commit
        return commit

    def _tell(self, text: str) -> None:
        if text != self.told:
            self.told = text
            self.say(text)

    def not_read(self) -> tuple[str, ...]:
        """Return what is changed and not committed, when the commit is the one checked out."""
        from farmctl.farmrepo.read import not_read

        with self.farm.repository() as repository:
            return not_read(repository, self.rev)


def waiting_said(waiting: Sequence[Waiting]) -> str:
    """Return which build plans are not written, and why: the first, and how many more."""
    first, more = waiting[0], len(waiting) - 1
    others = f" (and {more} more)" if more else ""
    return f"{first.path} is not written: {first.why}{others}; it is tried again   git status"


@dataclass
class WorkTree:
    """The files as they are now: to look at what they would mean, never to act on."""

    farm: Farm

    def desired(self, state: State) -> Desired:
        """Return the farm as its files are now."""
        from farmctl.control.desire import Where, desired_from
        from farmctl.farmrepo.collect import Wanted
        from farmctl.farmrepo.read import read_worktree
        from farmctl.slicing.pin import platform

        with self.farm.repository() as repository:
            found = read_worktree(repository, self.farm.documents, Wanted(state.closed_blobs()))
        return desired_from(found, Where("work tree", platform()))

    def model(self, digest: str, path: str | None) -> bytes:
        """Return a model's bytes from the store or the folder."""
        if path is None or self.farm.store.has(Digest(digest)):
            return self.farm.store.get(Digest(digest))
        return self.farm.disk.read(self.farm.folder / Path(path))

    def not_read(self) -> tuple[str, ...]:
        """Return nothing: all is read."""
        return ()
