"""What the driver remembers of what PrusaLink showed, since that forgets each job as it ends. Pure.

When a job ends PrusaLink shows how for eleven seconds, without its number or its file, and takes no
other job meanwhile. So whoever looks more often than that misses no job and knows whose end it is;
whoever did not look for longer knows nothing of what came in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from farmctl.model.observation import Ended, Ending
from farmctl.printers.prusalink.status import ERROR, FINISHED, STOPPED, LiveJob, Shown

LONGEST_GAP_S = 9.0
_KEPT = 100
_ENDS: Mapping[str, Ended] = {FINISHED: Ended.COMPLETED, STOPPED: Ended.ABORTED}
_AFTER_A_JOB = frozenset((*_ENDS, ERROR))
"""What may show behind a job. A machine that fails as it begins to heat never shows the job."""


class Memory(Struct, frozen=True):
    """What was seen up to now.

    Args:
        serial: Of the machine that it was seen on.
        since: Since when nothing can have been missed.
        at_s: When it was last seen, as of a clock that never steps back; long ago after a silence.
        word: The last state.
        job: The job that was shown last, while it went on.
        head: What tells the newest job from earlier ones.
        endings: How jobs ended that were seen to, by file; the newest last.
    """

    serial: str | None = None
    since: datetime | None = None
    at_s: float = 0.0
    word: str = ""
    job: LiveJob | None = None
    head: str | None = None
    endings: Mapping[str, Ending] = {}

    @property
    def in_silence(self) -> Memory:
        """Return the memory after a look that showed nothing: it may have been switched off."""
        return replace(self, at_s=-inf)

    def after(self, seen: Shown, asked_at: datetime, at_s: float) -> Memory:
        """Return the memory with one more sight.

        Args:
            seen: What was shown, of a machine whose serial number is known.
            asked_at: When that was asked.
            at_s: The same, of a clock that never steps back.
        """
        before = _still_true(self, seen, asked_at, at_s)
        job = _named(seen.job, before.job)
        now = replace(before, serial=seen.serial, at_s=at_s, word=seen.word, job=job)
        if job is not None:
            return replace(now, head=job.job_id)
        if before.job is not None:
            return replace(now, endings=_with_end(before.endings, before.job, seen.word))
        if seen.word in _AFTER_A_JOB and before.word not in _AFTER_A_JOB:
            return replace(now, head=_behind(before.head, asked_at))
        return now


def _behind(head: str | None, asked_at: datetime) -> str:
    """Return what tells a job that came and went unseen from the one before it."""
    return f"{(head or '').partition('+')[0]}+{asked_at.isoformat()}"


def _still_true(memory: Memory, seen: Shown, asked_at: datetime, at_s: float) -> Memory:
    """Return what is still known: of another machine, or after a silence, not much."""
    if memory.serial not in (None, seen.serial):
        return Memory(since=asked_at, word=seen.word)
    was, now = memory.job, seen.job
    is_same = was is not None and now is not None and was.job_id == now.job_id
    if memory.since is not None and (is_same or at_s - memory.at_s <= LONGEST_GAP_S):
        return memory
    return replace(memory, since=asked_at, job=None, word=seen.word)


def _named(job: LiveJob | None, known: LiveJob | None) -> LiveJob | None:
    """Return a job with the file that it was shown with before."""
    if job is None or job.file or known is None or known.job_id != job.job_id:
        return job
    return replace(job, file=known.file)


def _with_end(endings: Mapping[str, Ending], job: LiveJob, word: str) -> Mapping[str, Ending]:
    """Return the endings with one more: what was shown when the job did no longer."""
    ended = _ENDS.get(word, Ended.FAILED)
    reason = "printer_error" if word == ERROR else "interrupted"
    ending = Ending(
        file=job.file,
        ended=ended,
        evidence=f"job {job.job_id}: {word}",
        job_id=job.job_id,
        reason=reason if ended is Ended.FAILED else None,
        print_s=job.elapsed_s or None,
    )
    kept = [(file, each) for file, each in endings.items() if file != job.file]
    return dict([*kept[1 - _KEPT :], (job.file, ending)])
