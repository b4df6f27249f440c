"""How a print ended: Klipper's own state of it first, then Moonraker's history. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from farmctl.gcode.objects import parts_named
from farmctl.model.observation import Ended, Ending
from farmctl.printers.moonraker.status import Live

_BY_STATE: Mapping[str, Ended] = {
    "complete": Ended.COMPLETED,
    "cancelled": Ended.ABORTED,
    "error": Ended.FAILED,
}
_BY_STATUS: Mapping[str, tuple[Ended, str | None]] = {
    "completed": (Ended.COMPLETED, None),
    "cancelled": (Ended.ABORTED, None),
    "error": (Ended.FAILED, "printer_error"),
    "klippy_shutdown": (Ended.FAILED, "printer_error"),
    "klippy_disconnect": (Ended.FAILED, "interrupted"),
}
_MOONRAKER_LEFT: Mapping[str, tuple[Ended, str | None]] = {
    "interrupted": (Ended.FAILED, "interrupted"),
    "server_exit": (Ended.FAILED, "interrupted"),
}
_THERMAL = re.compile(r"ADC out of range|not heating|thermistor|temperature", re.IGNORECASE)


class Past(Struct, frozen=True):
    """One job of the history. Times are aware, UTC; durations in seconds, filament in mm."""

    job_id: str
    file: str
    status: str
    print_s: float
    filament_mm: float
    started_at: datetime | None
    ended_at: datetime | None


def past(jobs: Iterable[Mapping[str, Any]]) -> tuple[Past, ...]:
    """Read the jobs of a history list, in its order."""
    return tuple(
        Past(
            job_id=str(job["job_id"]),
            file=str(job.get("filename") or ""),
            status=str(job.get("status")),
            print_s=float(job.get("print_duration") or 0.0),
            filament_mm=float(job.get("filament_used") or 0.0),
            started_at=_at(job.get("start_time")),
            ended_at=_at(job.get("end_time")),
        )
        for job in jobs
    )


def ending_of(file: str, now: Live | None, newest: Past | None) -> Ending | None:
    """Return how the print of `file` ended, or None when nothing shows that it did.

    Args:
        file: Our file; its name is never used twice.
        now: Klipper's state, None when there is no Klipper to ask.
        newest: The newest job of the file in the history.
    """
    shows_it = now is not None and now.file == file
    if now is not None and shows_it and now.is_ready:
        if not now.is_over:
            return None
        # Klipper remembers what it left out until the next print is loaded.
        ending = _from_state(file, now, newest)
        return replace(ending, left_out=parts_named(now.excluded, file))
    if newest is None:
        return None
    known = dict(_BY_STATUS)
    if now is not None and not shows_it:
        # Moonraker went away in mid-print, and Klipper knows nothing of it any more: it was
        # restarted too, and with it the print ended.
        known.update(_MOONRAKER_LEFT)
    if newest.status not in known:
        return None
    ended, reason = known[newest.status]
    if now is not None and shows_it and ended is Ended.FAILED and _THERMAL.search(now.message):
        reason = "thermal"
    return _ending(file, f"history: {newest.status}", newest, ended, reason)


def _from_state(file: str, now: Live, newest: Past | None) -> Ending:
    ended = _BY_STATE[now.print]
    said = f"print_stats: {now.print}" + (f", {now.message}" if now.message else "")
    reason = None
    if ended is Ended.FAILED:
        reason = "thermal" if _THERMAL.search(now.message) else "printer_error"
    agrees = newest is not None and _BY_STATUS.get(newest.status, (None, None))[0] is ended
    if newest is not None and agrees:
        return _ending(file, f"history: {newest.status}; {said}", newest, ended, reason)
    return Ending(
        file=file,
        ended=ended,
        evidence=said,
        job_id=newest.job_id if newest else None,
        reason=reason,
        print_s=round(now.print_s),
        filament_um=round(now.filament_mm * 1000),
        started_at=newest.started_at if newest else None,
    )


def _ending(file: str, evidence: str, job: Past, ended: Ended, reason: str | None) -> Ending:
    return Ending(
        file=file,
        ended=ended,
        evidence=evidence,
        job_id=job.job_id,
        reason=reason,
        print_s=round(job.print_s),
        filament_um=round(job.filament_mm * 1000),
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


def _at(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
