"""The simulated board behaves as a host expects of firmware."""

from __future__ import annotations

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.mcu.__main__ import obey
from tests.servers.mcu.board import Board
from tests.servers.mcu.dictionary import CLOCK_HZ
from tests.servers.mcu.motion import Stepper, Steps
from tests.servers.mcu.protocol import BlockReader, Message, block, decode_number
from tests.servers.mcu.thermal import Sensor

pytestmark = pytest.mark.pure


class Host:
    """The other end of the line: downloads the dictionary, then speaks it."""

    def __init__(self) -> None:
        self.board = Board(self._hear, speed=1.0)
        self._reader = BlockReader()
        self._heard: list[bytes] = []
        self._sequence = 1
        self.dictionary = self._download()
        self._commands = {
            text.split()[0]: Message.of(n, text) for text, n in self.dictionary["commands"].items()
        }
        self._replies = {n: Message.of(n, t) for t, n in self.dictionary["responses"].items()}

    def say(self, name: str, **values: int) -> list[tuple[str, dict]]:
        """Send one command; returns the replies to it."""
        self._heard.clear()
        self.board.receive(block(self._sequence, self._commands[name].encode(**values)))
        self._sequence += 1
        return [self._read(octets) for octets in self._heard if octets]

    def _read(self, octets: bytes) -> tuple[str, dict]:
        number, at = decode_number(octets, 0)
        message = self._replies[number]
        return message.name, message.decode(octets, at)[0]

    def _hear(self, octets: bytes) -> None:
        for found in self._reader.feed(octets):
            assert found is not None
            self._heard.append(found[1])

    def _download(self) -> dict:
        identify = Message.of(1, "identify offset=%u count=%c")
        answer = Message.of(0, "identify_response offset=%u data=%.*s")
        whole = b""
        while True:
            self._heard.clear()
            self.board.receive(block(self._sequence, identify.encode(offset=len(whole), count=40)))
            self._sequence += 1
            piece = answer.decode(self._heard[0], 1)[0]["data"]
            if not piece:
                return json.loads(zlib.decompress(whole))
            whole += piece


def test_the_dictionary_gives_every_command_a_number_of_its_own() -> None:
    dictionary = Host().dictionary
    numbers = [*dictionary["commands"].values(), *dictionary["responses"].values()]
    assert len(numbers) == len(set(numbers))
    assert dictionary["commands"]["identify offset=%u count=%c"] == 1


def test_a_configuration_is_remembered_until_a_reset() -> None:
    host = Host()
    host.say("finalize_config", crc=1234)
    assert host.say("get_config")[0][1]["crc"] == 1234
    host.say("config_reset")
    assert host.say("get_config")[0][1]["is_config"] == 0


def test_a_board_that_shut_down_refuses_to_move_until_it_is_reset() -> None:
    host = Host()
    obey(host.board, "fault")
    assert host.say("allocate_oids", count=3)[0][0] == "is_shutdown"
    host.say("config_reset")
    assert host.say("allocate_oids", count=3) == []


def test_a_frozen_board_says_nothing_and_comes_back_as_new() -> None:
    host = Host()
    host.say("finalize_config", crc=1)
    obey(host.board, "freeze")
    assert host.say("get_clock") == []
    obey(host.board, "thaw")
    host._sequence -= 1  # a host sends again what was not acknowledged
    assert host.say("get_config")[0][1]["is_config"] == 0


def test_a_block_out_of_order_is_asked_for_again_and_not_obeyed() -> None:
    host = Host()
    host._sequence += 1
    assert host.say("get_clock") == []


def test_the_filament_switch_reports_until_it_is_acknowledged() -> None:
    host = Host()
    host.say("config_buttons", oid=1, button_count=1)
    host.say("buttons_add", oid=1, pos=0, pin=50, pull_up=0)
    host.say("buttons_query", oid=1, clock=0, rest_ticks=1, retransmit_count=50, invert=0)
    host.board.tick()
    assert host._read(host._heard[-1]) == (
        "buttons_state",
        {"oid": 1, "ack_count": 0, "state": b"\x01"},
    )
    host.say("buttons_ack", oid=1, count=1)
    obey(host.board, "filament 0")
    host.board.tick()
    assert host._read(host._heard[-1])[1] == {"oid": 1, "ack_count": 1, "state": b"\x00"}


@pytest.mark.parametrize("up_s", [1, 150, 280, 420])
def test_a_step_after_a_rest_is_due_now_however_long_the_board_is_up(up_s: int) -> None:
    host = Host()
    host.board._clock._start_s -= up_s
    host.say("config_stepper", oid=1, step_pin=0, dir_pin=1, invert_step=0, step_pulse_ticks=0)
    host.say("reset_step_clock", oid=1, clock=0)
    now = host.say("get_clock")[0][1]["clock"]
    host.say("set_next_step_dir", oid=1, dir=1)
    host.say("queue_step", oid=1, interval=now, count=1, add=0)
    host.say("queue_step", oid=1, interval=CLOCK_HZ, count=1, add=0)
    assert host.say("stepper_get_position", oid=1)[0][1]["pos"] == 1


def test_an_unknown_control_line_is_refused() -> None:
    with pytest.raises(ValueError, match="no such control line: dance"):
        obey(Host().board, "dance")


steps = st.builds(
    Steps,
    start=st.integers(0, 10**9),
    interval=st.integers(100, 10**6),
    count=st.integers(1, 500),
    add=st.integers(0, 100),
    direction=st.sampled_from([1, -1]),
)


@given(steps, st.integers(0, 2 * 10**9))
def test_steps_taken_in_two_goes_are_due_when_they_were(steps: Steps, now: int) -> None:
    done = steps.done(now)
    assert 0 <= done <= steps.count
    rest = steps.after(done)
    assert [rest.due(k) for k in (1, 2)] == [steps.due(done + k) for k in (1, 2)]


@given(st.lists(st.tuples(st.integers(100, 10**5), st.integers(1, 50)), max_size=9))
def test_a_stepper_ends_where_its_steps_say(moves: list[tuple[int, int]]) -> None:
    stepper = Stepper(step_pin=0)
    for interval, count in moves:
        stepper.add(interval, count, 0)
    stepper.advance(10**10)
    assert stepper.position == sum(count for _, count in moves)


def test_after_a_triggered_stop_steps_in_flight_are_dropped() -> None:
    stepper = Stepper(step_pin=0)
    stepper.add(100, 10, 0)
    stepper.stop(now=500)
    stepper.add(100, 10, 0)
    stepper.advance(10**10)
    assert stepper.position == 5


def test_a_sensor_shuts_down_only_after_so_many_bad_readings_in_a_row() -> None:
    sensor = Sensor(pin=256, low=10, high=20, checks=2)
    assert [sensor.is_out_of_range(v) for v in (5, 15, 5, 5)] == [False, False, False, True]
