"""What Klipper says, read as farmctl sees printers."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.gcode.objects import parts_named
from farmctl.model.observation import DeviceState
from farmctl.printers.moonraker.push import status_in
from farmctl.printers.moonraker.status import Live, known_objects, live, merged
from tests.printers.recorded import body

pytestmark = pytest.mark.pure


def recorded(name: str, **idle: str) -> Live:
    objects = copy.deepcopy(body("moonraker", name)["result"]["status"])
    for each in objects.values():
        each.update({key: 0 for key, value in each.items() if value == f"<{key}>"})
    return live({**objects, "idle_timeout": {"state": idle.get("idle", "Ready")}})


@pytest.mark.parametrize(
    ("name", "state", "has_job"),
    [
        ("query-standby", DeviceState.READY, False),
        ("query-printing", DeviceState.PRINTING, True),
        ("query-paused", DeviceState.PAUSED, True),
        ("query-complete", DeviceState.READY, False),
        ("query-cancelled", DeviceState.READY, False),
        ("query-error", DeviceState.READY, False),
        # After a shutdown print_stats goes on saying `printing`.
        ("query-shutdown", DeviceState.FAULT, False),
        ("query-after-restart", DeviceState.READY, False),
    ],
)
def test_a_state_is_read_from_what_klipper_said(
    name: str, state: DeviceState, has_job: bool
) -> None:
    now = recorded(name)
    assert (now.state, now.has_job) == (state, has_job)


def test_a_print_whose_file_is_read_still_prints_while_motion_is_queued() -> None:
    now = recorded("query-complete", idle="Printing")
    assert (now.state, now.has_job, now.is_over) == (DeviceState.PRINTING, True, False)
    assert recorded("query-complete").is_over


@pytest.mark.parametrize("name", ["query-standby", "query-cancelled", "query-error"])
def test_a_machine_that_moves_without_a_print_is_not_ready(name: str) -> None:
    assert recorded(name, idle="Printing").state is DeviceState.UNKNOWN


def test_a_printer_that_starts_up_is_neither_ready_nor_broken() -> None:
    now = live({"webhooks": {"state": "startup", "state_message": "Printer is not ready\nwait"}})
    assert (now.state, now.message) == (DeviceState.UNKNOWN, "Printer is not ready")


def test_a_state_that_nobody_knows_is_not_ready() -> None:
    now = live({"webhooks": {"state": "ready"}, "print_stats": {"state": "dreaming"}})
    assert now.state is DeviceState.UNKNOWN


def test_the_cause_of_an_error_is_kept() -> None:
    assert "Move out of range" in recorded("query-error").message


fields = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3))
objects = st.dictionaries(st.sampled_from(["webhooks", "print_stats"]), fields)


@given(objects, st.lists(objects, max_size=5))
def test_pushes_laid_over_each_other_give_the_newest_of_each_field(start, pushes) -> None:
    whole = start
    for push in pushes:
        whole = merged(whole, push)
    for name in whole:
        for key, value in whole[name].items():
            said = [p[name][key] for p in [start, *pushes] if key in p.get(name, {})]
            assert value == said[-1]


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (
            {"method": "notify_status_update", "params": [{"webhooks": {"state": "ready"}}, 1.5]},
            {"webhooks": {"state": "ready"}},
        ),
        ({"id": 1, "result": {"eventtime": 1, "status": {"print_stats": {}}}}, {"print_stats": {}}),
        ({"id": 1, "error": {"code": 503, "message": "Klippy Host not connected"}}, {}),
        ({"method": "notify_proc_stat_update", "params": [{"cpu": 1}]}, {}),
    ],
)
def test_status_is_found_in_pushes_and_answers(message: dict, status: dict) -> None:
    assert status_in(message) == status


def objects(name: str) -> dict[str, dict[str, object]]:
    return body("moonraker", name)["result"]["status"]


def test_what_is_left_out_is_read_from_what_klipper_said() -> None:
    assert live(objects("objects-known")).excluded == ()
    assert live(objects("objects-left-out")).excluded == ("P02",)
    assert live(objects("objects-of-an-ended-print")).excluded == ("P02", "P99")
    assert known_objects(objects("objects-known")) == ("P01", "P02")


def test_a_klipper_that_knows_no_objects_says_null() -> None:
    unknown = objects("objects-missing")["no_such_object"]
    said = {"exclude_object": {"objects": unknown["state"], "excluded_objects": unknown["state"]}}
    assert known_objects(said) is None
    assert (live(said).excluded, live(said).knows_objects) == ((), False)
    assert live(objects("objects-known")).knows_objects


@pytest.mark.parametrize("said", [None, 7, "P01", [{"no": "name"}, 3], {"a": 1}])
def test_nonsense_about_objects_is_no_object_of_ours(said: object) -> None:
    status = {"exclude_object": {"objects": said, "excluded_objects": said}}
    file = "farmctl-1.gcode"
    assert parts_named(live(status).excluded, file) == ()
    assert parts_named(known_objects(status) or (), file) == ()
