"""What a Bambu reports, merged and read. Pure; whatever it says is taken for data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from farmctl.model.observation import DeviceState, Ended, Ending, Job
from farmctl.printers.bambu.commands import task_of
from farmctl.printers.bambu.package import file_of

Report = Mapping[str, Any]

CANCELLED = 0x0300_400C
FULL = ("gcode_state", "gcode_file", "subtask_id", "print_error")
"""What the answer to `pushall` tells, and nothing that is sent for a change does in one."""

WATCHED = ("gcode_state", "gcode_file", "subtask_id", "print_error", "hms")
"""What is worth a look when it changes."""

_STATES: Mapping[str, DeviceState] = {
    "IDLE": DeviceState.READY,
    "FINISH": DeviceState.READY,
    "FAILED": DeviceState.READY,
    "INIT": DeviceState.PRINTING,
    "SLICING": DeviceState.PRINTING,
    "PREPARE": DeviceState.PRINTING,
    "RUNNING": DeviceState.PRINTING,
    "PAUSE": DeviceState.PAUSED,
}
_NO_TASK = ("", "0")
_DEEPEST = 6
_FATAL = 1


class Status(Struct, frozen=True):
    """One Bambu at one moment.

    Args:
        word: Its own word for what it does: `RUNNING`, `FINISH`…
        file: The newest print's file, as farmctl calls it; empty without one.
        task: That print's task id; empty where nobody gave one.
        error: The newest print's error code, 0 for none.
        health: The codes of its health messages, `0300-0800-0001-0001`, worst first.
        is_broken: Whether one of them says that nothing can be printed.
        permille: How much of the print is done.
        nozzle_um: Its nozzle, where it tells.
    """

    word: str
    file: str
    task: str
    error: int
    health: tuple[str, ...]
    is_broken: bool
    permille: int
    nozzle_um: int | None

    @property
    def state(self) -> DeviceState:
        """Return what it does; a word that nobody knows is no reason to print."""
        if self.is_broken and not self.has_job:
            return DeviceState.FAULT
        return _STATES.get(self.word, DeviceState.UNKNOWN)

    @property
    def has_job(self) -> bool:
        """Return whether a print goes on, or is paused."""
        return _STATES.get(self.word) in (DeviceState.PRINTING, DeviceState.PAUSED)

    @property
    def head(self) -> str | None:
        """Return what names the newest print: its task, or `0/FILE` of one without."""
        return self.task or (f"0/{self.file}" if self.file else None)

    @property
    def job(self) -> Job | None:
        """Return the print that goes on."""
        return Job(self.file, self.head, self.permille) if self.has_job else None

    @property
    def message(self) -> str:
        """Return what its screen would say to a person."""
        told = [] if self.error in (0, CANCELLED) else [f"error {_dashed(self.error, 8)}"]
        told += [f"HMS {code}" for code in self.health]
        return ", ".join(told)

    def ending(self, file: str) -> Ending | None:
        """Return how the print of `file` ended; None when nothing shows that it did."""
        if self.task != task_of(file) or self.file not in ("", file):
            return None
        said = f"task {self.task}: {self.word}"
        match self.word:
            case "FINISH":
                return Ending(file, Ended.COMPLETED, said, self.task)
            case "FAILED" if self.error == CANCELLED:
                return Ending(file, Ended.ABORTED, f"{said}, cancelled", self.task)
            case "FAILED":
                said = f"{said}, error {_dashed(self.error, 8)}"
                return Ending(file, Ended.FAILED, said, self.task, reason="printer_error")
            case _:
                return None


def message_in(text: str | bytes) -> dict[str, Any]:
    """Return the message that was reported; an empty one for what is none."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def report_in(message: Mapping[str, Any]) -> Report | None:
    """Return the status that a message carries, whole or in part; None when it carries none."""
    said = message.get("print")
    return said if isinstance(said, dict) and said.get("command") == "push_status" else None


def is_full(report: Report) -> bool:
    """Return whether a report is the answer to `pushall`."""
    return all(key in report for key in FULL)


def merged(before: Report, delta: Report, depth: int = 0) -> dict[str, Any]:
    """Return a status with a report laid over it: most models report only what has changed."""
    after = dict(before)
    for key, value in delta.items():
        after[key] = _laid_over(before.get(key), value, depth)
    return after


def _laid_over(old: object, new: object, depth: int) -> object:
    if depth >= _DEEPEST:
        return new
    if isinstance(old, dict) and isinstance(new, dict):
        return merged(old, new, depth + 1)
    known, said = _by_id(old), _by_id(new)
    if known is None or said is None:
        return new
    both = {
        **known,
        **{key: _laid_over(known.get(key), each, depth + 1) for key, each in said.items()},
    }
    return list(both.values())


def _by_id(value: object) -> dict[str, object] | None:
    """Return a list of things with ids, as slots are, by their ids; None for anything else."""
    if not isinstance(value, list) or not value:
        return None
    things = [each for each in value if isinstance(each, dict) and "id" in each]
    return {str(each["id"]): each for each in things} if len(things) == len(value) else None


def status_of(report: Report) -> Status:
    """Read what is known of a machine; what is missing, or not what it should be, is not known."""
    health = _health(report.get("hms"))
    task = _text(report.get("subtask_id"))
    return Status(
        word=_text(report.get("gcode_state")).upper(),
        file=_file(report),
        task="" if task in _NO_TASK else task,
        error=_whole(report.get("print_error")) or 0,
        health=tuple(_dashed(code, 16) for _, code in health),
        is_broken=any(severity == _FATAL for severity, _ in health),
        permille=min(max(_whole(report.get("mc_percent")) or 0, 0), 100) * 10,
        nozzle_um=_micrometres(report.get("nozzle_diameter")),
    )


def _file(report: Report) -> str:
    """Return the print's file: some models name the plate inside the envelope, not the envelope."""
    file = file_of(_text(report.get("gcode_file")))
    name = file_of(_text(report.get("subtask_name")))
    return name if name and (not file or name.startswith("farmctl-")) else file


def _health(entries: object) -> list[tuple[int, int]]:
    """Return severity and code of each health message, the worst first."""
    found = []
    for each in entries if isinstance(entries, list) else ():
        if isinstance(each, dict):
            attribute, code = _whole(each.get("attr")), _whole(each.get("code"))
            if attribute is not None and code is not None:
                found.append((code >> 16, attribute << 32 | code))
    return sorted(found)


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _whole(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None


def _micrometres(value: object) -> int | None:
    try:
        return round(float(value) * 1000) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None


def _dashed(code: int, digits: int) -> str:
    """Return `0300-400C`, as screens and manuals write codes."""
    text = f"{code & (1 << 4 * digits) - 1:0{digits}X}"
    return "-".join(text[at : at + 4] for at in range(0, digits, 4))
