"""A git remote in memory: commits on a branch, the claim of the ledger, its checkpoints.

Hosts meet it through clones of their own, which ask it what a clone of git would ask; what follows
from the answers is decided where it is decided for git: in `follow`, `tenure` and `standing`.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from farmctl.control.desire import Where, desired_from
from farmctl.errors import Refused
from farmctl.farm.acting.following import ASK_EVERY_S
from farmctl.farm.acting.standing import Standing, held_back, standing_at
from farmctl.farmrepo.cache import DocumentCache
from farmctl.farmrepo.claim import Claim, ClaimState, RemoteClaim
from farmctl.farmrepo.collect import Wanted, collect
from farmctl.farmrepo.files import REGULAR, Entry, blob_id
from farmctl.farmrepo.follow import look
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.remotes import RemoteBranch, Unreachable
from farmctl.ledger.state import State
from farmctl.model.checkpoint import Checkpoint
from farmctl.model.desired import Desired
from farmctl.soak.documents import PLATFORM, Tree
from farmctl.system.clock import Clock

ORIGIN = "origin"
MAIN = RemoteBranch(ORIGIN, "main")
_SILENT = Unreachable(ORIGIN, "the network is down")
_READ_BEFORE = DocumentCache()


class Commit(Struct, frozen=True):
    """A commit: its parent, None for the first, and all its files."""

    parent: str | None
    files: Tree


class Remote:
    """What everybody shares.

    Attributes:
        commits: Every commit that was ever pushed, by its name.
        tip: Where the branch points.
        is_gone: Whether somebody deleted the branch.
        whole: What files hold that are only half saved in the newest commit, or may be.
        claims: What it was told of the farm's ledger, the newest last.
        checkpoints: Of the ledger, the newest last.
    """

    def __init__(self, files: Tree) -> None:
        self.commits: dict[str, Commit] = {}
        self.claims: list[Claim] = []
        self.checkpoints: list[Checkpoint] = []
        self.is_gone = False
        self.whole: dict[str, bytes] = {}
        self.tip = self.push(Commit(None, files))

    @property
    def files(self) -> Tree:
        """Return the files at the branch's end."""
        return self.commits[self.tip].files

    @property
    def claim(self) -> Claim | None:
        """Return what it says of the farm's ledger."""
        return self.claims[-1] if self.claims else None

    def commit(self, changes: Tree) -> str:
        """Push a commit with these files changed, and return its name."""
        return self.push(Commit(self.tip, {**self.files, **changes}))

    def push(self, commit: Commit) -> str:
        """Let the branch point to a commit, whether it goes on from there or not."""
        name = f"{len(self.commits) + 1:040x}"
        self.commits[name] = commit
        self.tip = name
        return name

    def goes_on(self, old: str, new: str) -> bool:
        """Return whether `new` has `old` among its ancestors."""
        at: str | None = new
        while at is not None and at != old:
            at = self.commits[at].parent
        return at == old

    def record(self, claim: Claim) -> None:
        """Take a claim that goes on from the one before. Raises Refused."""
        if self.claim and self.claim.ledger == claim.ledger and self.claim.epoch >= claim.epoch:
            raise Refused(f"the ledger is at epoch {self.claim.epoch} already")
        self.claims.append(claim)


class Clone:
    """The clone of one host: its own claim, and how far it followed the branch.

    Args:
        remote: Whose.
        clock: The branch is asked for now and then.

    Attributes:
        is_connected: Whether the remote can be asked.
        claim: What this clone says of the farm's ledger.
        followed: The commit that was followed last.
        plans: The commits of build plans, each with all files.
    """

    def __init__(self, remote: Remote, clock: Clock) -> None:
        self.remote = remote
        self.is_connected = True
        self.claim: Claim | None = None
        self.followed: str | None = remote.tip
        self.plans: list[Tree] = []
        self._clock = clock
        self._standing: Standing | None = None
        self._asked_at_s = float("-inf")

    def head(self) -> str:
        """Return what changes whenever the followed files or a hold do."""
        return str(self._stands())

    def ask_soon(self) -> None:
        """Ask where the branch is at the next turn: somebody says that it moved."""
        self._asked_at_s = float("-inf")

    def desired(self, state: State) -> Desired:
        """Return the farm at the followed commit. Raises InvalidDocuments."""
        at = self._stands()
        files = MemoryFiles(self.remote.commits[at.commit].files)
        found = collect(Reading(files, _READ_BEFORE), Wanted(state.closed_blobs()))
        desired = desired_from(found, Where(str(MAIN), PLATFORM))
        return held_back(replace(desired, commit=at.commit), at)

    def known(self) -> str | None:
        """Return the commit that was followed last."""
        return self.followed

    def asked(self) -> str | Unreachable | None:
        """Ask where the branch is."""
        if not self.is_connected:
            return _SILENT
        return None if self.remote.is_gone else self.remote.tip

    def fetched(self) -> str | Unreachable:
        """Fetch where the branch is."""
        return self.asked() or _SILENT

    def goes_on(self, old: str, new: str) -> bool:
        """Return whether `new` has `old` among its ancestors."""
        return self.remote.goes_on(old, new)

    def accept(self, commit: str) -> None:
        """Follow the branch from this commit on: also when a person says so."""
        self.followed = commit

    def has_remote(self) -> bool:
        """Return that there is one."""
        return True

    def look(self, _epoch: int = 0) -> ClaimState:
        """Return what this clone and the remote say of the farm's ledger."""
        told = RemoteClaim(ORIGIN, self.remote.claim) if self.is_connected else _SILENT
        return ClaimState(self.claim, (told,))

    def record(self, claim: Claim) -> None:
        """Record a claim at the remote and here. Raises Refused: another clone was faster."""
        if self.is_connected:
            self.remote.record(claim)
        self.claim = claim

    def checkpoints(self) -> Sequence[Checkpoint]:
        """Return the checkpoints that can be asked for."""
        return self.remote.checkpoints if self.is_connected else ()

    def anchor(self, checkpoint: Checkpoint) -> None:
        """Push a checkpoint, unless another host has pushed one of a higher epoch."""
        newest = self.remote.checkpoints[-1] if self.remote.checkpoints else None
        if newest is None or newest.epoch <= checkpoint.epoch:
            self.remote.checkpoints.append(checkpoint)

    def commit_plans(self, files: Tree) -> str:
        """Commit build plans beside the branch; equal ones make no second commit."""
        newest = self.plans[-1] if self.plans else {}
        if any(newest.get(path) != raw for path, raw in files.items()):
            self.plans.append({**newest, **files})
        return f"plans-{len(self.plans)}"

    def _stands(self) -> Standing:
        now_s = self._clock.monotonic()
        if self._standing is None or now_s - self._asked_at_s >= ASK_EVERY_S:
            self._asked_at_s = now_s
            self._standing = standing_at(look(self, MAIN), MAIN)
        return self._standing


class MemoryFiles:
    """The files of a commit in memory."""

    def __init__(self, files: Tree) -> None:
        self._files = files
        self.entries = {path: Entry(REGULAR, blob_id(raw)) for path, raw in files.items()}

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self._files[path]
