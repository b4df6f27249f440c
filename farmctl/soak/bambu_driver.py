"""The driver that stands in for Bambu's: a task id of its own for every file, and full reports."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from farmctl.model.events.runs import Effect
from farmctl.model.observation import DeviceState, Ended, Ending, Job
from farmctl.printers.driver import Evidence, Promises, Why
from farmctl.soak.bambu import BUSY, CANCELLED, FAULT, HIGHEST_ID
from farmctl.soak.standin import METHODS, Seen, StandIn, Table
from farmctl.soak.wire import Asked

_STATES = {"RUNNING": DeviceState.PRINTING, "PAUSE": DeviceState.PAUSED}
_COMMANDS = {
    Effect.START: "project_file",
    Effect.PAUSE: "pause",
    Effect.RESUME: "resume",
    Effect.CANCEL: "stop",
}
_TABLE: Table = {
    (Effect.UPLOAD, 226): None,
    (Effect.DELETE, 250): None,
    (Effect.DELETE, 550): Why.MISSING,
    **{(effect, "success"): None for effect in _COMMANDS},
}
TOLD_TWICE = "0500-4004: it was told to print while it printed"


class BambuStandIn(StandIn):
    """One Bambu."""

    promises = Promises(
        deletion_fences=False,
        evidence=Evidence.JOB_ID,
        patience_s=180.0,
        verifies_upload="size",
        survives_restart=False,
    )
    table = _TABLE

    async def see(self) -> Seen | None:
        """Return what a full report says."""
        said = await self.ask("/report")
        if said is None:
            return None
        state = _STATES.get(said["gcode_state"], DeviceState.READY)
        return Seen(
            state=DeviceState.FAULT if FAULT in said["hms"] else state,
            identity=said["sn"],
            job=Job(said["gcode_file"], _id(said)) if said["gcode_state"] in _STATES else None,
            head=_id(said),
            message=TOLD_TWICE if BUSY in said["hms"] else "",
        )

    async def sizes(self) -> Mapping[str, int] | None:
        """Return the sizes of all stored files."""
        return await self.ask("/ftp")

    async def evidence(self, file: str) -> Ending | None:
        """Return how the last task ended, if it was this file's."""
        said = await self.ask("/report")
        if not said or said["subtask_id"] != task_of(file):
            return None
        words = f"task {said['subtask_id']}: {said['gcode_state']} {said['print_error']:08X}"
        match said["gcode_state"], said["print_error"]:
            case "FINISH", _:
                return Ending(file, Ended.COMPLETED, words)
            case "FAILED", error:
                return Ending(file, Ended.ABORTED if error == CANCELLED else Ended.FAILED, words)
            case _:
                return None

    def asked(self, effect: Effect, file: str) -> Asked:
        """Return the request; a cancel ends whatever is printed."""
        if effect not in _COMMANDS:
            return Asked(METHODS[effect], f"/ftp/{file}")
        query = {"command": _COMMANDS[effect], "file": file, "task_id": task_of(file)}
        return Asked("POST", "/request", query)


def task_of(file: str) -> str:
    """Return a task id that fits into 31 bits and is not 0, which would join prints."""
    return str(int(sha256(file.encode()).hexdigest()[:12], 16) % HIGHEST_ID + 1)


def _id(said: Mapping[str, Any]) -> str | None:
    task, file = said["subtask_id"], said["gcode_file"]
    return None if not file else task if task != "0" else f"0/{file}"
