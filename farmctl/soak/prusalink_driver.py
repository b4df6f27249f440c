"""The driver that stands in for PrusaLink's: it must ask all the time, since nothing is pushed."""

from __future__ import annotations

from collections.abc import Mapping

from farmctl.model.events.runs import Effect
from farmctl.model.observation import DeviceState, Ended, Ending, Job
from farmctl.printers.config import DriverConfig
from farmctl.soak.standin import METHODS, Seen, StandIn
from farmctl.soak.standin_tables import PRUSALINK, PRUSALINK_PROMISES, TO_JOB
from farmctl.soak.wire import Asked

_EVERY_S = 4.0  # an ended job shows for five seconds
_LIVE = {"PRINTING": DeviceState.PRINTING, "PAUSED": DeviceState.PAUSED}
_ENDED = {"FINISHED": Ended.COMPLETED, "STOPPED": Ended.ABORTED, "ERROR": Ended.FAILED}


class PrusaLinkStandIn(StandIn):
    """One PrusaLink."""

    promises = PRUSALINK_PROMISES
    table = PRUSALINK
    _now: tuple[str, Job | None] | None = None
    _head: str | None = None

    def __init__(self, config: DriverConfig) -> None:
        super().__init__(config)
        self._ended: dict[str, Ending] = {}

    async def see(self) -> Seen | None:
        """Return what it shows, and remember what will not show for long."""
        machine, status = await self.ask("/api/v1/info"), await self._status()
        if machine is None or status is None:
            return None
        word, job = status
        state = DeviceState.FAULT if word == "ERROR" else _LIVE.get(word, DeviceState.READY)
        return Seen(state, machine["serial"], job if word in _LIVE else None, self._head)

    async def sizes(self) -> Mapping[str, int] | None:
        """Return the sizes of all stored files."""
        listed = await self.ask("/api/v1/files/local")
        return listed and {each["name"]: each["size"] for each in listed["children"]}

    async def evidence(self, file: str) -> Ending | None:
        """Return how the last job of `file` ended, if it was seen before it was forgotten."""
        return None if await self._status() is None else self._ended.get(file)

    async def stay_in_touch(self) -> None:
        """Ask again and again."""
        while True:
            before, self._now = self._now, await self._status()
            if self._now is None:
                self.out_of_touch()
            if self._now != before:
                self.changed.set()
            await self.config.clock.sleep(_EVERY_S)

    def asked(self, effect: Effect, file: str) -> Asked:
        """Return the request."""
        if effect in TO_JOB:
            method = "DELETE" if effect is Effect.CANCEL else "PUT"
            return Asked(method, f"/api/v1/job/{self._head}{TO_JOB[effect]}")
        return Asked(METHODS[effect], f"/api/v1/files/local/{file}")

    async def _status(self) -> tuple[str, Job | None] | None:
        status = await self.ask("/api/v1/status")
        if not status or "job" not in status:
            return (status["printer"]["state"], None) if status else None
        shown = await self.ask("/api/v1/job")
        if not shown:
            return None if shown is None else ("IDLE", None)
        state, file, self._head = shown["state"], shown["file"]["name"], str(shown["id"])
        if state in _ENDED:
            self._ended[file] = Ending(file, _ENDED[state], f"job {self._head}: {state}")
        return state, Job(file, self._head)
