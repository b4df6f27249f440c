"""One look at a Moonraker, read into an observation. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from farmctl.gcode.objects import parts_named
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Job, Observation
from farmctl.printers.moonraker.history import Past
from farmctl.printers.moonraker.machine import firmware, nozzle_um, space_um
from farmctl.printers.moonraker.status import Live, firmware_state


class Seen(Struct, frozen=True):
    """What Moonraker answered.

    Args:
        server: `/server/info`; None when there is no answer, or none without a key.
        klipper: `/printer/info`; empty when no Klipper is connected.
        now: Klipper's state; None when no Klipper is connected.
        newest: The newest job of the history.
        identity: The machine's id.
        why: What to tell a person when `server` is None.
        is_silent: Whether nothing answered at all.
    """

    server: Mapping[str, Any] | None
    klipper: Mapping[str, Any]
    now: Live | None
    newest: Past | None
    identity: str | None
    why: str = ""
    is_silent: bool = False


def observation(
    printer: PrinterName, asked_at: datetime, seen: Seen, objects: Mapping[str, Any]
) -> Observation:
    """Return the look as farmctl sees every printer; `objects` is Klipper's configuration.

    It is dated by when it was asked: a look that was under way while something was done to the
    printer must not count as one taken after it.
    """
    if seen.server is None:
        state = DeviceState.OFFLINE if seen.is_silent else DeviceState.FAULT
        return Observation(printer, asked_at, state, message=seen.why)
    return Observation(
        printer=printer,
        seen_at=asked_at,
        state=_state(seen.server, seen.now),
        identity=seen.identity,
        job=_job(seen.now, seen.newest) if seen.now and seen.now.has_job else None,
        history_head=seen.newest.job_id if seen.newest else None,
        firmware=firmware(seen.klipper) or None,
        nozzle_um=nozzle_um(objects),
        space_um=space_um(objects),
        message=seen.now.message if seen.now else f"Klipper is {seen.server['klippy_state']}",
        can_exclude=seen.now is None or seen.now.knows_objects,
    )


def _state(server: Mapping[str, Any], now: Live | None) -> DeviceState:
    if now is not None:
        return now.state
    # It says ready, and yet could not be asked: it is just coming, or just going.
    word = str(server["klippy_state"])
    return DeviceState.UNKNOWN if word == "ready" else firmware_state(word)


def _job(now: Live, newest: Past | None) -> Job:
    is_newest = newest is not None and newest.file == now.file
    return Job(
        file=now.file,
        job_id=newest.job_id if newest is not None and is_newest else None,
        progress_permille=round(now.progress * 1000),
        elapsed_s=round(now.elapsed_s),
        left_out=parts_named(now.excluded, now.file),
    )
