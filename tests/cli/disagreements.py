"""What the ledger says of a printer, and what the printer shows instead: one row for each pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from farmctl.control.requests import resolve
from farmctl.farm.acting.verbs import say
from farmctl.model.ids import RunId
from farmctl.sim.faults import Fault
from tests.cli.night import ONE, Night, begin, clear

RUN = RunId("run-1")


@dataclass(frozen=True)
class Pair:
    """Two truths that are not one, and what people are told.

    Args:
        name: The golden file.
        ledger: What is recorded of the printer.
        printer: What the printer shows.
        happens: Makes it so.
        state: The word in `status`.
        command: What is typed next, the same wherever `status` says it.
        evidence: What `explain` quotes.
        ends: What `explain` says then, or nothing where nothing is to be done.
    """

    name: str
    ledger: str
    printer: str
    happens: Callable[[Night], None]
    state: str
    command: str
    evidence: str
    ends: str = ""


def _printing(*faults: Fault, minutes: float = 1) -> Callable[[Night], None]:
    """run-1 prints for 43 minutes; then something happens, and the loop looks again."""

    def happens(night: Night) -> None:
        begin(night)
        night.pass_by(minutes=43)
        night.turn()
        night.strike(*faults)
        night.pass_by(minutes=minutes)
        night.watch()

    return happens


def _paused(*faults: Fault) -> Callable[[Night], None]:
    def happens(night: Night) -> None:
        _printing(Fault.PAUSED_AT_PANEL)(night)
        night.strike(*faults)
        night.watch()

    return happens


def _blank(night: Night, *faults: Fault) -> None:
    night.forget_all()
    night.strike(*faults)
    night.pass_by(minutes=1)
    night.watch()


def _forgotten(night: Night) -> None:
    _printing()(night)
    _blank(night)


def _another_job(night: Night) -> None:
    _printing()(night)
    _blank(night, Fault.STARTED_AT_PANEL)


def _starting(*lost: Fault) -> Callable[[Night], None]:
    """The g-code is there, and the next call is the start: this happens to it."""

    def happens(night: Night) -> None:
        clear(night, ONE)
        night.turn()
        night.strike(*lost)
        night.pass_by(seconds=2)
        night.turn()

    return happens


def _start_unanswered(night: Night) -> None:
    _starting(Fault.LOST_REPLY)(night)
    night.strike(Fault.OFFLINE)
    night.pass_by(minutes=14)
    night.watch()


def _start_confirmed(night: Night) -> None:
    _starting(Fault.LOST_REPLY)(night)
    night.pass_by(seconds=2)
    night.watch()


def _start_vanished(night: Night) -> None:
    _starting()(night)
    _blank(night)


def _free(*faults: Fault) -> Callable[[Night], None]:
    """The bed is clear and nothing of ours was there yet when it happens."""

    def happens(night: Night) -> None:
        clear(night, ONE)
        night.strike(*faults)
        night.pass_by(minutes=1)
        night.watch()

    return happens


def _ended_too_early(night: Night) -> None:
    _printing(Fault.OFFLINE, minutes=14)(night)
    say(night.farm, lambda state: resolve(state, RUN, "failed", None))
    night.strike(Fault.ONLINE)
    night.watch()


_LOOKED = "resolve run-1 printing   once you looked; or: completed, failed"

PAIRS = (
    Pair(
        "printing-completed",
        *("printing", "idle; its history says completed", _printing(minutes=60)),
        *("to clear", "clear one", "(history: completed)", "clear one"),
    ),
    Pair(
        "printing-cancelled",
        *("printing", "idle; its history says cancelled", _printing(Fault.CANCELLED_AT_PANEL)),
        *("failed", "clear one --failed", "(history: cancelled (at the printer))"),
        "clear one --failed",
    ),
    Pair(
        "printing-fault",
        *("printing", "a fault; its history says error", _printing(Fault.THERMAL)),
        *("fault", "clear one --failed", "(history: error)", "clear one --failed"),
    ),
    Pair(
        "printing-restarted",
        *("printing", "idle; its history says interrupted", _printing(Fault.POWER_LOSS)),
        *("failed", "clear one --failed", "(history: interrupted)", "clear one --failed"),
    ),
    Pair(
        "printing-forgotten",
        *("printing", "idle; its history says nothing", _forgotten),
        *("failed", "clear one", "(the printer is idle and has no record of the print)"),
        "clear one",
    ),
    Pair(
        "printing-another-file",
        *("printing", "prints another file", _another_job),
        *("may still print", "explain one", "seen now: printing panel.gcode, at ", _LOOKED),
    ),
    Pair(
        "printing-paused",
        *("printing", "paused by hand", _printing(Fault.PAUSED_AT_PANEL)),
        *("paused", "resume one", "seen now: paused run-1, at 58 %: Paused at the panel"),
        "resume one",
    ),
    Pair(
        "printing-silent",
        *("printing", "does not answer", _printing(Fault.OFFLINE, minutes=14)),
        *("may still print", "explain one", "  last seen 14 min ago, at 58 %", _LOOKED),
    ),
    Pair(
        "printing-another-machine",
        *("printing", "another machine at its address", _printing(Fault.SWAPPED)),
        *("may still print", "doctor", "another machine (virtual:one'), idle", "doctor"),
    ),
    Pair(
        "paused-printing",
        *("paused", "prints again", _paused(Fault.RESUMED_AT_PANEL)),
        *("printing", "explain one", "printing 02:14 (goes on)"),
    ),
    Pair(
        "paused-silent",
        *("paused", "does not answer", _paused(Fault.OFFLINE)),
        *("may still print", "explain one", "(the printer does not answer)", _LOOKED),
    ),
    Pair(
        "starting-printing",
        *("starting; no answer came", "prints our file", _start_confirmed),
        *("printing", "explain one", "seen now: printing run-1, at 0 %"),
    ),
    Pair(
        "starting-silent",
        *("starting; no answer came", "does not answer", _start_unanswered),
        *("may still print", "explain one", "start not confirmed: no reply; it may have happened"),
        f"{_LOOKED}, not-started",
    ),
    Pair(
        "starting-idle",
        *("starting; it said yes", "idle; its history says nothing", _start_vanished),
        *("failed", "clear one", "(the printer is idle and has no record of the print)"),
        "clear one",
    ),
    Pair(
        "clear-foreign",
        *(
            "bed clear, nothing on it",
            "prints a file of somebody else",
            _free(Fault.STARTED_AT_PANEL),
        ),
        *("in use", "explain one", "on it is panel.gcode, started at the printer", "clear one"),
    ),
    Pair(
        "clear-newer-job",
        *("bed clear, nothing on it", "idle; its history has a newer job"),
        _free(Fault.STARTED_AT_PANEL, Fault.CANCELLED_AT_PANEL),
        *("to clear", "clear one", "job 000001 on the printer is not known here", "clear one"),
    ),
    Pair(
        "clear-another-machine",
        *("bed clear, nothing on it", "another machine at its address", _free(Fault.SWAPPED)),
        *("other machine", "doctor", "another machine (virtual:one'), idle", "doctor"),
    ),
    Pair(
        "clear-silent",
        *("bed clear, nothing on it", "does not answer", _free(Fault.OFFLINE)),
        *("offline", "explain one", "seen now: does not answer: no answer", "doctor"),
    ),
    Pair(
        "ended-printing",
        *("run-1 is over: a person said failed", "prints the file of run-1", _ended_too_early),
        *("in use", "explain one", "on it is run-1, which is recorded as failed", "clear one"),
    ),
)
