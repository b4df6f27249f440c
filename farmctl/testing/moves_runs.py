"""What can happen next to the runs of a state: legal moves, each a few facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from farmctl.ledger.state import State
from farmctl.model.events import run_life as life
from farmctl.model.events import runs as said
from farmctl.model.events.orders import ItemsJudged, ItemVerdict
from farmctl.model.events.plans import PolicyDecided
from farmctl.model.events.plates import Placed
from farmctl.model.events.printers import BedDoubted
from farmctl.model.events.runs import ACCEPTED, INTENDED, REJECTED, UNKNOWN, Effect
from farmctl.model.ids import DecisionId, PlateId, PrinterName, RunId
from farmctl.model.recorded import PrinterRecord, RunRecord
from farmctl.model.states import Bed, PlatePhase, RunPhase, Verdict
from farmctl.testing.moves_orders import Move, digest

_NOT_AFTER = datetime(2025, 2, 1, tzinfo=UTC)
_DELETE_TRIES = 3
_MARKS = (4, digest("a remark"), digest("a picture"))
_RESULT = life.RunResult(
    print_s=630, filament_um=1_050_000, ambient_mc=21_500, humidity_permille=410
)


def run_moves(state: State) -> Iterator[Move]:
    """Yield what can happen to runs by themselves: the next step of one, a new one, tidying up."""
    records = [record for _, record in sorted(state.runs.items())]
    for record in _live(state):
        yield from _wanted(record)
        yield from _answers(record) if record.outstanding else _steps(state, record)
    yield from _queued(state)
    for record in records:
        if record.phase.is_over:
            yield from _answers(record) if record.outstanding else _tidied(record)


def verdict_moves(state: State) -> Iterator[Move]:
    """Yield what people can say about the parts of runs that are over."""
    for _, record in sorted(state.runs.items()):
        yield from _judged(state, record)


def word_moves(state: State) -> Iterator[Move]:
    """Yield what people can ask of live runs, and how they are answered."""
    for record in _live(state):
        yield from _pausing(record)
        yield from _excluding(state, record)
    for record in _live(state):
        yield from _answered(record)


def ending_moves(state: State) -> Iterator[Move]:
    """Yield what ends live runs early: an abort that is asked for, or a start that is off."""
    for record in _live(state):
        yield from _ending(record)


def _live(state: State) -> list[RunRecord]:
    return [record for _, record in sorted(state.runs.items()) if not record.phase.is_over]


def _queued(state: State) -> Iterator[Move]:
    for plate, each in sorted(state.plates.items()):
        if each.phase is not PlatePhase.SLICED or each.run is not None:
            continue
        for name, printer in sorted(state.printers.items()):
            if printer.run is None and not printer.holds:
                yield queued(state, plate, name)


def queued(state: State, plate: PlateId, printer: PrinterName) -> Move:
    """Return that a plate is given to a printer: the decision, then the run."""
    run = RunId(f"run-{state.counts.run + 1}")
    allowed = _allowed(state, run, plate, printer)
    gcode = digest(f"gcode {plate}")
    decision = allowed.decision
    return (allowed, said.RunQueued(run, plate, printer, gcode, gcode, decision, _NOT_AFTER))


def _allowed(state: State, run: RunId, plate: PlateId, printer: PrinterName) -> PolicyDecided:
    return PolicyDecided(
        decision=DecisionId(f"dec-{state.counts.decision + 1}"),
        policy=f"default@sha256:{digest('policy')}",
        gate="dispatch",
        transition="plate sliced → started",
        subjects=(plate, printer),
        inputs={"plate": plate, "tries_24h": 0},
        outcome="allow",
        explanations=("nothing asks for a person",),
        printer=printer,
        gcode=digest(f"gcode {plate}"),
        run=run,
        not_after=_NOT_AFTER,
    )


def _pausing(run: RunRecord) -> Iterator[Move]:
    verbs = {each.verb for each in run.asked}
    if run.phase is RunPhase.PAUSED and "resume" not in verbs:
        yield (life.ResumeRequested(run.run, "it was nothing", RunPhase.PAUSED.value),)
    if run.phase.may_be_printing and "pause" not in verbs:
        yield (life.PauseRequested(run.run, "a noise"),)


def _excluding(state: State, run: RunRecord) -> Iterator[Move]:
    if not run.phase.may_be_printing:
        return
    asked = {each.part for each in run.asked}
    for placed in _made(state, run):
        if placed.label not in asked:
            yield (life.ExcludeRequested(run.run, placed.label, placed.instance, "adhesion"),)
            return


def _made(state: State, run: RunRecord) -> list[Placed]:
    placed = state.plates[run.queued.plate].composed.placed
    return [each for each in placed if each.label not in run.labels_left_out]


def _answered(run: RunRecord) -> Iterator[Move]:
    for each in run.asked:
        yield (life.RequestAnswered(run.run, each.request, each.verb == "abort", "it is done"),)


def _ending(run: RunRecord) -> Iterator[Move]:
    if "abort" not in {each.verb for each in run.asked}:
        yield (life.AbortRequested(run.run, "wrong colour"),)
    if run.phase in (RunPhase.QUEUED, RunPhase.STAGED) and not run.outstanding:
        yield (_voided(run),)


def _answers(run: RunRecord) -> Iterator[Move]:
    for each in run.outstanding:
        who = (run.run, run.printer, each.file)
        yield (ACCEPTED[each.effect](*who, job_id="000A", evidence="200 ok"),)
        yield (REJECTED[each.effect](*who, message="no", why="declined"),)
        yield (UNKNOWN[each.effect](*who, message="no answer in 30 s"),)


def _wanted(run: RunRecord) -> Iterator[Move]:
    """Yield what people asked for, as effects; only they may overtake a start's answer."""
    verbs = {each.verb for each in run.asked}
    if [each.effect for each in run.outstanding] not in ([], [Effect.START]):
        return
    if "abort" in verbs and run.phase.may_be_printing:
        yield (_intended(run, Effect.CANCEL),)
    if "pause" in verbs and run.phase in (RunPhase.STARTING, RunPhase.PRINTING):
        yield (_intended(run, Effect.PAUSE),)
    part = next((each.part for each in run.asked if each.part is not None), None)
    if part is not None and run.phase in (RunPhase.PRINTING, RunPhase.PAUSED):
        file = run.file or ""
        yield (said.ExcludeIntended(run.run, run.printer, file, run.attempt, part),)
    if "resume" in verbs and run.phase is RunPhase.PAUSED:
        yield (_intended(run, Effect.RESUME),)


def _intended(run: RunRecord, effect: Effect) -> said.Intended:
    return INTENDED[effect](run.run, run.printer, run.file or "", run.attempt)


def _steps(state: State, run: RunRecord) -> Iterator[Move]:
    match run.phase:
        case RunPhase.QUEUED:
            attempt = run.attempt + 1
            file = f"farmctl-0a1b2c3d-1-{run.run}-{attempt}.gcode"
            yield (said.UploadIntended(run.run, run.printer, file, attempt),)
        case RunPhase.STAGED:
            printer = state.printers[run.printer]
            if printer.bed is Bed.CLEAR and not printer.holds and state.hold is None:
                yield (_start(run, printer),)
        case RunPhase.STARTING | RunPhase.UNKNOWN:
            yield from _found(run)
        case RunPhase.PRINTING | RunPhase.PAUSED:
            yield from _followed(state, run)
        case _:
            pass


def _voided(run: RunRecord) -> life.RunVoided:
    return life.RunVoided(run.run, "not_started", "no longer what should be done")


def _start(run: RunRecord, printer: PrinterRecord) -> said.StartIntended:
    declared = printer.declared
    snapshot = said.PrinterSnapshot(
        printer_class=declared.printer_class,
        identity=declared.identity or "",
        firmware="v0.12",
        nozzle_um=declared.nozzle_um,
        loaded=tuple(each.name for each in printer.loaded),
        history_head="0009",
    )
    return said.StartIntended(run.run, run.printer, run.file or "", run.attempt, snapshot)


def _found(run: RunRecord) -> Iterator[Move]:
    """Yield how a start, or a print that went out of sight, can be found again."""
    if run.start_answer == "rejected":
        yield (_voided(run),)
        return
    seen = f"shows {run.file}"
    started = () if run.is_counted else (life.RunStarted(run.run, "000A", seen),)
    if started:
        yield started
        yield from _fenced(run)
    else:
        for after in (RunPhase.PRINTING, RunPhase.PAUSED):
            yield (life.RunReconciled(run.run, run.phase.value, after.value, seen),)
    if run.phase is RunPhase.STARTING:
        yield (life.RunOutOfSight(run.run, "it said yes, but does not show the print"),)
    yield from ((*started, *ending) for ending in _endings(run))
    yield from _resolved(run, started)


def _fenced(run: RunRecord) -> Iterator[Move]:
    if run.phase is not RunPhase.UNKNOWN or run.start_answer == "accepted":
        return
    if not run.is_deleted:
        yield (_intended(run, Effect.DELETE),)
    elif not run.is_fenced:
        yield (life.RunFenceSeen(run.run, "the file is deleted; the printer is ready without it"),)
    else:
        yield (_voided(run),)


def _resolved(run: RunRecord, started: Move) -> Iterator[Move]:
    """Yield what a person who looked can say, with the facts that follow."""
    word = "a person looked at the machine"
    for outcome, facts in {
        "not-started": (life.RunVoided(run.run, "not_started", word),),
        "completed": (*started, life.RunCompleted(run.run, word)),
        "failed": (
            *started,
            life.RunFailed(run.run, "interrupted", word),
            BedDoubted(run.printer, f"{run.run} failed"),
        ),
    }.items():
        yield (life.RunResolved(run.run, outcome, run.phase.value), *facts)


def _followed(state: State, run: RunRecord) -> Iterator[Move]:
    verbs = {each.verb for each in run.asked}
    other = RunPhase.PAUSED if run.phase is RunPhase.PRINTING else RunPhase.PRINTING
    yield (life.RunReconciled(run.run, run.phase.value, other.value, "seen at the printer"),)
    if run.phase is RunPhase.PRINTING and "pause" in verbs:
        yield (life.RunPaused(run.run, "as asked"),)
    if run.phase is RunPhase.PAUSED and "resume" in verbs:
        yield (life.RunResumed(run.run),)
    for part in _made(state, run)[:1]:
        shown = "the printer shows it (at the printer)"
        reason = next((each.reason for each in run.asked if each.part == part.label), None)
        yield (life.PartLeftOut(run.run, part.label, part.instance, reason, shown),)
    yield (life.RunOutOfSight(run.run, "the printer does not answer"),)
    yield from _endings(run)


def _endings(run: RunRecord) -> Iterator[Move]:
    ended = "history: completed"
    yield (life.RunCompleted(run.run, ended, _RESULT),)
    yield (life.RunFailed(run.run, "thermal", "history: klippy_shutdown", _RESULT),)
    yield (life.RunAborted(run.run, "operator_abort", "history: cancelled", _RESULT),)
    lost = life.RunFailed(run.run, "lost", "the idle printer has no record of the print")
    yield (lost, BedDoubted(run.printer, f"{run.run} is lost"))


def _tidied(run: RunRecord) -> Iterator[Move]:
    left = run.to_delete
    if left is not None and left.tries < _DELETE_TRIES:
        yield (said.DeleteIntended(run.run, run.printer, left.file, run.attempt),)


def _judged(state: State, run: RunRecord) -> Iterator[Move]:
    plate = state.plates.get(run.queued.plate)
    if plate is None or not run.phase.is_over or run.phase is RunPhase.VOID or run.outstanding:
        return
    parts = [each.instance for each in plate.composed.placed]
    good = [ItemVerdict(each, Verdict.SUCCESS.value) for each in parts]
    bad = [ItemVerdict(each, Verdict.FAILED.value, "first_layer") for each in parts]
    skipped = [ItemVerdict(each, Verdict.SKIPPED.value) for each in parts]
    for verdicts in (good, bad, [*bad[:1], *good[1:]], skipped):
        yield (ItemsJudged(run.run, tuple(verdicts), "ada@example.org", *_MARKS),)
