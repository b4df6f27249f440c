"""What a Bambu reports, read; and what is said to it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.errors import UsageError
from farmctl.model.observation import DeviceState, Ended
from farmctl.printers.bambu.address import Place, place_of
from farmctl.printers.bambu.answers import echo_means
from farmctl.printers.bambu.checks import findings
from farmctl.printers.bambu.commands import HIGHEST_ID, project_file, request, task_of
from farmctl.printers.bambu.package import PLATE, file_of, md5_of, name_on_card, packed, unpacked
from farmctl.printers.bambu.status import CANCELLED, merged, message_in, status_of
from farmctl.printers.driver import Accepted, Unknown
from farmctl.printers.web.answers import Call
from farmctl.printers.web.http import Silence

pytestmark = pytest.mark.pure

FILE = "farmctl-9bf16da6-1-1-1.gcode"
OURS = {"gcode_file": f"{FILE}.3mf", "subtask_id": task_of(FILE), "subtask_name": FILE}
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "attr", "code"]), inner),
    max_leaves=4,
)
FIELDS = ("gcode_state", "gcode_file", "subtask_id", "subtask_name", "print_error", "mc_percent",
          "hms", "nozzle_diameter")  # fmt: skip


def test_the_same_gcode_gives_the_same_envelope() -> None:
    once, again = packed(b"G28\n" * 1000), packed(b"G28\n" * 1000)
    assert once == again
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        assert archive.testzip() is None
        assert archive.read(PLATE) == b"G28\n" * 1000
        assert archive.read(f"{PLATE}.md5").decode() == md5_of(b"G28\n" * 1000)
        assert {each.date_time[0] for each in archive.infolist()} == {1980}
    assert packed(b"G29\n" * 1000) != once


@given(st.binary(max_size=2000))
def test_what_is_packed_is_what_comes_out(gcode: bytes) -> None:
    assert unpacked(packed(gcode)) == gcode


@pytest.mark.parametrize("octets", [b"", b"PK", b"G28\n", packed(b"G28\n")[:-30]])
def test_what_is_no_envelope_is_none(octets: bytes) -> None:
    assert unpacked(octets) is None


def test_names_on_the_card_and_back() -> None:
    assert name_on_card(FILE) == f"{FILE}.3mf"
    assert file_of(f"/cache/{FILE}.3mf") == FILE
    assert file_of("theirs.gcode") == "theirs.gcode"


@given(st.text())
def test_a_task_id_has_31_bits_and_is_never_0(file: str) -> None:
    assert 0 < int(task_of(file)) <= HIGHEST_ID


def test_a_start_names_file_plate_and_task() -> None:
    said = json.loads(request(project_file(FILE, "AB"), "7"))["print"]
    assert (said["sequence_id"], said["command"], said["param"]) == ("7", "project_file", PLATE)
    assert (said["url"], said["md5"]) == (f"ftp:///{FILE}.3mf", "AB")
    assert said["task_id"] == said["subtask_id"] == task_of(FILE)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("IDLE", DeviceState.READY),
        ("FINISH", DeviceState.READY),
        ("failed", DeviceState.READY),
        ("PREPARE", DeviceState.PRINTING),
        ("RUNNING", DeviceState.PRINTING),
        ("PAUSE", DeviceState.PAUSED),
        ("DANCING", DeviceState.UNKNOWN),
        (None, DeviceState.UNKNOWN),
        (7, DeviceState.UNKNOWN),
    ],
)
def test_its_word_for_what_it_does(word: object, state: DeviceState) -> None:
    assert status_of({"gcode_state": word}).state is state


def test_a_fatal_complaint_of_an_idle_machine_is_a_fault() -> None:
    heater = {"attr": 0x0300_0800, "code": 0x0001_0001}
    now = status_of({"gcode_state": "FAILED", "print_error": 0x0300_8008, "hms": [heater]})
    assert now.state is DeviceState.FAULT
    assert now.message == "error 0300-8008, HMS 0300-0800-0001-0001"
    hint = {"attr": 0x0C00_0300, "code": 0x0003_0008}
    assert status_of({"gcode_state": "IDLE", "hms": [hint]}).state is DeviceState.READY


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ({"gcode_state": "FINISH", "print_error": 0}, Ended.COMPLETED),
        ({"gcode_state": "FAILED", "print_error": CANCELLED}, Ended.ABORTED),
        ({"gcode_state": "FAILED", "print_error": 0x0300_8008}, Ended.FAILED),
        ({"gcode_state": "RUNNING", "print_error": 0}, None),
        ({"gcode_state": "FINISH", "subtask_id": "0"}, None),
        ({"gcode_state": "FINISH", "subtask_id": "12"}, None),
        ({"gcode_state": "FINISH", "gcode_file": "b.3mf", "subtask_name": "b"}, None),
        ({"gcode_state": "IDLE"}, None),
    ],
)
def test_how_our_print_ended(said: dict[str, Any], ended: Ended | None) -> None:
    ending = status_of({**OURS, **said}).ending(FILE)
    assert (ending.ended if ending else None) is ended


def test_models_that_name_the_plate_are_understood_by_the_name_of_the_task() -> None:
    inside = {"gcode_file": "/data/Metadata/plate_1.gcode", "subtask_name": FILE}
    assert status_of({"gcode_state": "RUNNING", **inside}).file == FILE
    theirs = {"gcode_file": "cube.gcode.3mf", "subtask_name": "Cube"}
    assert status_of(theirs).file == "cube.gcode"


def test_prints_without_an_id_of_their_own_are_told_apart_by_their_file() -> None:
    assert status_of({"subtask_id": "0", "gcode_file": "cube.3mf"}).head == "0/cube"
    assert status_of({"subtask_id": "0", "gcode_file": ""}).head is None
    assert status_of(OURS).head == task_of(FILE)


def test_reports_are_laid_over_each_other() -> None:
    before = {"gcode_state": "IDLE", "ams": {"ams": [{"id": "0", "a": 1}, {"id": "1"}], "now": 1}}
    after = merged(before, {"ams": {"ams": [{"id": "0", "b": 2}]}})
    assert after == {
        "gcode_state": "IDLE",
        "ams": {"ams": [{"id": "0", "a": 1, "b": 2}, {"id": "1"}], "now": 1},
    }
    assert merged({"hms": [1]}, {"hms": []}) == {"hms": []}


@given(
    st.dictionaries(st.sampled_from(FIELDS), JSON), st.dictionaries(st.sampled_from(FIELDS), JSON)
)
def test_whatever_it_reports_is_read(one: dict[str, Any], other: dict[str, Any]) -> None:
    now = status_of(merged(one, other))
    assert now.ending(FILE) is None or now.task == task_of(FILE)
    assert isinstance(now.message, str)


@given(JSON, JSON)
def test_doctor_takes_whatever_it_is_told(one: object, other: object) -> None:
    findings({"sdcard": one}, {"info": one}, (), {"print": other})


@pytest.mark.parametrize("text", ["", "[]", "{", "7", '{"a":' * 9000, b"\xff"])
def test_what_is_no_message_is_an_empty_one(text: str | bytes) -> None:
    assert message_in(text) == {}


def test_what_echoes_mean() -> None:
    done = echo_means(Call.START, FILE, {"print": {"command": "project_file", "result": "SUCCESS"}})
    assert done == Accepted(task_of(FILE), "project_file: SUCCESS")
    for echo in ({"result": "fail", "reason": "busy"}, {}, {"result": 7}):
        assert isinstance(echo_means(Call.START, FILE, {"print": echo}), Unknown)
    assert isinstance(echo_means(Call.PAUSE, FILE, {"print": 7}), Unknown)
    assert isinstance(echo_means(Call.START, FILE, Silence("no answer", was_sent=True)), Unknown)


def test_doctor_says_what_keeps_it_from_printing() -> None:
    version = {"info": {"module": [{"name": "ota", "sw_ver": "01.08.02.00"}]}}
    well = {"print": {"result": "success"}}
    assert findings({"sdcard": True}, version, (), well) == ()
    nothing = Silence("no answer in 15 s", was_sent=True)
    codes = [each.code for each in findings({"sdcard": False}, nothing, (), nothing)]
    assert codes == ["bambu-no-developer-mode", "bambu-no-card", "bambu-version"]
    codes = [each.code for each in findings({}, version, nothing, None)]
    assert codes == ["bambu-no-files"]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("bambu://192.168.1.40", Place("192.168.1.40", 8883, 990)),
        ("p1s.local", Place("p1s.local", 8883, 990)),
        ("bambu://p1s.local:1883", Place("p1s.local", 1883, 990)),
        ("bambu://127.0.0.1:18883,10990/", Place("127.0.0.1", 18883, 10990)),
        ("bambu://[fe80::1]:1,2", Place("fe80::1", 1, 2)),
    ],
)
def test_addresses(url: str, place: Place) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize("url", ["", "http://a", "bambu://", "bambu://a:b", "bambu://a@b"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a Bambu"):
        place_of(url)
