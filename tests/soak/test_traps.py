"""The simulated machines have the traps of the real ones, and count what they really began."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from farmctl.model.observation import DeviceState
from farmctl.printers.bambu.commands import HIGHEST_ID, project_file, task_of
from farmctl.printers.bambu.package import md5_of, packed
from farmctl.printers.bambu.status import CANCELLED
from farmctl.sim.device import Reply
from farmctl.soak.bambu import BUSY, Bambu
from farmctl.soak.klipper import Klipper
from farmctl.soak.machines import Body, Seen
from farmctl.soak.octoprint import OctoPrint
from farmctl.soak.prusalink import PrusaLink
from farmctl.soak.wire import Carried

pytestmark = pytest.mark.pure

LONG, SHORT = b"G4 S7200\n", b"G4 S5\n"


class Now:
    """A clock that somebody else moves on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def now() -> Now:
    return Now()


def printing(body: Body, gcode: bytes = LONG, name: str = "a.gcode") -> None:
    """Let a machine print something, as by hand."""
    body.put(name, gcode)
    assert body.start(name) is Reply.OK


def asked(body: Body, method: str, path: str, raw: bytes = b"", **query: str) -> tuple[int, Any]:
    """Ask a machine's network."""
    return body.answer(method, path, query, raw)


def stats(klipper: Klipper) -> dict[str, Any]:
    _, said = asked(klipper, "GET", "/printer/objects/query")
    return dict(said["result"]["status"]["print_stats"])


def test_a_start_on_a_paused_klipper_throws_the_paused_print_away(now: Now) -> None:
    klipper = Klipper("k", now)
    printing(klipper)
    klipper.pause()
    klipper.put("b.gcode", LONG)
    status, _ = asked(klipper, "POST", "/printer/print/start", filename="b.gcode")
    assert status == 200
    assert [(each.file, each.discarded) for each in klipper.starts] == [
        ("a.gcode", None),
        ("b.gcode", "a.gcode"),
    ]


def test_a_restarted_klipper_stands_by_and_names_no_file(now: Now) -> None:
    klipper = Klipper("k", now)
    printing(klipper)
    klipper.restart()
    assert (stats(klipper)["state"], stats(klipper)["filename"]) == ("standby", "")


def test_a_klipper_is_complete_when_the_file_is_read(now: Now) -> None:
    klipper = Klipper("k", now)
    printing(klipper, SHORT)
    now.later(5)
    assert stats(klipper)["state"] == "complete"


def test_a_klipper_forgets_its_history_only_when_that_is_lost(now: Now) -> None:
    klipper = Klipper("k", now)
    printing(klipper, SHORT)
    now.later(5)
    klipper.pass_time()
    klipper.restart()
    assert [each.file for each in klipper.remembered] == ["a.gcode"]
    klipper.restart(keeps_history=False)
    assert klipper.remembered == ()
    assert klipper.seen("a.gcode") is Seen.COMPLETED  # people still see the part


def test_a_prusalink_refuses_a_start_after_it_stored_the_file(now: Now) -> None:
    prusa = PrusaLink("p", now)
    printing(prusa)
    query = {"Print-After-Upload": "?1"}
    status, _ = asked(prusa, "PUT", "/api/v1/files/local/b.gcode", LONG, **query)
    assert status == 409
    assert asked(prusa, "GET", "/api/v1/files/local/b.gcode")[0] == 200
    assert [each.file for each in prusa.starts] == ["a.gcode"]


def test_a_free_prusalink_prints_what_is_uploaded_to_be_printed(now: Now) -> None:
    prusa = PrusaLink("p", now)
    query = {"Print-After-Upload": "?1"}
    assert asked(prusa, "PUT", "/api/v1/files/local/b.gcode", LONG, **query)[0] == 201
    assert [each.file for each in prusa.starts] == ["b.gcode"]
    assert asked(prusa, "PUT", "/api/v1/files/local/b.gcode", LONG)[0] == 409


def word(prusa: PrusaLink) -> tuple[str, int | None]:
    """Return the state that is shown, and the number of the job."""
    _, status = asked(prusa, "GET", "/api/v1/status")
    return status["printer"]["state"], status.get("job", {}).get("id")


def test_a_prusalink_shows_the_end_of_a_print_for_eleven_seconds_and_starts_nothing(
    now: Now,
) -> None:
    prusa = PrusaLink("p", now)
    printing(prusa, SHORT)
    _, job = asked(prusa, "GET", "/api/v1/job")
    assert (job["state"], job["id"], job["file"]) == ("PRINTING", 1, {"name": "a.gcode"})
    assert word(prusa) == ("PRINTING", 1)
    now.later(6)
    assert word(prusa) == ("FINISHED", None)
    assert asked(prusa, "GET", "/api/v1/job")[0] == 204
    assert asked(prusa, "POST", "/api/v1/files/local/a.gcode")[0] == 409
    now.later(11)
    assert word(prusa) == ("IDLE", None)
    assert asked(prusa, "POST", "/api/v1/files/local/a.gcode")[0] == 204


def test_a_prusalink_ends_only_the_job_that_is_named(now: Now) -> None:
    prusa = PrusaLink("p", now)
    printing(prusa)
    assert asked(prusa, "DELETE", "/api/v1/job/7")[0] == 404
    assert asked(prusa, "PUT", "/api/v1/job/1/resume")[0] == 409
    assert asked(prusa, "PUT", "/api/v1/job/1/pause")[0] == 204
    assert asked(prusa, "POST", "/api/v1/files/local/a.gcode")[0] == 409
    assert asked(prusa, "DELETE", "/api/v1/job/1")[0] == 204
    assert asked(prusa, "DELETE", "/api/v1/job/1")[0] == 409
    assert word(prusa) == ("STOPPED", None)


def test_a_prusalink_takes_its_time_to_start_and_then_knows_of_no_print(now: Now) -> None:
    prusa = PrusaLink("p", now)
    printing(prusa)
    prusa.restart()
    assert asked(prusa, "GET", "/api/v1/status")[0] == 503
    now.later(9)
    assert word(prusa) == ("IDLE", None)


def test_a_prusalink_with_an_error_takes_no_start(now: Now) -> None:
    prusa = PrusaLink("p", now)
    printing(prusa)
    prusa.fail("heater", "thermal")
    assert word(prusa) == ("ERROR", None)
    assert asked(prusa, "POST", "/api/v1/files/local/a.gcode")[0] == 409
    assert asked(prusa, "GET", "/api/v1/nonsense")[0] == 404


def prints(octo: OctoPrint, name: str = "a.gcode") -> dict[str, int]:
    said = asked(octo, "GET", f"/api/files/local/{name}")[1]
    return (
        {word: said["prints"][word] for word in ("success", "failure")} if "prints" in said else {}
    )


def started(octo: OctoPrint, name: str) -> tuple[int, Any]:
    return asked(octo, "POST", f"/api/files/local/{name}", b'{"command": "select", "print": true}')


def counts(octo: OctoPrint) -> tuple[int, int]:
    said = asked(octo, "GET", "/plugin/achievements/")[1]["stats"]
    return said["server_starts"], said["prints_started"]


def said_by(octo: OctoPrint) -> list[str]:
    return [json.loads(line)["event"]["type"] for line in octo.report().splitlines()]


def test_an_octoprint_says_an_event_once_whoever_listens(now: Now) -> None:
    octo = OctoPrint("o", now)
    printing(octo)
    octo.cancel()
    assert said_by(octo) == ["PrintCancelled", "PrintFailed", "PrinterStateChanged"]
    assert said_by(octo) == ["PrinterStateChanged"]
    assert prints(octo) == {"success": 0, "failure": 1}


def test_an_octoprint_counts_ended_prints_until_the_file_is_deleted(now: Now) -> None:
    octo = OctoPrint("o", now)
    printing(octo, SHORT)
    assert prints(octo) == {}
    now.later(6)
    assert prints(octo) == {"success": 1, "failure": 0}
    assert asked(octo, "DELETE", "/api/files/local/a.gcode")[0] == 204
    assert asked(octo, "GET", "/api/files/local/a.gcode")[0] == 404
    assert asked(octo, "DELETE", "/api/files/local/a.gcode")[0] == 404


def test_an_octoprint_counts_no_print_that_a_power_cut_ended_but_that_it_began(now: Now) -> None:
    octo = OctoPrint("o", now)
    printing(octo)
    assert counts(octo) == (1, 1)
    octo.restart()
    assert prints(octo) == {}
    assert counts(octo) == (2, 1)
    octo.restart(keeps_history=False)
    assert counts(octo) == (1, 0)


def test_an_octoprint_refuses_a_start_while_it_prints_is_paused_or_broken(now: Now) -> None:
    octo = OctoPrint("o", now)
    printing(octo)
    octo.put("b.gcode", LONG)
    assert started(octo, "b.gcode")[0] == 409
    assert asked(octo, "DELETE", "/api/files/local/a.gcode")[0] == 409
    octo.pause()
    assert started(octo, "b.gcode")[0] == 409
    assert octo.start("b.gcode") is Reply.BUSY
    octo.fail("heater", "thermal")
    assert started(octo, "b.gcode")[0] == 409
    broken = asked(octo, "GET", "/api/job")[1]
    assert (broken["state"], broken["error"]) == ("Offline after error", "heater")
    assert broken["job"]["file"]["path"] is None
    assert asked(octo, "GET", "/api/nonsense")[0] == 404


def test_a_file_stays_selected_on_an_octoprint_until_it_is_gone(now: Now) -> None:
    octo = OctoPrint("o", now)
    printing(octo, SHORT)
    now.later(6)
    job = asked(octo, "GET", "/api/job")[1]
    assert (job["state"], job["job"]["file"]["path"]) == ("Operational", "a.gcode")
    octo.delete("a.gcode")
    assert asked(octo, "GET", "/api/job")[1]["job"]["file"]["path"] is None


def test_an_octoprint_says_yes_to_a_pause_that_does_nothing(now: Now) -> None:
    octo = OctoPrint("o", now)
    pause = b'{"command": "pause", "action": "pause"}'
    assert asked(octo, "POST", "/api/job", pause)[0] == 409
    printing(octo)
    assert asked(octo, "POST", "/api/job", pause)[0] == 204
    assert asked(octo, "POST", "/api/job", pause)[0] == 204
    octo.fail("heater", "thermal")
    assert asked(octo, "POST", "/api/job", pause)[0] == 409


def sent(bambu: Bambu, name: str, task: str = "7") -> str:
    """Send a start over the network."""
    command = {**project_file(name, ""), "task_id": task}
    return str(told(bambu, "POST", {"print": command})["print"]["result"])


def full(bambu: Bambu) -> dict[str, Any]:
    return dict(told(bambu, "GET", {"pushing": {"command": "pushall"}})["print"])


def told(bambu: Bambu, method: str, message: dict[str, Any]) -> dict[str, Any]:
    """Publish a request and return the one report of it."""
    _, (text,) = asked(bambu, method, "/request", json.dumps(message).encode())
    return dict(json.loads(text))


def test_a_bambu_cuts_task_ids_to_31_bits(now: Now) -> None:
    bambu = Bambu("b", now)
    bambu.put("a.gcode", LONG)
    assert sent(bambu, "a.gcode", str(2**40)) == "success"
    assert full(bambu)["subtask_id"] == str(HIGHEST_ID)


def test_task_ids_of_files_fit_and_differ() -> None:
    tasks = [int(task_of(f"farmctl-{number}.gcode")) for number in range(1000)]
    assert all(0 < each <= HIGHEST_ID for each in tasks)
    assert len(set(tasks)) == len(tasks)


def test_a_bambu_shows_the_last_print_long_after_the_next_was_accepted(now: Now) -> None:
    bambu = Bambu("b", now)
    bambu.put("a.gcode", SHORT)
    bambu.put("b.gcode", LONG)
    sent(bambu, "a.gcode", "1")
    now.later(6)
    assert full(bambu)["gcode_state"] == "FINISH"
    sent(bambu, "b.gcode", "2")
    assert [each.file for each in bambu.starts] == ["a.gcode", "b.gcode"]
    now.later(54)
    assert (full(bambu)["gcode_state"], full(bambu)["subtask_id"]) == ("FINISH", "1")
    now.later(82)
    assert (full(bambu)["gcode_state"], full(bambu)["subtask_id"]) == ("RUNNING", "2")


def test_a_bambu_shows_at_once_what_was_started_at_its_panel(now: Now) -> None:
    bambu = Bambu("b", now)
    bambu.put("a.gcode", SHORT)
    sent(bambu, "a.gcode")
    now.later(6)
    sent(bambu, "a.gcode")
    now.later(6)
    printing(bambu, LONG, "theirs.gcode")
    assert full(bambu)["gcode_file"] == "theirs.gcode"
    assert full(bambu)["subtask_id"] == "0"


def test_a_start_on_a_busy_bambu_cancels_the_live_print(now: Now) -> None:
    bambu = Bambu("b", now)
    bambu.put("a.gcode", LONG)
    sent(bambu, "a.gcode")
    bambu.carried = Carried(now(), "doubled")
    assert sent(bambu, "a.gcode") == "success"
    second = bambu.starts[1]
    assert (second.discarded, second.onto, second.astray) == ("a.gcode", "a.gcode", "doubled")
    assert full(bambu)["hms"] == [BUSY]


def test_a_bambu_reports_only_what_has_changed(now: Now) -> None:
    bambu = Bambu("b", now)
    first = json.loads(bambu.report())["print"]
    assert first["gcode_state"] == "IDLE"
    assert json.loads(bambu.report())["print"] == {"command": "push_status", "msg": 1}
    printing(bambu)
    changed = json.loads(bambu.report())["print"]
    assert changed.keys() == {"command", "msg", "gcode_state", "gcode_file"}
    bambu.cancel()
    changed = json.loads(bambu.report())["print"]
    assert (changed["gcode_state"], changed["print_error"]) == ("FAILED", CANCELLED)


def test_a_bambu_deletes_a_file_in_use_and_prints_on(now: Now) -> None:
    bambu = Bambu("b", now)
    bambu.put("a.gcode", LONG)
    sent(bambu, "a.gcode")
    assert asked(bambu, "DELETE", "/ftp/a.gcode")[0] == 250
    assert asked(bambu, "DELETE", "/ftp/a.gcode")[0] == 550
    assert full(bambu)["gcode_state"] == "RUNNING"
    assert sent(bambu, "a.gcode") == "fail"


def test_a_bambu_prints_the_envelope_whose_md5_it_was_told(now: Now) -> None:
    bambu = Bambu("b", now)
    envelope = packed(LONG)
    assert asked(bambu, "PUT", "/ftp/a.gcode.3mf", envelope)[0] == 226
    assert asked(bambu, "GET", "/ftp")[1] == {"a.gcode.3mf": len(envelope)}
    command = project_file("a.gcode", md5_of(envelope))
    bambu.overwrite(SHORT)
    assert told(bambu, "POST", {"print": command})["print"]["result"] == "fail"
    asked(bambu, "PUT", "/ftp/a.gcode.3mf", envelope)
    assert told(bambu, "POST", {"print": command})["print"]["result"] == "success"
    assert (bambu.starts[0].file, full(bambu)["gcode_file"]) == ("a.gcode", "a.gcode.3mf")
    assert full(bambu)["subtask_id"] == task_of("a.gcode")


def test_a_restarted_bambu_shows_nothing_of_what_it_did(now: Now) -> None:
    bambu = Bambu("b", now)
    printing(bambu)
    bambu.fail("heater", "thermal")
    assert full(bambu)["gcode_state"] == "FAILED"
    assert sent(bambu, "a.gcode") == "fail"
    bambu.restart()
    assert (full(bambu)["gcode_state"], full(bambu)["gcode_file"]) == ("IDLE", "")
    assert asked(bambu, "GET", "/nonsense")[0] == 404


def test_files_are_overwritten_but_for_the_one_in_use(now: Now) -> None:
    klipper = Klipper("k", now)
    printing(klipper)
    klipper.put("b.gcode", LONG)
    klipper.overwrite(b"G4 S1\n")
    assert klipper.bytes == {"a.gcode": LONG, "b.gcode": b"G4 S1\n"}
    klipper.wipe()
    assert klipper.bytes == {"a.gcode": LONG}


def test_people_see_what_a_machine_did(now: Now) -> None:
    klipper = Klipper("k", now)
    assert klipper.seen("a.gcode") is Seen.NOT_STARTED
    printing(klipper)
    klipper.restart()
    assert klipper.seen("a.gcode") is Seen.FAILED
    assert (klipper.state, klipper.on_bed) == (DeviceState.READY, "a.gcode")
