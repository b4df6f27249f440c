"""A farm of which nothing but its ledger and its git repository matters."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from farmctl.farm import Farm
from farmctl.farm.acting.anchoring import Anchoring
from farmctl.farmrepo.checkpoints import REF, chain
from farmctl.farmrepo.claim import Claim, record
from farmctl.farmrepo.identity import FARMCTL, Signature
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import Ledger, open_ledger
from farmctl.ledger.opening import create, identity_of
from farmctl.ledger.state import State
from farmctl.model.checkpoint import Checkpoint
from farmctl.model.envelope import Actor, Fact
from farmctl.system.clock import FixedClock
from farmctl.system.jobs import InlineJobs
from tests.floor.small_farm import git

ADA = Actor("person", "ada", "cli")
OURS = Identity("0fa3c71e", "0a1b2c3d", 1)
AT = datetime(2026, 11, 21, 10, tzinfo=UTC)


@dataclass
class Anchored:
    """A farm with a ledger of holds, on a clock that stands still."""

    farm: Farm
    clock: FixedClock

    def ledger(self) -> Ledger[State]:
        return open_ledger(self.farm.ledger_folder, REDUCER_OF_FARM, self.clock, self.claim())

    def claim(self) -> Identity:
        return identity_of(self.farm.ledger_folder) or OURS

    def anchoring(self, ledger: Ledger[State] | None = None) -> Anchoring:
        return Anchoring(self.farm, ledger or self.ledger(), InlineJobs())

    def note(self, ledger: Ledger[State], count: int = 1) -> None:
        fact = Fact("dev.farmctl.farm.held.v1", "farm/x", {"farm": "x", "reason": "nozzle"})
        ledger.append([fact] * count, ADA)

    def checkpoints(self, folder: Path | None = None) -> list[Checkpoint]:
        """The checkpoints here, or in another clone, the newest first."""
        farm = Farm(folder or self.farm.folder, self.farm.state_folder)
        with farm.repository() as repository:
            tip = repository.commit_of(REF)
            return [each.checkpoint for each in chain(repository, [tip] if tip else [])]

    def numbers(self, folder: Path | None = None) -> list[int]:
        """The numbers of the events that are anchored, the newest first."""
        return [each.seq for each in self.checkpoints(folder)]


def farm_in(folder: Path) -> Anchored:
    """Return the farm that lies in a folder."""
    clock = FixedClock(AT)
    return Anchored(Farm(folder, folder / ".farmctl", clock), clock)


def begin(tmp_path: Path, *, remote: bool = False) -> Anchored:
    """Make a farm with an empty ledger, and a bare remote if that is wanted."""
    folder = tmp_path / "farm"
    folder.mkdir()
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    (folder / ".gitignore").write_text(".farmctl/\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "farm")
    if remote:
        git(tmp_path, "clone", "-q", "--bare", str(folder), str(tmp_path / "hub"))
        git(folder, "remote", "add", "origin", str(tmp_path / "hub"))
    made = farm_in(folder)
    create(made.farm.ledger_folder, OURS)
    with made.farm.repository() as repository:
        claim = Claim(OURS.farm, OURS.ledger, OURS.epoch, "farm-pi")
        record(repository, claim, Signature(FARMCTL, AT))
    return made


def twin(made: Anchored, name: str) -> Anchored:
    """Copy the whole folder, ledger and all, as somebody does who moves to another machine."""
    folder = made.farm.folder.with_name(name)
    shutil.copytree(made.farm.folder, folder)
    return farm_in(folder)
