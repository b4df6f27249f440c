"""A printer behind an OctoPrint: what its web server answers and its websocket tells.

As seen on OctoPrint 1.11.8, with its traps: events of ended prints are lost where nobody listens,
a cancelled print is counted like a failed one, and a file's counters are deleted with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from farmctl.model.observation import DeviceState, Ended
from farmctl.sim.device import Record, Reply
from farmctl.soak.machines import Answer, Body

_DONE = {Reply.OK: 204, Reply.NO_JOB: 409, Reply.IN_USE: 409, Reply.MISSING: 404}
_EVENTS = {
    Ended.COMPLETED: ["PrintDone"],
    Ended.ABORTED: ["PrintCancelled", "PrintFailed"],
    Ended.FAILED: ["PrintFailed"],
}
_STATES = {
    DeviceState.PRINTING: "Printing",
    DeviceState.PAUSED: "Paused",
    DeviceState.FAULT: "Offline after error",
}


class OctoPrint(Body):
    """One printer behind its OctoPrint.

    Args:
        serial: The id of its OctoPrint.
        now: Tells the true time.
    """

    def __init__(self, serial: str, now: Callable[[], datetime]) -> None:
        super().__init__(serial, now)
        self._told = 0

    def start(self, name: str) -> Reply:
        """Print a stored file, unless there is a print, running or paused."""
        return Reply.BUSY if self.is_busy else super().start(name)

    def report(self) -> str:
        """Return the events since the last ones: it does not say them again."""
        ended = [each for each in self.machine.history if each.number > self._told]
        self._told = max([self._told, *(each.number for each in ended)])
        events = [[word, each.file] for each in ended for word in _EVENTS[each.ended]]
        return json.dumps({"current": self._word(), "events": events})

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """Return what OctoPrint answers."""
        self.pass_time()
        match method, path.removeprefix("/api/").split("/"):
            case "GET", ["settings"]:
                return 200, {"plugins": {"discovery": {"upnpUuid": self.machine.serial}}}
            case "GET", ["job"]:
                job = self.machine.job  # a file stays selected when its print is over
                return 200, {"state": self._word(), "job": job.file if job else None}
            case "POST", ["job"]:
                happen = {"pause": self.pause, "resume": self.resume, "cancel": self.cancel}
                return _DONE[happen[query["command"]]()], None
            case _, ["files", "local", *name]:
                return self._file(method, "".join(name), body)
            case _:
                return 404, None

    def _word(self) -> str:
        return _STATES.get(self.state, "Operational")

    def _file(self, method: str, name: str, body: bytes) -> Answer:
        stored = self.machine.stored(name)
        match method:
            case "GET" if not name:
                return 200, {"files": [self._counted(each.name) for each in self.machine.files]}
            case "GET":
                return (200, self._counted(name)) if stored else (404, None)
            case "DELETE":
                return _DONE[self.delete(name)], None
            case "PUT":
                status = 201 if self.put(name, body) is Reply.OK else 409
                return status, {"effectivePrint": False}
            case _:
                is_free = self.state is DeviceState.READY
                return (_DONE[self.start(name)] if is_free else 409), None

    def _counted(self, name: str) -> dict[str, Any]:
        """Return a file with how often it was printed, as far as prints were seen to end."""
        stored = self.machine.stored(name)
        ended = [each for each in self.remembered if each.file == name and _is_counted(each)]
        good = sum(each.ended is Ended.COMPLETED for each in ended)
        prints = {"success": good, "failure": len(ended) - good}
        return {"name": name, "size": stored.size_b if stored else 0, "prints": prints}


def _is_counted(record: Record) -> bool:
    return record.words != "interrupted"
