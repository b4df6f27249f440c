"""What OctoPrint says that its printer does. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from farmctl.model.observation import DeviceState, Job
from farmctl.printers.octoprint.said import Said, number, text, within

_STATES: Mapping[str, DeviceState] = {
    "Operational": DeviceState.READY,
    **dict.fromkeys(
        (
            "Starting",
            "Starting print from SD",
            "Printing",
            "Printing from SD",
            "Pausing",
            "Resuming",
            "Cancelling",
            "Finishing",
        ),
        DeviceState.PRINTING,
    ),
    "Paused": DeviceState.PAUSED,
    **dict.fromkeys(("Offline", "Offline after error", "Error"), DeviceState.FAULT),
}
"""Every other word, as of connecting and of sending a file to the SD card, is none to act on."""

_STATES_WITH_JOB = (DeviceState.PRINTING, DeviceState.PAUSED)


class Now(Struct, frozen=True):
    """What OctoPrint says at one moment.

    Args:
        word: Its word for what the printer does.
        file: The selected file; it stays selected when its print is over.
        message: What the printer said when it broke.
        progress: Of the file's bytes, 0 to 100.
        elapsed_s: Since the print began.
    """

    word: str
    file: str
    message: str = ""
    progress: float = 0.0
    elapsed_s: float = 0.0

    @property
    def state(self) -> DeviceState:
        """Return the device's state."""
        return _STATES.get(self.word, DeviceState.UNKNOWN)

    @property
    def has_job(self) -> bool:
        """Return whether a print is going on, from its first to its last line."""
        return self.state in _STATES_WITH_JOB

    @property
    def job(self) -> Job | None:
        """Return the print that is going on."""
        if not self.has_job:
            return None
        permille = min(1000, max(0, round(self.progress * 10)))
        return Job(self.file, progress_permille=permille, elapsed_s=max(0, round(self.elapsed_s)))

    def prints(self, file: str) -> bool:
        """Return whether the print that is going on is of a file."""
        return self.has_job and self.file == file


def now_of(said: Said) -> Now | None:
    """Read `/api/job`; None when that is not what was said."""
    word = text(said, "state")
    if not word or within(said, "job") is None:
        return None
    return Now(
        word=word,
        file=text(said, "job", "file", "path"),
        message=text(said, "error"),
        progress=number(said, "progress", "completion") or 0.0,
        elapsed_s=number(said, "progress", "printTime") or 0.0,
    )
