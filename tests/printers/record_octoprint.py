"""Records what the real OctoPrint answers: `python -m tests.printers.record_octoprint [FOLDER]`.

Each scene brings the real server into a state and makes one call there. The exchanges are kept in
`exchanges/octoprint/`, with what differs from run to run replaced, so that recording again shows
in a diff what a new OctoPrint answers differently. The driver's answer table names them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.printers.octoprint_recorder import OctoPrintRecorder
from tests.printers.octoprint_rig import LONG, SHORT
from tests.servers.octoprint import LOOKER, OctoPrintServer

FOLDER = Path(__file__).parent / "exchanges" / "octoprint"
NO_KEY = "X" * 32


def idle(at: OctoPrintRecorder) -> None:
    """Nothing is stored and nothing prints."""
    at.get("version", "/api/version")
    at.get("job-idle", "/api/job")
    at.get("identity", "/api/settings", only="plugins.discovery.upnpUuid")
    at.get("counts-fresh", "/plugin/achievements/", only="stats")
    at.get("profiles", "/api/printerprofiles")
    at.get("user-operator", "/api/currentuser")
    at.get("files-none", "/api/files/local")
    at.login("login")
    at.start("start-missing", "nowhere.gcode")
    at.delete("delete-missing", "nowhere.gcode")
    at.steer("idle")


def uploads(at: OctoPrintRecorder) -> None:
    """Files come, and go."""
    at.upload("upload-new", "new.gcode", SHORT)
    at.get("file-never-printed", "/api/files/local/new.gcode")
    at.upload("upload-again", "new.gcode", LONG)
    at.upload("upload-renamed", "con.gcode", SHORT)
    at.upload("upload-other-type", "new.exe", SHORT)
    at.get("files-two", "/api/files/local")
    at.delete("delete-idle", "con_.gcode")


def printing(at: OctoPrintRecorder) -> None:
    """A long print is under way."""
    at.server.upload("long.gcode", LONG)
    at.start("start-idle", "long.gcode")
    at.server.wait_state("Printing")
    at.get("job-printing", "/api/job")
    at.get("counts-printing", "/plugin/achievements/", only="stats")
    at.start("start-printing", "new.gcode")
    at.start("start-itself", "long.gcode")
    at.delete("delete-printing", "long.gcode")
    at.upload("upload-over-printing", "long.gcode", SHORT)
    at.job("resume-printing", "pause", "resume")
    at.job("pause-printing", "pause", "pause")
    at.server.wait_state("Paused")


def paused(at: OctoPrintRecorder) -> None:
    """It is paused, goes on, and is cancelled: that is counted like a failure."""
    at.get("job-paused", "/api/job")
    at.job("pause-paused", "pause", "pause")
    at.start("start-paused", "new.gcode")
    at.delete("delete-paused", "long.gcode")
    at.job("resume-paused", "pause", "resume")
    at.server.wait_state("Printing")
    at.job("cancel-printing", "cancel")
    at.server.wait_state("Operational")
    at.get("job-cancelled", "/api/job")
    at.get("file-cancelled", "/api/files/local/long.gcode")


def ends(at: OctoPrintRecorder) -> None:
    """A print comes to its end, and one breaks off because the printer does."""
    at.server.print("new.gcode")
    at.server.wait_for(lambda: bool(at.server.prints("new.gcode")), "it is counted")
    at.get("file-completed", "/api/files/local/new.gcode")
    at.server.upload("broken.gcode", LONG)
    at.server.print("broken.gcode")
    at.server.wait_state("Printing")
    at.server.debug("trigger_fatal_error_marlin")
    at.server.wait_state("Offline after error")
    at.get("job-after-error", "/api/job")
    at.get("file-failed", "/api/files/local/broken.gcode")
    at.start("start-offline", "new.gcode")
    at.steer("offline")
    at.delete("delete-offline", "broken.gcode")
    at.server.connect()
    at.server.disconnect()
    at.get("job-offline", "/api/job")
    at.server.connect()


def locked(at: OctoPrintRecorder) -> None:
    """Keys that nobody knows, and one of somebody who may only look."""
    for who, key in (("wrong-key", NO_KEY), ("no-right", LOOKER)):
        at.get(f"job-{who}", "/api/job", key=key)
        at.start(f"start-{who}", "new.gcode", key)
        at.upload(f"upload-{who}", "locked.gcode", SHORT, key)
        at.delete(f"delete-{who}", "new.gcode", key)
        at.steer(who, key)
    at.get("user-looker", "/api/currentuser", key=LOOKER)


def killed(at: OctoPrintRecorder) -> None:
    """OctoPrint is killed in mid-print: the file counts nothing, the starts are counted."""
    at.server.upload("cut.gcode", LONG)
    at.server.print("cut.gcode")
    at.server.wait_state("Printing")
    at.server.restart()
    at.get("file-cut-off", "/api/files/local/cut.gcode")
    at.get("counts-after-restart", "/plugin/achievements/", only="stats")
    at.get("identity-after-restart", "/api/settings", only="plugins.discovery.upnpUuid")
    at.get("job-after-restart", "/api/job")


SCENES: tuple[Callable[[OctoPrintRecorder], None], ...] = (
    idle,
    uploads,
    printing,
    paused,
    ends,
    locked,
    killed,
)


def main(keep: Path) -> None:
    """Record every scene into `keep`."""
    keep.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        OctoPrintServer(Path(name)) as server,
        closing(OctoPrintRecorder(server, keep)) as at,
    ):
        for scene in SCENES:
            scene(at)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
