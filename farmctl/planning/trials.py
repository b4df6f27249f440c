"""The first article of a version on trial: one plate, a person's verdict, then the rest.

On each printer that the canary names, one plate is made and judged before the next; where it names
none, one plate at all. A verdict of good parts lets the rest go on; one of bad parts lets nothing
more be tried there until somebody says otherwise. A print that never showed anything, since it was
ended by a person, the mains or the machine, is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from farmctl.ledger.state import State
from farmctl.model.desired import Desired
from farmctl.model.documents.profile import Canary
from farmctl.model.ids import PrinterName, item_of
from farmctl.model.reasons import RUN_REASONS, Family, family_of
from farmctl.model.recorded import InstanceRecord, PlateRecord, RunRecord
from farmctl.model.states import PlatePhase, RunPhase, Verdict

_SAYS_NOTHING = frozenset({Family.POWER, Family.MACHINE, Family.SIGHT, Family.PERSON, Family.NONE})
"""Failures that do not tell whether settings are good."""


class Article(StrEnum):
    """How far the first article is."""

    DUE = "due"  # nothing of it is made yet
    WAITS = "waits"  # on a plate, printing, or without a verdict
    PASSED = "passed"
    FAILED = "failed"


_OPEN = frozenset({Article.DUE, Article.PASSED})


def canary_of(desired: Desired, pin: str) -> Canary | None:
    """Return the trial of a version, `petg@1.9.0`; None where it is on none."""
    name, _, version = pin.partition("@")
    profile = desired.profiles.get(name)
    channels = profile.document.channels if profile else None
    canary = channels.canary if channels else None
    if channels is None or canary is None or canary.version != version:
        return None
    is_used = channels.production is not None and channels.production.version == version
    return None if is_used else canary


class Trial(Struct, frozen=True):
    """Who tries a version now.

    Args:
        named: The printers that its channel names; none named, any.
        open_to: Those that may print it now; None for all of them.
    """

    named: tuple[PrinterName, ...]
    open_to: tuple[PrinterName, ...] | None

    def why_not(self, printer: PrinterName) -> str:
        """Return why a printer does not take it now, or nothing."""
        if self.named and printer not in self.named:
            return "the profile is tried on other printers"
        if self.open_to is not None and printer not in self.open_to:
            return "the first print with this profile has no good verdict yet"
        return ""


def trial_of(state: State, desired: Desired, pin: str) -> Trial | None:
    """Return who tries a version now; None when it is on no trial."""
    canary = canary_of(desired, pin)
    if canary is None:
        return None
    named = tuple(PrinterName(each) for each in sorted(canary.printers))
    if not named:
        is_open = first_article(state, pin) in _OPEN
        return Trial(named, None if is_open else ())
    return Trial(named, tuple(each for each in named if first_article(state, pin, each) in _OPEN))


def plates_now(state: State, desired: Desired, pin: str) -> int | None:
    """Return how many plates the first article leaves room for; None where it limits nothing.

    Where printers are named, each that is free takes one plate at a time anyway.
    """
    canary = canary_of(desired, pin)
    if canary is None or canary.printers or first_article(state, pin) is not Article.DUE:
        return None
    return 0 if any(_unassigned(state, pin)) else 1


def first_article(state: State, pin: str, printer: PrinterName | None = None) -> Article:
    """Return how far the first article of a version is: on one printer, or at all."""
    if _is_proven(state, pin, printer):
        return Article.PASSED
    found = {_article(state, record) for record in _runs(state, pin, printer)}
    for each in (Article.PASSED, Article.WAITS, Article.FAILED):
        if each in found:
            return each
    return Article.DUE


def is_first_article(state: State, desired: Desired, run: RunRecord) -> bool:
    """Return whether a run is what a trial waits for: nobody presumes that its parts are good."""
    plate = state.plates.get(run.queued.plate)
    pin = plate.composed.profile if plate else ""
    canary = canary_of(desired, pin)
    if canary is None:
        return False
    printer = run.printer if canary.printers else None
    return first_article(state, pin, printer) is Article.WAITS


def good_runs(state: State, pin: str) -> int:
    """Return how many runs of a version had good parts, on all classes together."""
    return sum(
        runs
        for pair, runs in state.proven.items()
        if pair.startswith(f"{pin} ") and not pair.startswith(f"{pin} on ")
    )


def _unassigned(state: State, pin: str) -> Iterator[PlateRecord]:
    for record in state.plates.values():
        is_waiting = record.phase in (PlatePhase.COMPOSED, PlatePhase.SLICED)
        if is_waiting and record.run is None and record.composed.profile == pin:
            yield record


def _is_proven(state: State, pin: str, printer: PrinterName | None) -> bool:
    """Return whether the ledger remembers good parts, also of runs whose orders are closed."""
    if printer is None:
        return good_runs(state, pin) > 0
    return bool(state.proven.get(f"{pin} on {printer}"))


def _runs(state: State, pin: str, printer: PrinterName | None) -> Iterator[RunRecord]:
    for record in state.runs.values():
        plate = state.plates.get(record.queued.plate)
        is_there = printer is None or record.printer == printer
        if plate is not None and is_there and plate.composed.profile == pin:
            yield record


def _article(state: State, run: RunRecord) -> Article:
    if run.phase is RunPhase.VOID:
        return Article.DUE
    if not run.phase.is_over:
        return Article.WAITS
    verdicts = {part.verdict for part in _parts(state, run)}
    if verdicts == {Verdict.SUCCESS}:
        return Article.PASSED
    if any(each.run == run.run and _tells(each.reason) for each in state.failures):
        return Article.FAILED
    is_silent = run.reason is not None and run.reason in RUN_REASONS and not _tells(run.reason)
    if not verdicts or is_silent:
        return Article.DUE
    return Article.FAILED if Verdict.FAILED in verdicts else Article.WAITS


def _tells(reason: str) -> bool:
    """Return whether a failure says something of the settings."""
    return reason not in RUN_REASONS or family_of(reason) not in _SAYS_NOTHING


def _parts(state: State, run: RunRecord) -> Iterator[InstanceRecord]:
    """Yield the parts of a run as they were judged; those tried again since are not its own."""
    for placed in state.plates[run.queued.plate].composed.placed:
        item = state.items.get(item_of(placed.instance))
        part = item.instances.get(placed.instance) if item else None
        if part is not None and part.run == run.run:
            yield part
