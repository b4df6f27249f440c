"""What must never happen, checked against what the machines really did.

It reads the journal as anybody could, and counts starts where they happen: at the machines.

- I1: a file is started at most once.
- I2: every start has an earlier intent, for an allowed decision on those bytes and that printer.
- I4: a run ends once, and stays as it ended.
- I5: nothing starts onto a part, or throws a paused print away.
- I11: a run that is called void never printed, and never will.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.journal import Journal
from farmctl.model.envelope import Event
from farmctl.model.events import payload_of
from farmctl.model.events.plans import PolicyDecided
from farmctl.model.events.run_life import (
    RunAborted,
    RunCompleted,
    RunFailed,
    RunVoided,
)
from farmctl.model.events.runs import RunQueued, StartIntended
from farmctl.model.ids import RunId
from farmctl.soak.doubled import Doubled
from farmctl.soak.invariants import Violation
from farmctl.soak.machines import Body, PhysicalStart


class Checker:
    """Reads the journal on and counts physical starts; what is wrong is in `violations`.

    What is the transport's own doing is in `doubled`.

    Args:
        folder: The ledger's.
        identity: Whose it is.
        machines: By printer.
    """

    def __init__(
        self, folder: LedgerFolder, identity: Identity, machines: Mapping[str, Body]
    ) -> None:
        self.violations: list[Violation] = []
        self.doubled = Doubled()
        self._journal = Journal(folder, identity)
        self._machines = machines
        self._counted = Counter[str]()
        self._starts = Counter[str]()
        self._queued: dict[RunId, RunQueued] = {}
        self._allowed: dict[str, PolicyDecided] = {}
        self._intended: dict[str, StartIntended] = {}
        self._ended: dict[RunId, str] = {}
        self._voided: dict[RunId, RunVoided] = {}

    @property
    def starts(self) -> Mapping[str, int]:
        """Return how often the machines began each of our files."""
        return self._starts

    def check(self) -> None:
        """Take in what happened since the last time."""
        facts = [self._take(event) for event in self._journal.read()]
        for name, machine in sorted(self._machines.items()):
            machine.pass_time()
            for start in machine.starts[self._counted[name] :]:
                self._counted[name] += 1
                self._count(name, start)
        self.doubled.take(facts)

    def _take(self, event: Event) -> object:
        payload = payload_of(event.type, event.data)
        match payload:
            case PolicyDecided(decision=decision):
                self._allowed[decision] = payload
            case RunQueued(run=run):
                self._queued[run] = payload
            case StartIntended(file=file):
                self._intended[file] = payload
            case RunVoided(run=run):
                self._voided[run] = payload
                self._check_void(run)
            case RunCompleted(run=run) | RunFailed(run=run) | RunAborted(run=run):
                self._check_end(run, event.type)
            case _:
                pass
        return payload

    def _count(self, name: str, start: PhysicalStart) -> None:
        if not start.file.startswith("farmctl-"):
            return
        self._starts[start.file] += 1
        if self._machines[name].is_fenced or not self.doubled.count(name, start):
            self._check_once(name, start)
        self._check_intent(name, start)

    def _check_once(self, name: str, start: PhysicalStart) -> None:
        if self._starts[start.file] > 1:
            self._say("I1", f"{start.file} was started {self._starts[start.file]} times")
        if start.onto is not None:
            self._say("I5", f"{start.file} was started onto {start.onto} on {name}")
        if start.discarded is not None:
            self._say("I5", f"{start.file} threw {start.discarded} away on {name}")

    def _check_intent(self, name: str, start: PhysicalStart) -> None:
        """Every physical start has an earlier intent, for an allowed decision on that printer."""
        intent = self._intended.get(start.file)
        if intent is None or intent.printer != name:
            self._say("I2", f"{start.file} began on {name} without an intent for it")
            return
        queued = self._queued[intent.run]
        decision = self._allowed.get(queued.decision)
        if decision is None or (decision.outcome, decision.printer) != ("allow", name):
            self._say("I2", f"{intent.run} began on {name} without a decision that allows it")
        elif decision.gcode != queued.gcode or (
            # What people overwrite while its start is on its way, nobody can stop.
            start.digest != queued.envelope and start.astray != "late"
        ):
            self._say("I2", f"{intent.run} began with other bytes than those that were allowed")
        if intent.run in self._voided:
            self._say("I11", f"{intent.run} was void, and began")

    def _check_void(self, run: RunId) -> None:
        began = [file for file, intent in self._intended.items() if intent.run == run]
        for file in began:
            if self._starts[file]:
                self._say("I11", f"{run} is called void, but {file} was printed")

    def _check_end(self, run: RunId, kind: str) -> None:
        """A run ends once, and stays as it ended."""
        before = self._ended.get(run) or ("being void" if run in self._voided else None)
        if before is not None:
            self._say("I4", f"{run} ended by {before}, then by {kind}")
        self._ended[run] = kind

    def _say(self, invariant: str, what: str) -> None:
        self.violations.append(Violation(invariant, what))
