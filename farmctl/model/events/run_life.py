"""Facts about how a run went on and ended, and what people asked of it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from farmctl.model.events.registry import fact
from farmctl.model.ids import InstanceId, RunId


@fact("run.started", subject="run/{run}")
class RunStarted(Struct, frozen=True):
    """The printer shows our file or job."""

    run: RunId
    job_id: str | None
    evidence: str


@fact("run.reconciled", subject="run/{run}")
class RunReconciled(Struct, frozen=True):
    """A look shows a change that nobody here asked for."""

    run: RunId
    before: str
    after: str
    evidence: str


@fact("run.paused", subject="run/{run}")
class RunPaused(Struct, frozen=True):
    """The printer shows the print paused, as was asked."""

    run: RunId
    message: str = ""


@fact("run.resumed", subject="run/{run}")
class RunResumed(Struct, frozen=True):
    """The printer shows the print going on, as was asked."""

    run: RunId


@fact("run.out_of_sight", subject="run/{run}")
class RunOutOfSight(Struct, frozen=True):
    """Nobody can tell what became of the run: it may still print, and is not made again."""

    run: RunId
    why: str


@fact("run.fence_seen", subject="run/{run}")
class RunFenceSeen(Struct, frozen=True):
    """After the file was deleted, a look shows that our job is not on the machine."""

    run: RunId
    evidence: str


class RunResult(Struct, frozen=True):
    """What an ended run took, by the device's own count: what predictions learn from.

    Args:
        print_s: Seconds it printed.
        filament_um: Filament it used.
        ambient_mc: Room temperature, thousandths of a degree.
        humidity_permille: Relative humidity.
    """

    print_s: int | None = None
    filament_um: int | None = None
    ambient_mc: int | None = None
    humidity_permille: int | None = None


@fact("run.part_left_out", subject="run/{run}")
class PartLeftOut(Struct, frozen=True):
    """The printer shows that it no longer makes one part of the print: that part has failed.

    Args:
        run: The print.
        part: The part's label on the plate, `P02`.
        instance: The ordered part.
        reason: A reason code, where a person gave one.
        evidence: What says so.
    """

    run: RunId
    part: str
    instance: InstanceId
    reason: str | None
    evidence: str


@fact("run.completed", subject="run/{run}")
class RunCompleted(Struct, frozen=True):
    """The device's own record says that our job ran to its end."""

    run: RunId
    evidence: str
    result: RunResult = RunResult()
    ended_at: datetime | None = None


@fact("run.failed", subject="run/{run}")
class RunFailed(Struct, frozen=True):
    """Our job ended without being done."""

    run: RunId
    reason: str
    evidence: str
    result: RunResult = RunResult()
    ended_at: datetime | None = None


@fact("run.aborted", subject="run/{run}")
class RunAborted(Struct, frozen=True):
    """Our job was ended by a person, here or at the machine."""

    run: RunId
    reason: str
    evidence: str
    result: RunResult = RunResult()
    ended_at: datetime | None = None


@fact("run.voided", subject="run/{run}")
class RunVoided(Struct, frozen=True):
    """The run certainly never printed; it does not count as a try."""

    run: RunId
    reason: str
    why: str


@fact("run.abort_requested", subject="run/{run}")
class AbortRequested(Struct, frozen=True):
    """Somebody asked to end the print. It stands until done or pointless."""

    run: RunId
    reason: str


@fact("run.pause_requested", subject="run/{run}")
class PauseRequested(Struct, frozen=True):
    """Somebody asked to pause the print. It stands until done or pointless."""

    run: RunId
    reason: str


@fact("run.resume_requested", subject="run/{run}")
class ResumeRequested(Struct, frozen=True):
    """Somebody asked to go on with a paused print, having seen it in the state named."""

    run: RunId
    reason: str
    expected: str


@fact("run.exclude_requested", subject="run/{run}")
class ExcludeRequested(Struct, frozen=True):
    """Somebody asked to leave one part out of a print. It stands until done or pointless.

    Args:
        run: The print.
        part: The part's label on the plate, `P02`.
        instance: The ordered part.
        reason: Why it fails: a reason code.
    """

    run: RunId
    part: str
    instance: InstanceId
    reason: str | None = None


@fact("run.resolved", subject="run/{run}")
class RunResolved(Struct, frozen=True):
    """A person looked at the machine and says what became of the run."""

    run: RunId
    outcome: str
    expected: str
    reason: str | None = None


@fact("request.answered", subject="run/{run}")
class RequestAnswered(Struct, frozen=True):
    """The controller did what was asked, or says why it is pointless."""

    run: RunId
    request: int
    done: bool
    message: str
