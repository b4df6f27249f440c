"""Opens a farm's folder and hands out its parts, each when it is first asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from farmctl.errors import FarmctlError, UsageError
from farmctl.system.clock import Clock, SystemClock
from farmctl.system.disk import Busy, Disk, RealDisk, locked

if TYPE_CHECKING:  # all of it takes time to import, and `status` needs none of it
    from farmctl.artifacts.store import ArtifactStore
    from farmctl.farmrepo.cache import DocumentCache
    from farmctl.farmrepo.commit import Waiting
    from farmctl.farmrepo.repository import Repository
    from farmctl.farmrepo.snapshot import Snapshot
    from farmctl.ledger.folder import LedgerFolder
    from farmctl.ledger.identity import Identity
    from farmctl.ledger.ledger import Ledger
    from farmctl.ledger.state import State
    from farmctl.ledger.view import View
    from farmctl.model.desired import Desired
    from farmctl.model.envelope import Actor

FARM_FILE = "farm.yaml"
STATE_FOLDER = ".farmctl"


@dataclass
class Farm:
    """One farm's folder on this machine.

    Args:
        folder: The root of its git repository.
        state_folder: Where the ledger lies, `.farmctl` in the folder if nobody says otherwise.
        clock: What time it is.
        disk: Where files live.
    """

    folder: Path
    state_folder: Path
    clock: Clock = field(default_factory=SystemClock)
    disk: Disk = field(default_factory=RealDisk)

    @cached_property
    def ledger_folder(self) -> LedgerFolder:
        """Return where the ledger lies."""
        from farmctl.ledger.folder import LedgerFolder

        return LedgerFolder(self.disk, self.state_folder)

    @cached_property
    def store(self) -> ArtifactStore:
        """Return the artifacts."""
        from farmctl.artifacts.store import ArtifactStore

        return ArtifactStore(self.state_folder / "artifacts", self.disk)

    @cached_property
    def documents(self) -> DocumentCache:
        """Return what was read from files before."""
        from farmctl.farmrepo.cache import open_cache

        return open_cache(self.disk, self.state_folder)

    @contextmanager
    def repository(self) -> Iterator[Repository]:
        """Yield the farm's git repository. Raises NoRepository."""
        from farmctl.farmrepo.repository import open_repository

        with open_repository(self.folder, self.disk) as repository:
            yield repository

    def snapshot(self, rev: str = "HEAD", state: State | None = None) -> Snapshot:
        """Return what the farm's files say at a revision; unchanged closed orders are left out."""
        from farmctl.farmrepo.collect import Wanted
        from farmctl.farmrepo.read import Revision, read

        skip = state.closed_blobs() if state else frozenset()
        with self.repository() as repository:
            found = read(repository, Revision(rev), self.documents, Wanted(skip, uncommitted=False))
        self.documents.save(self.disk, self.state_folder)
        return found

    def desired(self, rev: str = "HEAD", state: State | None = None) -> Desired:
        """Return the farm as decisions read it. Raises InvalidDocuments."""
        from farmctl.control.desire import Where, desired_from
        from farmctl.slicing.pin import platform

        return desired_from(self.snapshot(rev, state), Where(rev, platform()))

    def head(self, rev: str = "HEAD") -> str:
        """Return the commit that a revision names. Raises NoRevision."""
        with self.repository() as repository:
            return repository.resolve(rev)

    def view(self) -> View[State]:
        """Return the ledger as it can be read now, without locks; empty where there is none."""
        from farmctl.ledger.fold import REDUCER_OF_FARM
        from farmctl.ledger.view import open_view

        return open_view(self.ledger_folder, REDUCER_OF_FARM)

    def is_controlled(self) -> bool:
        """Return whether a process holds the farm's controls now."""
        lock = self.state_folder / "controller.lock"
        if not self.disk.has(lock):
            return False
        try:
            with locked(self.disk, lock, wait_s=0):
                return False
        except Busy:
            return True

    def ledger(self) -> Ledger[State]:
        """Return the ledger of somebody who writes; begins one where none ever was.

        Raises Refused where the farm's ledger is another's, LedgerDamaged where it cannot be
        trusted.
        """
        from farmctl.ledger.fold import REDUCER_OF_FARM
        from farmctl.ledger.ledger import open_ledger

        identity = self._claimed() or self._begun()
        return open_ledger(self.ledger_folder, REDUCER_OF_FARM, self.clock, identity)

    def _claimed(self) -> Identity | None:
        from farmctl.farmrepo.claim import claim_state, refusal
        from farmctl.ledger.opening import identity_of

        found = identity_of(self.ledger_folder)
        with self.repository() as repository:
            claims = claim_state(repository)
        why = refusal(claims, found.ledger if found else None, found.epoch if found else 0)
        if why is not None:
            raise why
        return found

    def _begun(self) -> Identity:
        from farmctl.farmrepo.claim import Claim, record
        from farmctl.farmrepo.identity import FARMCTL, Signature
        from farmctl.ledger.identity import Identity
        from farmctl.ledger.opening import create
        from farmctl.system.entropy import fresh_hex
        from farmctl.system.people import host_name

        farm = self.snapshot().farm
        if farm is None:
            raise FarmctlError(f"{FARM_FILE} cannot be read", "farmctl validate")
        identity = Identity(farm=farm.id, ledger=fresh_hex(8), epoch=1)
        create(self.ledger_folder, identity)
        claim = Claim(identity.farm, identity.ledger, identity.epoch, host_name())
        with self.repository() as repository:
            record(repository, claim, Signature(FARMCTL, self.clock.now()))
        return identity

    def commit_plans(
        self, plans: Mapping[str, bytes | None], message: str, at: datetime
    ) -> str | tuple[Waiting, ...]:
        """Commit build plans; return the commit, or those that must wait for the person."""
        from farmctl.farmrepo.commit import commit_plans

        with self.repository() as repository:
            done = commit_plans(repository, plans, message, at)
            return done.waiting or done.commit or repository.resolve("HEAD")

    def model(self, digest: str, path: str | None, rev: str = "HEAD") -> bytes:
        """Return a model's bytes: from the store, or from the commit by its path."""
        from farmctl.model.digest import Digest

        if path is None or self.store.has(Digest(digest)):
            return self.store.get(Digest(digest))
        with self.repository() as repository:
            return repository.read(repository.ask("rev-parse", "--verify", f"{rev}:{path}"))


def find_farm(directory: Path, state: Path | None) -> Farm:
    """Return the farm that a folder is in. Raises UsageError where there is none."""
    start = directory.resolve()
    for folder in (start, *start.parents):
        if (folder / FARM_FILE).is_file():
            return Farm(folder, (state or folder / STATE_FOLDER).resolve())
    raise UsageError(
        f"{directory} is not in a farm: there is no {FARM_FILE}",
        "farmctl init DIR makes one; -C DIR names one",
    )


def person(via: str = "cli") -> Actor:
    """Return who is at the keyboard, as facts name them."""
    from farmctl.model.envelope import Actor
    from farmctl.system.people import user_name

    with suppress(KeyError):
        return Actor("person", os.environ["FARMCTL_ACTOR"], via)
    return Actor("person", user_name(), via)
