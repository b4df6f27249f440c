"""The driver that stands in for Bambu's: a task id of its own for every file, and full reports."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from farmctl.model.events.runs import Effect
from farmctl.model.observation import DeviceState, Ended, Ending, Job
from farmctl.soak.bambu import BUSY, CANCELLED, FAULT, HIGHEST_ID
from farmctl.soak.standin import METHODS, Seen, StandIn
from farmctl.soak.standin_tables import BAMBU, BAMBU_PROMISES, COMMANDS
from farmctl.soak.wire import Asked

_STATES = {"RUNNING": DeviceState.PRINTING, "PAUSE": DeviceState.PAUSED}
_ENDED = {
    ("FINISH", 0): Ended.COMPLETED,
    ("FAILED", CANCELLED): Ended.ABORTED,
    ("FAILED", FAULT): Ended.FAILED,
}
TOLD_TWICE = "0500-4004: it was told to print while it printed"


class BambuStandIn(StandIn):
    """One Bambu."""

    promises = BAMBU_PROMISES
    table = BAMBU

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
        ended = _ENDED.get((said["gcode_state"], said["print_error"]))
        if ended is None:
            return None
        return Ending(file, ended, f"task {task_of(file)}: {said['gcode_state']}")

    def asked(self, effect: Effect, file: str) -> Asked:
        """Return the request; a cancel ends whatever is printed."""
        if effect not in COMMANDS:
            return Asked(METHODS[effect], f"/ftp/{file}")
        query = {"command": COMMANDS[effect], "file": file, "task_id": task_of(file)}
        return Asked("POST", "/request", query)


def task_of(file: str) -> str:
    """Return a task id that fits into 31 bits and is not 0, which would join prints."""
    return str(int(sha256(file.encode()).hexdigest()[:12], 16) % HIGHEST_ID + 1)


def _id(said: Mapping[str, Any]) -> str | None:
    task, file = said["subtask_id"], said["gcode_file"]
    return None if not file else task if task != "0" else f"0/{file}"
