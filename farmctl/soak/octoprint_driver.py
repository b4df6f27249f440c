"""The driver that stands in for OctoPrint's: counters of files, and events where it hears them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from farmctl.model.events.runs import Effect
from farmctl.model.observation import DeviceState, Ended, Ending, Job
from farmctl.soak.standin import METHODS, Seen, StandIn, is_ours
from farmctl.soak.standin_tables import HTTP, OCTOPRINT_PROMISES
from farmctl.soak.wire import Asked

_STATES = {
    "Operational": DeviceState.READY,
    "Printing": DeviceState.PRINTING,
    "Paused": DeviceState.PAUSED,
    "Offline after error": DeviceState.FAULT,
}


class OctoPrintStandIn(StandIn):
    """One OctoPrint."""

    promises = OCTOPRINT_PROMISES
    table = HTTP
    _cancelled: frozenset[str] = frozenset()

    async def see(self) -> Seen | None:
        """Return its job, and how many prints of others it counted."""
        settings, now = await self.ask("/api/settings"), await self.ask("/api/job")
        files = await self._files()
        if settings is None or now is None or files is None:
            return None
        return Seen(
            state=_STATES[now["state"]],
            identity=settings["plugins"]["discovery"]["upnpUuid"],
            job=Job(now["job"]) if now["job"] else None,
            total=sum(sum(file["prints"].values()) for file in files if not is_ours(file["name"])),
        )

    async def sizes(self) -> Mapping[str, int] | None:
        """Return the sizes of all stored files."""
        files = await self._files()
        return None if files is None else {each["name"]: each["size"] for each in files}

    async def evidence(self, file: str) -> Ending | None:
        """Return how the print of `file` ended: counters do not tell a cancel from a failure."""
        counted = await self.ask(f"/api/files/local/{file}")
        match counted and counted["prints"]:
            case {"success": int(good)} if good:
                return Ending(file, Ended.COMPLETED, f"counters: {good} good")
            case {"failure": int(bad)} if bad:
                ended = Ended.ABORTED if file in self._cancelled else Ended.FAILED
                return Ending(file, ended, f"counters: {bad} failed")
        return None

    def hear(self, said: Mapping[str, Any]) -> None:
        """Remember what was cancelled."""
        super().hear(said)
        cancelled = (file for word, file in said["events"] if word == "PrintCancelled")
        self._cancelled = self._cancelled.union(cancelled)

    def asked(self, effect: Effect, file: str) -> Asked:
        """Return the request; a cancel ends whatever is printed."""
        if effect in METHODS:
            return Asked(METHODS[effect], f"/api/files/local/{file}")
        return Asked("POST", "/api/job", {"command": effect})

    async def _files(self) -> list[dict[str, Any]] | None:
        listed = await self.ask("/api/files/local")
        return None if listed is None else list(listed["files"])
