"""What `status` and `explain` say when a start, a controller or a real Klipper is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farmctl.ledger.state import State
from farmctl.model.observation import DeviceState
from farmctl.testing.parts import box
from tests.floor.small_farm import facts_in, phases, wait_until
from tests.klipper.real_farm import is_phase, make_farm, run_1, voron
from tests.loop.shell import Shell, running, type_in
from tests.servers.fixtures import klipper, klipper_proxy, klipper_stack
from tests.servers.klipper import KlipperStack
from tests.servers.proxy import Fault, Proxy

__all__ = ["klipper", "klipper_proxy", "klipper_stack"]
pytestmark = [pytest.mark.server, pytest.mark.slicer, pytest.mark.slow]

START = "/printer/print/start"
LOOKS = "/printer/objects/query"
VARIES = {
    r"farmctl-[0-9a-f]{8}-": "farmctl-LEDGER-",
    r"as job [0-9A-F]{6}": "as job JOB",
    r"main [0-9a-f]{7} ": "main COMMIT ",
    r" +\w{3} \d\d \w{3} \d\d:\d\d$": "  NOW",
    r"seen \d+ (s|min) ago": "seen AGO",
    r"\b\d\d:\d\d\b": "HH:MM",
    r"\b\d+ %": "N %",
}
"""What differs from hour to hour, and from farm to farm."""


class Trouble:
    """A farm with one real Klipper behind a bad wire, and commands typed in shells."""

    def __init__(self, folder: Path, klipper: KlipperStack, proxy: Proxy) -> None:
        self.folder = folder
        self.klipper = klipper
        self.proxy = proxy
        self.starts_before = klipper.starts()

    @property
    def starts(self) -> int:
        """How often the machine itself began to print since."""
        return self.klipper.starts() - self.starts_before

    def until(self, is_so: Any) -> State:
        return wait_until(self.folder, is_so)

    def shown(self, *subjects: str) -> str:
        """Status and explanations, as they are typed one after the other."""
        typed = []
        for words in (("status",), *(("explain", each) for each in subjects)):
            done = type_in(self.folder, *words)
            assert done.code == 0, done
            typed += [f"$ farmctl {' '.join(words)}", done.out]
        return squeezed("\n".join(typed))


def squeezed(text: str) -> str:
    """Put the end of a line, which stands at the right edge, at one place."""
    for pattern, word in VARIES.items():
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    return re.sub(r"(?<=\S) {2,}(?=\S)", "  ", text)


@pytest.fixture
def trouble(tmp_path: Path, klipper: KlipperStack, klipper_proxy: Proxy) -> Iterator[Trouble]:
    """An order of one small part, and a bed that a person has just cleared."""
    part = box(24, 24, 1)  # it prints for longer than it takes to read of it
    folder = make_farm(tmp_path / "farm", klipper, klipper_proxy.url, part)
    done = type_in(folder, "clear", "voron-1")
    assert done.code == 0, done
    yield Trouble(folder, klipper, klipper_proxy)
    klipper_proxy.clear_up()


def test_the_reply_to_a_start_is_lost(trouble: Trouble, golden: Any) -> None:
    trouble.proxy.next_call(START, Fault.LOSE_REPLY)
    with running(trouble.folder):
        trouble.until(is_phase("run-1", "printing"))
        golden("real/reply-lost.txt", trouble.shown("voron-1", "run-1"))
        state = trouble.until(is_phase("run-1", "completed"))
    assert (trouble.starts, trouble.proxy.count(START)) == (1, 1)
    assert phases(state) == {"run-1": "completed"}
    assert len(facts_in(trouble.folder, "run.start_unknown")) == 1


def test_the_reply_to_a_start_is_lost_and_nobody_can_look(trouble: Trouble, golden: Any) -> None:
    trouble.proxy.next_call(START, Fault.HOLD)
    with running(trouble.folder):
        trouble.proxy.wait_held()
        trouble.proxy.go_down()
        trouble.until(is_phase("run-1", "unknown"))
        golden("real/reply-lost-and-silent.txt", trouble.shown("voron-1", "run-1"))
        assert type_in(trouble.folder, "reprint", "run-1").code != 0, "it may still print"
        trouble.proxy.go_up()
        state = trouble.until(is_phase("run-1", "completed"))
    assert (trouble.starts, trouble.proxy.count(START)) == (1, 1)
    assert phases(state) == {"run-1": "completed"}


def killed_in_its_start(trouble: Trouble, here: Shell) -> None:
    """The machine has begun, and the controller is gone before it hears of it."""
    trouble.proxy.wait_held()
    assert here.kill().code == -9
    trouble.proxy.clear_up()


def killed_before_it_looked(trouble: Trouble, here: Shell) -> None:
    """The controller has heard that the machine has begun, and is gone before it sees it."""
    trouble.proxy.wait_held()
    trouble.proxy.release(stall=LOOKS)
    trouble.until(lambda _: bool(facts_in(trouble.folder, "run.start_accepted")))
    assert here.kill().code == -9
    trouble.proxy.clear_up()


@pytest.mark.parametrize(
    ("die", "name"),
    [
        pytest.param(killed_before_it_looked, "killed-before-confirm", id="before it looked"),
        pytest.param(killed_in_its_start, "killed-in-start", id="in its start"),
    ],
)
def test_the_controller_is_killed_between_start_and_confirm(
    die: Any, name: str, trouble: Trouble, golden: Any
) -> None:
    trouble.proxy.next_call(START, Fault.HOLD)
    with running(trouble.folder) as here:
        die(trouble, here)
    assert facts_in(trouble.folder, "run.started") == []
    golden(f"real/{name}.txt", trouble.shown("voron-1", "run-1"))
    with running(trouble.folder):
        trouble.until(is_phase("run-1", "printing"))
        golden(f"real/{name}-and-back.txt", trouble.shown("voron-1", "run-1"))
        state = trouble.until(is_phase("run-1", "completed"))
    assert (trouble.starts, trouble.proxy.count(START)) == (1, 1)
    assert phases(state) == {"run-1": "completed"}
    assert len(facts_in(trouble.folder, "run.started")) == 1


def firmware_restart(klipper: KlipperStack) -> None:
    """Somebody presses the button of the web interface."""
    klipper.recover()


def klipper_dies(klipper: KlipperStack) -> None:
    """The Klipper host dies, and its service manager starts it again."""
    klipper.kill_klipper()
    klipper.restart_klipper()


@pytest.mark.parametrize(
    ("restart", "name"),
    [
        pytest.param(firmware_restart, "firmware-restart", id="firmware"),
        pytest.param(klipper_dies, "klipper-restart", id="klipper"),
    ],
)
def test_the_printer_is_restarted_in_mid_print(
    restart: Any, name: str, trouble: Trouble, golden: Any
) -> None:
    with running(trouble.folder):
        trouble.until(is_phase("run-1", "printing"))
        trouble.klipper.wait_extruding()
        restart(trouble.klipper)
        trouble.until(
            lambda state: is_phase("run-1", "failed")(state) and needs(state) and ready(state)
        )
        golden(f"real/{name}.txt", trouble.shown("voron-1", "run-1"))
        assert needs(trouble.until(needs)) == ["clear voron-1 --failed"]
        assert trouble.starts == 1, "nothing starts onto what is left of it"
        assert type_in(trouble.folder, "clear", "voron-1", "--failed").code == 0
        assert type_in(trouble.folder, "reprint", "run-1").code == 0
        state = trouble.until(is_phase("run-2", "completed"))
    assert (trouble.starts, trouble.proxy.count(START)) == (2, 2)
    assert phases(state) == {"run-1": "failed", "run-2": "completed"}
    assert run_1(state).reason == "interrupted"
    assert voron(state).bed_run == "run-2"


def ready(state: State) -> bool:
    """Return whether the printer has come back, and the loop has seen that."""
    seen = voron(state).seen
    return seen is not None and DeviceState(seen.state) is DeviceState.READY


def needs(state: State) -> list[str]:
    """What there is to type."""
    return [each.command for each in state.attentions.values()]
