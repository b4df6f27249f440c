"""Records what the real Moonraker answers: `python -m tests.printers.record_moonraker [FOLDER]`.

Each scene brings the real stack into a state and makes one call there. The exchanges are kept in
`exchanges/moonraker/`, with what differs from run to run replaced, so that recording again shows
in a diff what a new Moonraker or Klipper answers differently. The driver's answer table names them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.printers.recorder import Recorder
from tests.servers.klipper import KlipperStack

FOLDER = Path(__file__).parent / "exchanges" / "moonraker"

QUICK = "G28\nG1 X20 F6000\n"
LONG = "G90\nG1 Y100 F6000\n" + "G1 X200 F6000\nG1 X20 F6000\n" * 200
PARTS = "EXCLUDE_OBJECT_DEFINE NAME=P01\nEXCLUDE_OBJECT_DEFINE NAME=p02\n" + LONG
BROKEN = "G28\nG90\nG1 X999 F6000\n"


def uploads(at: Recorder) -> None:
    """A stored file is checked by its digest; a loaded one cannot be overwritten."""
    at.upload("upload-new", "new.gcode", QUICK)
    at.upload("upload-existing-name", "new.gcode", LONG)
    at.upload("upload-wrong-checksum", "wrong.gcode", QUICK, checksum="0" * 64)
    at.get("files-list", "/server/files/list", root="gcodes")


def idle(at: Recorder) -> None:
    """Nothing is being printed."""
    at.query("query-standby")
    at.get("server-info-ready", "/server/info")
    at.get("printer-info", "/printer/info")
    at.get("history-empty", "/server/history/list", limit="1")
    for call in ("pause", "resume", "cancel"):
        at.post(f"{call}-standby", f"/printer/print/{call}")
    at.start("start-missing", "nobody.gcode")
    at.delete("delete-missing", "nobody.gcode")


def printing(at: Recorder) -> None:
    """A long print, paused, gone on with, canceled."""
    at.store(long=LONG, other=LONG)
    at.stack.gcode("G28")
    at.start("start-idle", "long.gcode")
    at.stack.wait_print("printing")
    at.stack.wait_history("long.gcode", "in_progress")
    at.query("query-printing")
    at.newest_job("history-in-progress")
    at.start("start-printing", "other.gcode")
    at.post("resume-printing", "/printer/print/resume")
    at.delete("delete-in-use-printing", "long.gcode")
    at.delete("delete-other-printing", "other.gcode")
    at.upload("upload-over-printing", "long.gcode", QUICK)
    at.upload("upload-while-printing", "next.gcode", QUICK)
    at.post("pause-printing", "/printer/print/pause")
    at.stack.wait_print("paused")


def paused(at: Recorder) -> None:
    """The same print, paused."""
    at.query("query-paused")
    at.post("pause-paused", "/printer/print/pause")
    at.delete("delete-in-use-paused", "long.gcode")
    at.post("resume-paused", "/printer/print/resume")
    at.stack.wait_print("printing")
    at.post("cancel-printing", "/printer/print/cancel")
    at.stack.wait_print("cancelled")
    at.query("query-cancelled")
    at.stack.wait_history("long.gcode", "cancelled")
    at.newest_job("history-cancelled")
    at.post("cancel-cancelled", "/printer/print/cancel")


def parted(at: Recorder) -> None:
    """A print of two parts, of which one is left out: Klipper says ok to every name."""
    at.store(parts=PARTS)
    _exclude(at, "exclude-standby", "P02")
    at.stack.gcode("G28")
    at.stack.post("/printer/print/start", filename="parts.gcode")
    at.stack.wait_print("printing")
    _objects(at, "objects-known")
    _exclude(at, "exclude-printing", "P02")
    _objects(at, "objects-left-out")
    _exclude(at, "exclude-again", "P02")
    _exclude(at, "exclude-unknown-name", "P99")
    _objects(at, "objects-left-out-twice")
    at.stack.post("/printer/print/cancel")
    at.stack.wait_print("cancelled")
    _objects(at, "objects-of-an-ended-print")
    at.get("objects-missing", "/printer/objects/query", no_such_object="state")


def _objects(at: Recorder, name: str) -> None:
    at.get(name, "/printer/objects/query", exclude_object="objects,excluded_objects")


def _exclude(at: Recorder, name: str, part: str) -> None:
    at.post(name, "/printer/gcode/script", script=f"EXCLUDE_OBJECT NAME={part}")


def replaced(at: Recorder) -> None:
    """A start while paused is taken: it throws the paused job away, and cannot be paused."""
    at.store(paused=LONG, intruder=LONG)
    _pause_in_print_of(at, "paused.gcode")
    at.start("start-paused", "intruder.gcode")
    at.stack.wait_print("printing")
    at.stack.wait_history("intruder.gcode", "in_progress")
    at.get("history-after-start-paused", "/server/history/list", limit="2", order="desc")
    at.post("pause-after-start-paused", "/printer/print/pause")
    at.query("query-after-pause-after-start-paused")
    at.stack.post("/printer/print/cancel")
    at.stack.wait_print("cancelled")
    _pause_in_print_of(at, "paused.gcode")
    at.post("cancel-paused", "/printer/print/cancel")
    at.stack.wait_print("cancelled")


def _pause_in_print_of(at: Recorder, file: str) -> None:
    at.stack.post("/printer/print/start", filename=file)
    at.stack.wait_print("printing")
    at.stack.post("/printer/print/pause")
    at.stack.wait_print("paused")


def ends(at: Recorder) -> None:
    """A print that comes to its end, and one whose g-code is broken."""
    at.store(quick=QUICK, broken=BROKEN)
    at.stack.post("/printer/print/start", filename="quick.gcode")
    at.stack.wait_print("complete")
    at.query("query-complete")
    at.stack.wait_history("quick.gcode", "completed")
    at.newest_job("history-completed")
    at.delete("delete-idle", "quick.gcode")
    for call in ("pause", "resume", "cancel"):
        at.post(f"{call}-complete", f"/printer/print/{call}")
    at.start("start-other-case", "BROKEN.gcode")
    at.stack.wait_print("error")
    at.query("query-error")
    at.stack.wait_history("BROKEN.gcode", "error")
    at.newest_job("history-error")


def shut_down(at: Recorder) -> None:
    """The micro-controller fails in mid-print."""
    at.stack.gcode("G28")
    at.stack.post("/printer/print/start", filename="long.gcode")
    at.stack.wait_print("printing")
    at.stack.mcu_fault()
    at.stack.wait_klippy("shutdown")
    at.query("query-shutdown")
    at.get("server-info-shutdown", "/server/info")
    at.stack.wait_history("long.gcode", "klippy_shutdown")
    at.newest_job("history-klippy-shutdown")
    for call in ("pause", "resume", "cancel"):
        at.post(f"{call}-shutdown", f"/printer/print/{call}")
    _exclude(at, "exclude-shutdown", "P02")
    at.start("start-shutdown", "long.gcode")
    at.upload("upload-shutdown", "later.gcode", QUICK)
    at.stack.recover()
    at.query("query-after-restart")


def no_klipper(at: Recorder) -> None:
    """The Klipper host dies in mid-print."""
    at.stack.gcode("G28")
    at.stack.post("/printer/print/start", filename="long.gcode")
    at.stack.wait_print("printing")
    at.stack.kill_klipper()
    at.query("query-no-klippy")
    at.get("server-info-no-klippy", "/server/info")
    at.stack.wait_history("long.gcode", "klippy_disconnect")
    at.newest_job("history-klippy-disconnect")
    for call in ("pause", "resume", "cancel"):
        at.post(f"{call}-no-klippy", f"/printer/print/{call}")
    _exclude(at, "exclude-no-klippy", "P02")
    at.start("start-no-klippy", "long.gcode")
    at.upload("upload-no-klippy", "later.gcode", QUICK)
    at.delete("delete-no-klippy", "later.gcode")
    at.stack.restart_klipper()


def identity(at: Recorder) -> None:
    """What stays the same when the programs are started again."""
    where = {"namespace": "moonraker", "key": "instance_id"}
    at.get("identity", "/server/database/item", **where)
    at.stack.kill_klipper()
    at.stack.restart_klipper()
    at.get("identity-after-klipper-restart", "/server/database/item", **where)
    at.stack.kill_moonraker()
    at.stack.start_moonraker()
    at.stack.wait_ready()
    at.get("identity-after-moonraker-restart", "/server/database/item", **where)


def moonraker_restarts(at: Recorder) -> None:
    """Moonraker dies in mid-print: Klipper prints on, the history says `interrupted`."""
    at.stack.gcode("G28")
    at.stack.post("/printer/print/start", filename="long.gcode")
    at.stack.wait_print("printing")
    at.stack.wait_history("long.gcode", "in_progress")
    at.stack.kill_moonraker()
    at.stack.start_moonraker()
    at.stack.wait_ready()
    at.query("query-printing-after-moonraker-restart")
    at.newest_job("history-interrupted-but-printing")
    at.stack.post("/printer/print/cancel")
    at.stack.wait_print("cancelled")
    at.newest_job("history-interrupted-and-cancelled")


def moonraker_stops(at: Recorder) -> None:
    """Moonraker is stopped in mid-print, as an update does: the history says `server_exit`."""
    at.stack.post("/printer/print/start", filename="long.gcode")
    at.stack.wait_print("printing")
    at.stack.wait_history("long.gcode", "in_progress")
    at.stack.stop_moonraker()
    at.stack.start_moonraker()
    at.stack.wait_ready()
    at.query("query-printing-after-moonraker-stop")
    at.newest_job("history-server-exit-but-printing")
    at.stack.post("/printer/print/cancel")
    at.stack.wait_print("cancelled")


SCENES: tuple[Callable[[Recorder], None], ...] = (
    idle,
    uploads,
    printing,
    paused,
    replaced,
    ends,
    shut_down,
    no_klipper,
    moonraker_restarts,
    moonraker_stops,
    identity,
    parted,
)


def unlocked(folder: Path, keep: Path) -> None:
    """A Moonraker as it comes, through every scene."""
    with KlipperStack(folder) as stack, closing(Recorder(stack, keep)) as at:
        for scene in SCENES:
            scene(at)


def locked(folder: Path, keep: Path) -> None:
    """A Moonraker that asks for a key."""
    with KlipperStack(folder, trusted="192.0.2.1") as stack, closing(Recorder(stack, keep)) as at:
        at.get("server-info-no-key", "/server/info")
        at.get("access-info-no-key", "/access/info")
        at.start("start-no-key", "long.gcode")
        at.upload("upload-no-key", "new.gcode", QUICK)
        at.delete("delete-no-key", "new.gcode")
        at.post("cancel-no-key", "/printer/print/cancel")
        _exclude(at, "exclude-no-key", "P02")


def main(keep: Path) -> None:
    """Record every scene into `keep`."""
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        unlocked(folder / "unlocked", keep)
        locked(folder / "locked", keep)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
