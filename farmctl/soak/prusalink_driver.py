"""The driver that stands in for PrusaLink's: it must ask all the time, since nothing is pushed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from farmctl.model.events.runs import Effect
from farmctl.model.observation import DeviceState, Ended, Ending, Job
from farmctl.printers.driver import Evidence, Promises, Why
from farmctl.soak.standin import HTTP, METHODS, Seen, StandIn, Table
from farmctl.soak.wire import Asked

_EVERY_S = 4.0  # an ended job shows for five seconds
_STATES = {
    "PRINTING": DeviceState.PRINTING,
    "PAUSED": DeviceState.PAUSED,
    "ERROR": DeviceState.FAULT,
}
_ENDED = {"FINISHED": Ended.COMPLETED, "STOPPED": Ended.ABORTED, "ERROR": Ended.FAILED}
_TO_JOB = {
    Effect.PAUSE: ("PUT", "/pause"),
    Effect.RESUME: ("PUT", "/resume"),
    Effect.CANCEL: ("DELETE", ""),
}
_TABLE: Table = {**HTTP, **{(effect, 404): Why.NOT_OURS for effect in _TO_JOB}}


class PrusaLinkStandIn(StandIn):
    """One PrusaLink."""

    promises = Promises(
        deletion_fences=True,
        evidence=Evidence.JOB_ID,
        patience_s=20.0,
        verifies_upload="size",
        aims_cancel=True,
        survives_restart=False,
    )
    table = _TABLE
    _head: str | None = None
    _ended: Mapping[str, Ending] = {}

    async def see(self) -> Seen | None:
        """Return what it shows, and remember what will not show for long."""
        machine, status = await self.ask("/api/v1/info"), await self._status()
        if machine is None or status is None:
            return None
        state, job = status
        live = job if state in ("PRINTING", "PAUSED") else None
        return Seen(_STATES.get(state, DeviceState.READY), machine["serial"], live, self._head)

    async def sizes(self) -> Mapping[str, int] | None:
        """Return the sizes of all stored files."""
        listed = await self.ask("/api/v1/files/local")
        return listed and {each["name"]: each["size"] for each in listed["children"]}

    async def evidence(self, file: str) -> Ending | None:
        """Return how the last job of `file` ended, if it was seen before it was forgotten."""
        return None if await self._status() is None else self._ended.get(file)

    async def stay_in_touch(self) -> None:
        """Ask again and again."""
        before: Any = None
        while True:
            now = await self._status()
            if now is None:
                self.out_of_touch()
            if now != before:
                self.changed.set()
            before = now
            await self.config.clock.sleep(_EVERY_S)

    def asked(self, effect: Effect, file: str) -> Asked:
        """Return the request."""
        if effect in _TO_JOB:
            method, verb = _TO_JOB[effect]
            return Asked(method, f"/api/v1/job/{self._head}{verb}")
        return Asked(METHODS[effect], f"/api/v1/files/local/{file}")

    async def _status(self) -> tuple[str, Job | None] | None:
        status = await self.ask("/api/v1/status")
        shown = await self.ask("/api/v1/job") if status and "job" in status else {}
        if status is None or shown is None:
            return None
        if not shown:
            return status["printer"]["state"], None
        state, file, self._head = shown["state"], shown["file"]["name"], str(shown["id"])
        if state in _ENDED:
            ending = Ending(file, _ENDED[state], f"job {self._head}: {state}", self._head)
            self._ended = {**self._ended, file: ending}
        return state, Job(file, self._head)
