"""Somebody who comes by: takes parts off, says how they are, and ends what only people can end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from farmctl.control.recorder import Recorder
from farmctl.control.requests import resolve
from farmctl.control.verdicts import Word, clear_bed, judge, reprint_item
from farmctl.errors import Refused
from farmctl.ledger.state import State
from farmctl.model.events.farm import PrinterUnheld
from farmctl.model.ids import PrinterName, RunId
from farmctl.model.observation import DeviceState
from farmctl.model.states import Bed, RunPhase, Verdict
from farmctl.soak.machines import Body, Seen

_NEEDS_EYES = (RunPhase.UNKNOWN, RunPhase.STARTING)
_VISITS_OF_DOUBT = 6
_TYPED = {
    Seen.NOT_STARTED: ("not-started", None),
    Seen.COMPLETED: ("completed", None),
    Seen.FAILED: ("failed", "interrupted"),
}


class Person:
    """Looks at each machine with their own eyes, and types what they saw.

    Args:
        recorder: In their name.
        machines: By printer.
    """

    def __init__(self, recorder: Recorder, machines: Mapping[str, Body]) -> None:
        self.resolved: list[RunId] = []
        self._doubts = Counter[RunId]()
        self._recorder = recorder
        self._machines = machines

    @property
    def state(self) -> State:
        """Return what the ledger holds by now."""
        return self._recorder.refresh()

    def come_by(self) -> None:
        """Do what is to be done at every machine."""
        for name, machine in sorted(self._machines.items()):
            printer = PrinterName(name)
            machine.pass_time()
            self._mend(machine)
            if not machine.is_busy and printer in self._recorder.refresh().printers:
                self._look_after(printer, machine)
        self._say_what_is_asked()
        self._order_again()

    def _mend(self, machine: Body) -> None:
        if machine.state is DeviceState.FAULT:
            machine.restart()
        if machine.state is DeviceState.PAUSED:
            machine.resume()

    def _look_after(self, printer: PrinterName, machine: Body) -> None:
        """Empty an idle machine, and say what came of its print."""
        state = self._recorder.state
        record = state.printers[printer]
        run = state.runs.get(record.run) if record.run else None
        if run is not None and run.phase in _NEEDS_EYES:
            if not self._is_stuck(run.run):
                return
            seen = machine.seen(run.file)
            if seen is Seen.NOT_STARTED and run.file is not None:
                machine.delete(run.file)  # so that no start on its way can make a liar of them
            outcome, reason = _TYPED[seen]
            self._tell(lambda now: resolve(now, run.run, outcome, reason))
            self.resolved.append(run.run)
        machine.clear_bed()
        if self._recorder.refresh().printers[printer].bed is not Bed.CLEAR:
            self._tell(lambda now: clear_bed(now, printer, _word(machine, now, printer)))
        if self._recorder.refresh().printers[printer].holds:
            self._tell(lambda _now: [PrinterUnheld(printer, "it was looked at")])

    def _is_stuck(self, run: RunId) -> bool:
        """Return whether a run was in doubt at visit after visit: farmctl may yet find its end."""
        self._doubts[run] += 1
        return self._doubts[run] > _VISITS_OF_DOUBT

    def _say_what_is_asked(self) -> None:
        """Say how parts are that left their bed unjudged."""
        state = self._recorder.refresh()
        for _, need in sorted(state.attentions.items()):
            run = state.runs.get(RunId(need.about))
            if need.kind == "parts-unjudged" and run is not None:
                word = _word_on(self._machines[run.printer], run.file)
                self._tell(partial(judge, run=run.run, word=word, by="person"))

    def _order_again(self) -> None:
        """Let failed parts be made again."""
        for name, item in sorted(self._recorder.refresh().items.items()):
            if any(part.is_closed for part in item.instances.values()):
                self._tell(partial(reprint_item, item=name, by="person"))

    def _tell(self, said: Callable[[State], object]) -> None:
        with suppress(Refused):  # it has changed meanwhile: they come by again
            self._recorder.append_from(lambda state: _facts(said(state)))


def _facts(said: object) -> Sequence[object]:
    return said if isinstance(said, list) else [said]


def _word_on(machine: Body, file: str | None) -> Word:
    is_good = machine.seen(file) is Seen.COMPLETED
    return Word(Verdict.SUCCESS if is_good else Verdict.FAILED)


def _word(machine: Body, state: State, printer: PrinterName) -> Word | None:
    run = state.printers[printer].bed_run
    if run is None or run not in state.runs:
        return None
    return _word_on(machine, state.runs[run].file)
