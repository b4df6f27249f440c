"""A person's word that was kept beside a damaged ledger, about a print that nobody knows any more."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from farmctl.control.recorder import Recorder, facts_of
from farmctl.farm.care.doubting import onward
from farmctl.ledger.aside import Aside
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.identity import Identity
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.opening import create
from farmctl.ledger.restore import raised, restore, survey
from farmctl.model.envelope import Actor
from farmctl.model.events.farm import FarmHeld
from farmctl.model.events.printers import PrinterDeclared
from farmctl.model.events.run_life import PauseRequested
from farmctl.model.ids import PrinterName, RunId
from farmctl.system.clock import FixedClock
from farmctl.testing.disk import SimulatedDisk

pytestmark = pytest.mark.pure

GARAGE = Identity("7f3a9c2e", "5eed", 1)
ADA = Actor("person", "ada@example.org", "cli")
DECLARED = PrinterDeclared(PrinterName("voron"), "c@1.0.0", "virtual", 400, "person", (), ())


def test_it_is_told_and_the_ledger_goes_on_without_it() -> None:
    clock = FixedClock(datetime(2026, 11, 21, 10, tzinfo=UTC))
    folder = LedgerFolder(SimulatedDisk(), Path("/farm/.farmctl"))
    create(folder, GARAGE)
    ledger = open_ledger(folder, REDUCER_OF_FARM, clock, GARAGE)
    Recorder(ledger, ADA).append(DECLARED)
    said = [PauseRequested(RunId("run-1"), "it sounds odd"), FarmHeld("7f3a9c2e", "smoke")]
    Aside(folder, clock).append(facts_of(said, ledger.state), ADA)
    source = survey(folder)
    done = restore(folder, clock, source, raised(folder, source, GARAGE), onward(source))
    assert done.taken_in == 1
    assert [each.split(":")[0] for each in done.left_out] == [
        "dev.farmctl.run.pause_requested.v1 of run/run-1"
    ]
    again = open_ledger(folder, REDUCER_OF_FARM, clock, done.identity)
    assert again.state.hold is not None
