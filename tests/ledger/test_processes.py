"""Real processes on a real disk: they take turns, and dying loses nothing that was acknowledged."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import farmctl
from farmctl.ledger.folder import LedgerFolder
from farmctl.ledger.journal import Journal
from farmctl.ledger.ledger import open_ledger
from farmctl.ledger.locks import take_control
from farmctl.ledger.opening import create
from farmctl.ledger.view import open_view
from farmctl.system.clock import SystemClock
from farmctl.system.disk import Busy, RealDisk
from tests.ledger.tally import ADA, GARAGE, TALLY, notes

pytestmark = pytest.mark.pure
SOURCE = Path(farmctl.__file__).parents[1]


@pytest.fixture
def folder(tmp_path) -> LedgerFolder:
    found = LedgerFolder(RealDisk(), tmp_path / "farm" / ".farmctl", segment_b=20_000)
    create(found, GARAGE)
    return found


def start(folder: LedgerFolder, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.writer", str(folder.root), name, str(count)],
        cwd=SOURCE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def verify(folder: LedgerFolder) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "farmctl.ledger.verify", str(folder.journal)],
        cwd=SOURCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def texts(folder: LedgerFolder) -> list[str]:
    return [f"{e.seq} {e.data['text']}" for e in Journal(folder, GARAGE).read()]


def test_processes_that_append_at_once_take_turns_and_lose_nothing(folder):
    writers = [start(folder, name, 60) for name in ("left", "middle", "right")]
    said = [writer.communicate(timeout=60)[0].splitlines() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert [len(lines) for lines in said] == [60, 60, 60]
    journal = texts(folder)
    assert len(journal) == 180
    assert sorted(journal) == sorted(line for lines in said for line in lines)
    for lines in said:
        assert [line for line in journal if line in set(lines)] == lines
    numbers = [event.data["number"] for event in Journal(folder, GARAGE).read()]
    assert numbers == list(range(1, 181)), "each guard saw all that stood before"
    assert len(folder.segments()) > 3
    verify(folder)
    assert len(open_ledger(folder, TALLY, SystemClock(), GARAGE).state) == 180


def test_killed_writers_lose_no_acknowledged_event(folder):
    chance = random.Random(7)
    acknowledged: list[str] = []
    for _ in range(12):
        writer = start(folder, "mortal", 10_000)
        lines = [writer.stdout.readline() for _ in range(chance.randrange(1, 40))]
        writer.kill()
        lines += writer.communicate(timeout=60)[0].splitlines(keepends=True)
        acknowledged += [line.strip() for line in lines if line.endswith("\n")]
        assert set(acknowledged) <= set(texts(folder))
        assert open_view(folder, TALLY).damage is None
        ledger = open_ledger(folder, TALLY, SystemClock(), GARAGE)
        (event,) = ledger.append(notes(1), ADA, intent=True)
        acknowledged.append(f"{event.seq} p1")
    assert set(acknowledged) <= set(texts(folder))
    verify(folder)


def test_a_torn_line_on_a_real_disk_is_cut(folder, tmp_path):
    open_ledger(folder, TALLY, SystemClock(), GARAGE).append(notes(2), ADA)
    whole = folder.segment(1).read_bytes()
    start_of_last = whole[:-1].rfind(b"\n") + 1
    for size in range(start_of_last + 1, len(whole), 37):
        torn = LedgerFolder(RealDisk(), tmp_path / str(size))
        shutil.copytree(folder.root, torn.root)
        torn.segment(1).write_bytes(whole[:size])
        again = open_ledger(torn, TALLY, SystemClock(), GARAGE)
        assert (again.state, len(again.mended)) == (("1 p1",), 1)
        assert torn.segment(1).read_bytes() == whole[:start_of_last]


def test_the_controller_holds_its_lock_until_it_dies(folder):
    controller = start(folder, "controller", 1)
    assert controller.stdout.readline() == "in control\n"
    with pytest.raises(Busy):
        take_control(folder)
    open_ledger(folder, TALLY, SystemClock(), GARAGE).append(notes(1), ADA)
    controller.kill()
    controller.communicate(timeout=60)
    take_control(folder, wait_s=5).release()


def test_a_person_sees_the_answer_of_a_running_controller(folder):
    ledger = open_ledger(folder, TALLY, SystemClock(), GARAGE)
    assert ledger.wait_for_change(timeout_s=0) is False
    controller = start(folder, "controller", 3)
    seen: list[str] = []
    while len(seen) < 3:
        assert ledger.wait_for_change(timeout_s=30)
        seen += [event.data["text"] for event in ledger.refresh()]
    assert seen == ["controller-1", "controller-2", "controller-3"]
    controller.communicate(input="", timeout=60)


def test_the_files_are_where_the_documentation_says(folder):
    ledger = open_ledger(folder, TALLY, SystemClock(), GARAGE)
    ledger.append(notes(1), ADA, intent=True)
    ledger.save()
    found = {
        str(path.relative_to(folder.root)) for path in folder.root.rglob("*") if path.is_file()
    }
    assert found == {
        "head",
        "journal.lock",
        "journal/00000001.jsonl",
        "state/1.json",
        "verified.json",
    }
