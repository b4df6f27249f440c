"""What a Bambu's servers say when something is wrong, and what the driver makes of it.

Nothing that may have had an effect is done again, and what is told of each names the printer, the
call and the mend.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing

import pytest

from farmctl.model.events.runs import Effect
from farmctl.model.ids import PrinterName
from farmctl.model.observation import DeviceState, Loaded
from farmctl.printers.bambu import open_driver
from farmctl.printers.bambu.driver import BambuDriver
from farmctl.printers.bambu.package import packed
from farmctl.printers.config import DriverConfig
from farmctl.printers.driver import Accepted, Answer, Rejected, Unknown, Why
from farmctl.system.jobs import ThreadJobs
from farmctl.system.secrets import Secret
from tests.printers.weather import told
from tests.servers.authority import Authority, Pair
from tests.servers.bambu import CODE, BambuStack
from tests.servers.scripted_ftps import ScriptedFtps

pytestmark = [pytest.mark.server, pytest.mark.slow]

NAME = PrinterName("bambu-1")
FILE, GCODE = "farmctl-a.gcode", b"G4 S72000\n"


@pytest.fixture
def jobs() -> Iterator[ThreadJobs]:
    with closing(ThreadJobs(4)) as opened:
        yield opened


@pytest.fixture(scope="module")
def pair(maker: Authority) -> Pair:
    return maker.issue("01P00A000000001")


Work = Callable[[BambuDriver], Awaitable[Answer]]
At = Callable[[int, Work], Answer]


@pytest.fixture
def at(bambu: BambuStack, maker: Authority, jobs: ThreadJobs) -> At:
    """Do something with the machine, whose file server is at a port."""

    def do(port: int, work: Work) -> Answer:
        async def done() -> Answer:
            driver = open_driver(
                DriverConfig(
                    NAME,
                    url=f"bambu://127.0.0.1:{bambu.mqtt_port},{port}",
                    api_key=Secret(CODE),
                    identity=bambu.serial,
                    certificate=maker.pem,
                    jobs=jobs,
                )
            )
            try:
                return await work(driver)
            finally:
                await driver.close()

        answer = asyncio.run(done())
        if not isinstance(answer, Accepted):
            assert told(Effect.UPLOAD, answer, NAME)
        return answer

    return do


def upload(driver: BambuDriver) -> Awaitable[Answer]:
    return driver.upload(FILE, GCODE)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("552 Requested action aborted. Exceeded storage.", "FTP upload: 552 Requested"),
        ("426 Failure writing network stream.", "FTP upload: 426 Failure"),
        ("451 Failure writing to local file.", "FTP upload: 451 Failure"),
        ("999 \x00\x7f", "FTP upload: "),
        ("what?", "FTP upload: "),
        (None, "bambu-1: FTP upload: "),
    ],
)
def test_an_upload_that_did_not_end_well_is_unknown_and_not_tried_again(
    at: At, pair: Pair, reply: str | None, said: str
) -> None:
    with ScriptedFtps(pair, STOR=[reply]) as server:
        answer = at(server.port, upload)
        assert server.commands.count("STOR") == 1
    assert isinstance(answer, Unknown)
    assert answer.message.startswith(said)


def test_a_file_that_the_machine_calls_by_another_name_is_not_taken_for_stored(
    at: At, pair: Pair
) -> None:
    with ScriptedFtps(pair, stores_as="FARMCTL~1.3MF") as server:
        answer = at(server.port, upload)
    assert isinstance(answer, Rejected)
    assert answer.why is Why.BAD_UPLOAD
    assert answer.message.endswith(f"as {FILE}.3mf, stored nothing of that name")


def test_a_file_whose_end_is_missing_is_not_taken_for_stored(at: At, pair: Pair) -> None:
    with ScriptedFtps(pair, SIZE=["550 no file", "213 7"]) as server:
        answer = at(server.port, upload)
    assert isinstance(answer, Rejected)
    assert (answer.why, answer.message.endswith("stored 7 bytes")) == (Why.BAD_UPLOAD, True)


def test_without_a_size_nothing_is_verified(at: At, pair: Pair) -> None:
    with ScriptedFtps(pair, SIZE=["550 no file", None]) as server:
        answer = at(server.port, upload)
    assert isinstance(answer, Unknown)
    assert "was sent, but not verified" in answer.message


def test_a_name_that_is_taken_is_not_overwritten(at: At, pair: Pair) -> None:
    with ScriptedFtps(pair) as server:
        server.stored[f"{FILE}.3mf"] = b"theirs"
        answer = at(server.port, upload)
        assert "STOR" not in server.commands
    assert isinstance(answer, Rejected)
    assert answer.why is Why.NOT_SENT


@pytest.mark.parametrize("reply", ["530 Login incorrect.", None])
def test_who_is_not_let_in_at_the_file_server_sent_nothing(
    at: At, pair: Pair, reply: str | None
) -> None:
    with ScriptedFtps(pair, PASS=[reply]) as server:
        answer = at(server.port, upload)
    assert isinstance(answer, Rejected)
    assert answer.why is Why.NOT_SENT
    assert answer.message.startswith("bambu-1: FTP size at 127.0.0.1: ")


def test_the_real_servers_say_what_the_table_has(bambu: BambuStack, at: At) -> None:
    async def tell(driver: BambuDriver) -> Answer:
        stored = await driver.upload(FILE, GCODE)
        assert isinstance(stored, Accepted), stored
        assert stored.evidence.startswith(f"size {len(packed(GCODE))}, envelope sha256:")
        refused = await driver.upload(f"no/such/folder/{FILE}", GCODE)
        assert isinstance(refused, Rejected), refused
        assert (refused.why, refused.row) == (Why.FORBIDDEN, "upload-forbidden")
        deleted = await driver.delete(FILE)
        assert isinstance(deleted, Accepted), deleted
        return await driver.delete(FILE)

    answer = at(bambu.ftps_port, tell)
    assert isinstance(answer, Rejected)
    assert (answer.why, answer.row) == (Why.MISSING, "delete-missing")


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "null",
        "[]",
        "{",
        "<html>502</html>",
        '{"print": 7}',
        '{"print": {"command": "push_status", "gcode_state": {"a": []}, "hms": 3, "ams": []}}',
        '{"print": {"command": "push_status", "gcode_state": 5, "gcode_file": null}}',
        '{"print": {"command": "push_status", "print_error": "x", "mc_percent": 1e400}}',
        '{"a":' * 5000 + "1" + "}" * 5000,
    ],
)
def test_nonsense_between_reports_ends_no_look(bambu: BambuStack, at: At, nonsense: str) -> None:
    async def look(driver: BambuDriver) -> Answer:
        assert (await driver.look()).state is DeviceState.READY
        await asyncio.to_thread(bambu.say, nonsense)
        assert (await driver.look()).state is DeviceState.READY
        return Accepted()

    assert at(bambu.ftps_port, look) == Accepted()


def test_a_machine_that_reports_nothing_is_offline_and_nothing_is_sent(
    bambu: BambuStack, at: At
) -> None:
    async def silent(driver: BambuDriver) -> Answer:
        bambu.is_silent = True
        seen = await driver.look()
        assert (seen.state, seen.message) == (DeviceState.OFFLINE, "no answer in 8 s")
        bambu.is_silent = False
        assert (await driver.look()).state is DeviceState.READY
        return Accepted()

    assert at(bambu.ftps_port, silent) == Accepted()


def test_without_developer_mode_a_start_is_unknown_and_doctor_says_why(
    bambu: BambuStack, at: At
) -> None:
    async def work(driver: BambuDriver) -> Answer:
        assert await driver.doctor() == ()
        await driver.upload(FILE, GCODE)
        bambu.refuses_commands = True
        (finding,) = await driver.doctor()
        assert (finding.code, finding.refuses) == ("bambu-no-developer-mode", True)
        assert "mqtt message verify failed" in finding.message
        assert "Developer mode" in finding.mend
        return await driver.start(FILE)

    answer = at(bambu.ftps_port, work)
    assert isinstance(answer, Unknown)
    assert answer.message.endswith("mqtt message verify failed; is Developer mode on?")
    assert bambu.body.starts[-1:] == [] or bambu.body.starts[-1].file != FILE


def test_a_print_comes_from_the_slots_of_the_ams_that_the_machine_tells_of(
    bambu: BambuStack, at: At
) -> None:
    trays = [{"id": "0", "tray_type": "PETG", "tray_color": "000000FF"}, {"id": "1"}]
    spools = {"ams": {"ams": [{"id": "0", "tray": trays}], "tray_exist_bits": "1"}}

    async def work(driver: BambuDriver) -> Answer:
        assert (await driver.look()).loaded is None, "it was told of no spool"
        await asyncio.to_thread(bambu.say, push(**spools))
        assert (await driver.look()).loaded == (Loaded("PETG", "", 0),)
        await driver.upload(FILE, GCODE)
        return await driver.start(FILE)

    assert isinstance(at(bambu.ftps_port, work), Accepted)
    (start,) = (
        each["print"]
        for each in bambu.requests
        if each.get("print", {}).get("command") == "project_file"
    )
    assert (start["use_ams"], start["ams_mapping"]) == (True, [0, 1])


def push(**changed: object) -> str:
    return json.dumps({"print": {"command": "push_status", "msg": 1, **changed}})
