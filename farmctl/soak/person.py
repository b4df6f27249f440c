"""Somebody who comes by: takes parts off, says how they are, and ends what only people can end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

from farmctl.control.recorder import Recorder, facts_of
from farmctl.control.requests import ALL, Stop, hold, resolve, unhold
from farmctl.control.verdicts import Word, clear_bed, judge, reprint_item
from farmctl.errors import FarmctlError, InvalidDocuments, LedgerDamaged, Refused
from farmctl.ledger.aside import Aside
from farmctl.ledger.fold import REDUCER_OF_FARM
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.state import State
from farmctl.model.diagnostics import REVISION_HELD
from farmctl.model.envelope import Actor
from farmctl.model.ids import PrinterName, RunId
from farmctl.model.observation import DeviceState
from farmctl.model.states import Bed, RunPhase, Verdict
from farmctl.soak.controller import claimed
from farmctl.soak.host import Host
from farmctl.soak.machines import Body, Seen
from farmctl.soak.runbook import restore_ledger

_ADA = Actor("person", "ada@example.org", "cli")
_OF_GIT = (REVISION_HELD, "documents")
_NEEDS_EYES = (RunPhase.UNKNOWN, RunPhase.STARTING)
_VISITS_OF_DOUBT = 6
_TYPED = {
    Seen.NOT_STARTED: ("not-started", None),
    Seen.COMPLETED: ("completed", None),
    Seen.FAILED: ("failed", "interrupted"),
}

Said = Callable[[State], object]
"""What is said, on the newest state: a fact or several. Raises Refused where it cannot hold."""


class Person:
    """Looks at each machine with their own eyes, and types what they saw.

    Args:
        host: Where they type.
        machines: By printer.
    """

    def __init__(self, host: Host, machines: Mapping[str, Body]) -> None:
        self._doubts = Counter[RunId]()
        self._machines = machines
        self._known = State()
        self.sit_down(host)

    def sit_down(self, host: Host) -> None:
        """Type at this host from now on."""
        self.host = host
        self._recorder: Recorder | None = None

    @property
    def state(self) -> State:
        """Return what the ledger holds by now, or what it held when it could be read."""
        with suppress(FarmctlError):
            self._refresh()
        return self._known

    async def come_by(self) -> None:
        """Do what is to be done at every machine, and at the ledger first when it is damaged."""
        for _, machine in sorted(self._machines.items()):
            machine.pass_time()
            self._mend(machine)
        with suppress(FarmctlError):  # the disk is full: they come by again
            if self._has_ledger():
                self._look_around()
            else:
                self.sit_down(self.host)
                await restore_ledger(self.host)

    def _has_ledger(self) -> bool:
        """Return whether there is one to type into, and nothing that acts complains of it."""
        if isinstance(self.host.complaint, LedgerDamaged | Refused):
            return False
        self._recorder = self._recorder if self.host.is_acting else None
        try:
            self._refresh()
        except (LedgerDamaged, Refused):
            return False
        return True

    def tell(self, said: Said) -> None:
        """Type something; what does not hold any more is refused. Raises FarmctlError."""
        with suppress(Refused):
            self._refresh()
            if self._recorder is not None:
                self._recorder.append_from(lambda state: _facts(said(state)))

    def stop(self, said: Said) -> None:
        """Type what makes the farm safer: where the ledger is damaged it is written aside."""
        try:
            self.tell(said)
        except LedgerDamaged:
            self._recorder = None
            with suppress(FarmctlError):
                facts = facts_of(_facts(said(self._known)), self._known)
                Aside(self.host.folder, self.host.true_clock).append(facts, _ADA)
        except FarmctlError:
            self._recorder = None

    def look_after(self, name: str) -> None:
        """Empty an idle machine, and say what came of its print. Raises FarmctlError."""
        machine, printer = self._machines[name], PrinterName(name)
        machine.pass_time()
        if machine.is_busy or printer not in self._refresh().printers:
            return
        if not self._resolve(printer, machine):
            return
        machine.clear_bed()
        if self._refresh().printers[printer].bed is not Bed.CLEAR:
            self.tell(lambda now: clear_bed(now, printer, _word(machine, now, printer)))

    def hold_what_is_about_to_start(self, name: str) -> bool:
        """Hold a printer if a print is about to start there; return whether one was."""
        record = self.state.printers.get(PrinterName(name))
        run = self._known.runs.get(record.run) if record and record.run else None
        if run is None or run.phase is not RunPhase.STAGED:
            return False
        self.stop(lambda now: hold(now, name, Stop("it sounds odd", "person")))
        return True

    def seen(self, run: RunId) -> Word:
        """Return what they would say of a run's parts."""
        record = self._known.runs[run]
        return _word_on(self._machines[record.printer], record.file)

    def _refresh(self) -> State:
        if self._recorder is None:
            self._recorder = self._sit()
        try:
            self._known = self._recorder.refresh()
        except FarmctlError:
            self._recorder = None
            raise
        return self._known

    def _sit(self) -> Recorder:
        host = self.host
        identity = claimed(host.folder, host.clone)
        ledger = open_ledger(host.folder, REDUCER_OF_FARM, host.true_clock, identity)
        return Recorder(ledger, _ADA)

    def _look_around(self) -> None:
        for name in sorted(self._machines):
            self.look_after(name)
        self._lift_holds()
        self._say_what_is_asked()
        self._order_again()
        self._accept_revision()

    def _mend(self, machine: Body) -> None:
        if machine.state is DeviceState.FAULT:
            machine.restart()
        if machine.state is DeviceState.PAUSED:
            machine.resume()

    def _resolve(self, printer: PrinterName, machine: Body) -> bool:
        """Say how a print ended that stays in doubt; return whether the machine is free."""
        state = self._known
        record = state.printers[printer]
        run = state.runs.get(record.run) if record.run else None
        if run is None or run.phase not in _NEEDS_EYES:
            return True
        if not self._is_stuck(run.run):
            return False
        seen = machine.seen(run.file)
        if seen is Seen.NOT_STARTED and run.file is not None:
            machine.delete(run.file)  # so that no start on its way can make a liar of them
        outcome, reason = _TYPED[seen]
        self.tell(lambda now: resolve(now, run.run, outcome, reason))
        return True

    def _is_stuck(self, run: RunId) -> bool:
        """Return whether a run was in doubt at visit after visit: farmctl may yet find its end."""
        self._doubts[run] += 1
        return self._doubts[run] > _VISITS_OF_DOUBT

    def _lift_holds(self) -> None:
        for subject in _held(self._refresh()):
            self.tell(partial(unhold, subject=subject, reason="it was looked at"))

    def _say_what_is_asked(self) -> None:
        """Say how parts are that left their bed unjudged."""
        state = self._refresh()
        for _, need in sorted(state.attentions.items()):
            run = state.runs.get(RunId(need.about))
            if need.kind == "parts-unjudged" and run is not None:
                self.tell(partial(judge, run=run.run, word=self.seen(run.run), by="person"))

    def _order_again(self) -> None:
        """Let failed parts be made again."""
        for name, item in sorted(self._refresh().items.items()):
            if any(part.is_closed for part in item.instances.values()):
                self.tell(partial(reprint_item, item=name, by="person"))

    def _accept_revision(self) -> None:
        """Look at a branch that was rewritten, or means nothing, and follow it as it is now."""
        remote = self.host.clone.remote
        asked = any(each.kind in _OF_GIT for each in self._known.attentions.values())
        asked = asked or isinstance(self.host.complaint, InvalidDocuments)
        if asked and not remote.is_gone:
            self.host.clone.accept(remote.tip)


def _held(state: State) -> Iterator[str]:
    if state.hold is not None:
        yield ALL
    yield from sorted(name for name, each in state.printers.items() if each.holds)
    yield from sorted(name for name, order in state.orders.items() if order.held is not None)
    yield from sorted(state.profile_holds)


def _facts(said: object) -> Sequence[object]:
    return said if isinstance(said, list) else [said]


def _word_on(machine: Body, file: str | None) -> Word:
    if machine.seen(file) is not Seen.COMPLETED:
        return Word(Verdict.FAILED)
    unfinished = machine.parts_left_out(file)
    if unfinished:
        return Word(Verdict.FAILED, unfinished, others=Verdict.SUCCESS)
    return Word(Verdict.SUCCESS)


def _word(machine: Body, state: State, printer: PrinterName) -> Word | None:
    run = state.printers[printer].bed_run
    if run is None or run not in state.runs:
        return None
    return _word_on(machine, state.runs[run].file)
