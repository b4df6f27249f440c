"""A ledger and a machine that a checker watches, told by hand: also what must never be told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from farmctl.control.recorder import Recorder
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.opening import create
from farmctl.model.checkpoint import Checkpoint
from farmctl.model.digest import digest_of
from farmctl.model.envelope import Actor
from farmctl.model.events import run_life, runs
from farmctl.model.events.orders import OrderAccepted, OrderOpened
from farmctl.model.events.plans import PolicyDecided
from farmctl.model.events.printers import BedCleared
from farmctl.model.ids import DecisionId, PlateId, PrinterName, RunId
from farmctl.soak.checker import Checker, Evidence
from farmctl.soak.klipper import Klipper
from farmctl.soak.witness import Began, Looked, Witness
from farmctl.system.clock import FixedClock
from farmctl.testing.disk import SimulatedDisk
from tests.planning.made import composed, declared, item, order, plan, sliced

ONE = PrinterName("p-1")
GCODE = b"G4 S60\n"
IDENTITY = Identity("7f3a9c2e", "5eed", 1)
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class CheckedFarm:
    """An order of two, both on a sliced plate, and a printer with an empty bed."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.folder = LedgerFolder(SimulatedDisk(), Path("/farm/.farmctl"))
        create(self.folder, IDENTITY)
        self.ledger = open_ledger(self.folder, REDUCER_OF_FARM, self.clock, IDENTITY)
        self.recorder = Recorder(self.ledger, Actor("controller", "farmctl", "run"))
        self.machine = Klipper(ONE, self.clock.now)
        self.witness = Witness()
        self.checkpoints: list[Checkpoint] = []
        evidence = Evidence(self.folder, self.witness, self.checkpoints)
        self.checker = Checker(evidence, {ONE: self.machine})
        text = order(item(quantity=2))
        self.tell(OrderAccepted(text.order, text), OrderOpened(text.order), declared(ONE), plan())
        self.tell(BedCleared(ONE, "person", None))
        self.plate(1)

    def tell(self, *facts: object) -> None:
        """Record facts."""
        for fact in facts:
            self.recorder.append(fact)

    def plate(self, number: int, *parts: str) -> None:
        """Compose and slice a plate."""
        names = parts or ("ord-1/bracket#1", "ord-1/bracket#2")
        self.tell(composed(number, *names), sliced(number))

    def queue(self, number: int, outcome: str = "allow", printer: str = ONE) -> str:
        """Give a plate to the printer and upload it; return the file."""
        run, digest = RunId(f"run-{number}"), digest_of(GCODE)
        decision = PolicyDecided(
            DecisionId(f"dec-{number}"),
            "default",
            "dispatch",
            "plate sliced → started",
            (f"plate-{number}", ONE),
            {},
            outcome,
            (),
            printer=printer,
            gcode=digest,
            run=run,
        )
        after = NOW + timedelta(days=1)
        plate = PlateId(f"plate-{number}")
        self.tell(decision, runs.RunQueued(run, plate, ONE, digest, digest, f"dec-{number}", after))
        file = f"farmctl-5eed-1-{number}-1.gcode"
        self.tell(runs.UploadIntended(run, ONE, file), runs.UploadAccepted(run, ONE, file))
        self.machine.put(file, GCODE)
        return file

    def intend(self, number: int, outcome: str = "allow", printer: str = ONE) -> str:
        """Queue a run and intend its start."""
        file = self.queue(number, outcome, printer)
        self.tell(runs.StartIntended(RunId(f"run-{number}"), ONE, file))
        return file

    def print_it(self, number: int) -> str:
        """Start a run, as it should be, and let it end."""
        file = self.intend(number)
        self.machine.start(file)
        self.clock.move(120)
        run = RunId(f"run-{number}")
        self.tell(runs.StartAccepted(run, ONE, file), run_life.RunStarted(run, None, "seen"))
        self.tell(run_life.RunCompleted(run, "history"))
        return file

    def look(self, after: int = 0) -> None:
        """Let a controller look."""
        self.witness.notes.append(Looked(1, ONE, after))

    def send(self, effect: runs.Effect, file: str, after: int = 0) -> None:
        """Let a controller send an effect."""
        self.witness.notes.append(Began(1, ONE, effect, file, (), after))

    def violated(self) -> set[str]:
        """Return what the checker finds."""
        self.checker.check()
        return {each.invariant for each in self.checker.violations}
