"""Doing something to a printer: the intent durable first, one call, its answer recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from msgspec import Struct

from farmctl.control.actions import Act
from farmctl.control.broken import senseless
from farmctl.control.decide.runs import next_of_run
from farmctl.control.envelope import Wrapper, envelope, file_name
from farmctl.control.recorder import Recorder
from farmctl.control.told import in_full
from farmctl.ledger.state import State
from farmctl.model.digest import digest_of
from farmctl.model.events.runs import (
    ACCEPTED,
    CONTROLLER_RESTARTED,
    INTENDED,
    REJECTED,
    UNKNOWN,
    Answered,
    Effect,
    ExcludeIntended,
    Intended,
    PrinterSnapshot,
    StartIntended,
    UploadIntended,
)
from farmctl.model.look import Look
from farmctl.model.observation import slot_by_slot
from farmctl.model.recorded import RunRecord
from farmctl.printers.driver import Accepted, Answer, PrinterDriver, Rejected, Unknown, Why
from farmctl.system.clock import Clock

CALL_WITHIN_S = 5.0


class Intent(Struct, frozen=True):
    """An effect whose intent is durable: the call is owed, or its answer `not_sent`."""

    act: Act
    file: str
    gcode: bytes | None
    guarded_at: float


class _Packed(Struct, frozen=True):
    """What is about to be sent: stored g-code with what is laid around it for this file."""

    file: str
    octets: bytes
    wrappers: tuple[Wrapper, ...]

    def intended(self, act: Act, run: RunRecord) -> UploadIntended:
        """Return the fact that it will be sent, with the digest of the very bytes."""
        wrapper = tuple(each.value for each in self.wrappers)
        digest = digest_of(self.octets)
        return UploadIntended(act.run, act.printer, self.file, run.attempt + 1, digest, wrapper)


class Effects:
    """Acts on printers for runs. One call for each intent; nothing is ever tried again.

    Args:
        recorder: Where intents and answers go.
        clock: The call goes out within 5 s of the guard, or not at all.
        ledger_id: Named in every file on a device, with the epoch.
        epoch: The ledger's epoch.
        gcode_of: Returns the verified bytes of an artifact.
    """

    def __init__(
        self,
        recorder: Recorder,
        clock: Clock,
        *,
        ledger_id: str,
        epoch: int,
        gcode_of: Callable[[str], bytes],
    ) -> None:
        self._recorder = recorder
        self._clock = clock
        self._ledger_id = ledger_id
        self._epoch = epoch
        self._gcode_of = gcode_of

    def intend(self, act: Act, look: Look | None) -> Intent | None:
        """Make the intent durable, if it is still what should be done; else return None.

        The decision is taken once more on the newest state, under the journal's lock.
        """
        run = self._recorder.state.runs.get(act.run)
        if run is None:
            return None
        file = self._file(act, run)
        packed = self._packed(run, file, look) if act.effect is Effect.UPLOAD else None

        def why_not(state: State) -> str | None:
            known = state.runs.get(act.run)
            now = self._clock.now()
            is_right = known is not None and next_of_run(state, known, look, now) == act
            return None if is_right else "no longer what should be done"

        guarded_at = self._clock.monotonic()
        fact = packed.intended(act, run) if packed else self._intended(act, run, file, look)
        if self._recorder.append_if(why_not, fact, intent=True) is not None:
            return None
        return Intent(act, file, packed.octets if packed else None, guarded_at)

    async def carry_out(self, intent: Intent, driver: PrinterDriver) -> None:
        """Make the one call and record what it was answered."""
        if self._clock.monotonic() - intent.guarded_at > CALL_WITHIN_S:
            answer: Answer = Rejected(Why.NOT_SENT, "too late after the last check", "farmctl")
        else:
            answer = await _called(driver, intent)
        self._recorder.append(answered(intent.act, intent.file, answer))

    def _file(self, act: Act, run: RunRecord) -> str:
        if act.effect is Effect.UPLOAD or run.file is None:
            return file_name(self._ledger_id, self._epoch, run.run, run.attempt + 1)
        if act.effect is Effect.DELETE and run.phase.is_over and run.to_delete is not None:
            return run.to_delete.file
        return run.file

    def _packed(self, run: RunRecord, file: str, look: Look | None) -> _Packed:
        can_exclude = look is not None and look.patience.excludes
        is_guarded = self._recorder.state.printers[run.printer].declared.guard
        laid = {Wrapper.OBJECTS: can_exclude, Wrapper.GUARD: is_guarded}
        wrappers = tuple(each for each, is_laid in laid.items() if is_laid)
        octets = envelope(self._gcode_of(run.queued.gcode), file, wrappers)
        return _Packed(file, octets, wrappers)

    def _intended(self, act: Act, run: RunRecord, file: str, look: Look | None) -> Intended:
        if act.effect is Effect.START:
            snapshot = self._snapshot(run, look)
            return StartIntended(act.run, act.printer, file, run.attempt, snapshot)
        if act.effect is Effect.EXCLUDE:
            return ExcludeIntended(act.run, act.printer, file, run.attempt, act.part or "")
        return INTENDED[act.effect](act.run, act.printer, file, run.attempt)

    def _snapshot(self, run: RunRecord, look: Look | None) -> PrinterSnapshot | None:
        if look is None:
            return None
        record = self._recorder.state.printers[run.printer]
        seen = look.observation
        return PrinterSnapshot(
            printer_class=record.declared.printer_class,
            identity=seen.identity or "",
            firmware=seen.firmware or "",
            nozzle_um=seen.nozzle_um or record.declared.nozzle_um,
            loaded=slot_by_slot(record.slots),
            history_head=seen.history_head,
        )


async def _called(driver: PrinterDriver, intent: Intent) -> Answer:
    """Make the call; a driver that breaks leaves it unknown whether it happened."""
    try:
        return await call(driver, intent)
    except Exception as error:  # noqa: BLE001 - a driver may be anybody's
        return Unknown(senseless(error))


async def call(driver: PrinterDriver, intent: Intent) -> Answer:
    """Make one call of a driver."""
    act, file = intent.act, intent.file
    match act.effect:
        case Effect.UPLOAD:
            return await driver.upload(file, intent.gcode or b"")
        case Effect.START:
            return await driver.start(file)
        case Effect.PAUSE:
            return await driver.pause(file)
        case Effect.RESUME:
            return await driver.resume(file)
        case Effect.CANCEL:
            return await driver.cancel(file)
        case Effect.EXCLUDE:
            return await driver.exclude(file, act.part or "")
        case Effect.DELETE:
            return await driver.delete(file)
        case _:
            assert_never(act.effect)


def answered(act: Act, file: str, answer: Answer) -> Answered:
    """Return the fact that an answer is."""
    match answer:
        case Accepted(job_id, evidence):
            return ACCEPTED[act.effect](
                act.run, act.printer, file, job_id=job_id, evidence=evidence
            )
        case Rejected(why, _, row):
            return REJECTED[act.effect](
                act.run, act.printer, file, message=in_full(act, answer), why=why, evidence=row
            )
        case Unknown():
            return UNKNOWN[act.effect](act.run, act.printer, file, message=in_full(act, answer))
        case _:
            assert_never(answer)


def after_restart(state: State) -> list[Answered]:
    """Return the answers of intents that a dead process left open: nobody knows."""
    return [
        UNKNOWN[each.effect](run.run, run.printer, each.file, message=CONTROLLER_RESTARTED)
        for _, run in sorted(state.runs.items())
        for each in run.outstanding
    ]
