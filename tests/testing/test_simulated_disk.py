"""The simulated disk does what the real one does, until the power fails."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.system.disk import Busy, RealDisk
from farmctl.testing.disk import PowerCut, SimulatedDisk

pytestmark = pytest.mark.pure
ROOT = Path("/farm")
FILE = ROOT / "journal" / "a"

names = st.sampled_from(["a", "b", "folder/a", "folder/b", "other/a"])
data = st.binary(max_size=6)
offsets = st.integers(0, 8)
actions = st.one_of(
    st.tuples(st.just("append"), names, data),
    st.tuples(st.just("opened"), names, offsets, st.binary(min_size=1, max_size=6)),
    st.tuples(st.just("truncate"), names, st.just(0)),
    st.tuples(st.just("replace"), names, data),
    st.tuples(st.just("remove"), names),
    st.tuples(st.just("move"), names, names),
    st.tuples(st.just("read"), names),
    st.tuples(st.just("read_from"), names, offsets),
    st.tuples(st.just("list"), st.sampled_from(["folder", "nothing"])),
)


def outcome(disk, root: Path, action):
    verb, name, *rest = action
    paths = [root / name] + [root / each if isinstance(each, str) else each for each in rest]
    try:
        if verb == "opened":
            return written(disk, *paths)
        return getattr(disk, verb)(*paths)
    except OSError as error:
        return type(error).__name__


def written(disk, path: Path, offset: int, data: bytes):
    """Write to an open file in both ways, before and after it loses its name."""
    file = disk.opened(path)
    file.write_at(offset, data)
    file.append(data)
    seen, was_there = disk.read(path), file.is_there()
    disk.remove(path)
    file.append(data)
    return seen, was_there, file.is_there(), disk.has(path)


@settings(deadline=None, max_examples=40)
@given(st.lists(actions, max_size=12))
def test_both_disks_answer_the_same(script):
    simulated = SimulatedDisk()
    with TemporaryDirectory() as folder:
        for action in script:
            assert outcome(simulated, ROOT, action) == outcome(RealDisk(), Path(folder), action)


@pytest.mark.parametrize("disk", [SimulatedDisk(), RealDisk()], ids=["simulated", "real"])
def test_a_lock_is_held_by_one(disk, tmp_path):
    path = tmp_path / "deep" / "lock"
    held = disk.lock(path, wait_s=0)
    with pytest.raises(Busy):
        disk.lock(path, wait_s=0)
    held.release()
    disk.lock(path, wait_s=0).release()


@pytest.mark.parametrize("disk", [SimulatedDisk(), RealDisk()], ids=["simulated", "real"])
def test_a_folder_moves_with_what_is_in_it(disk, tmp_path):
    disk.append(tmp_path / "journal" / "1", b"one")
    disk.move(tmp_path / "journal", tmp_path / "old" / "journal")
    assert disk.read(tmp_path / "old" / "journal" / "1") == b"one"
    assert disk.stat(tmp_path / "journal" / "1") is None
    with pytest.raises(FileNotFoundError):
        disk.move(tmp_path / "journal", tmp_path / "x")


@pytest.mark.parametrize("disk", [SimulatedDisk(), RealDisk()], ids=["simulated", "real"])
def test_a_lock_is_let_go_at_the_end_of_its_block(disk, tmp_path):
    path = tmp_path / "a.lock"
    with disk.lock(path, wait_s=0), pytest.raises(Busy):
        disk.lock(path, wait_s=0)
    with pytest.raises(ZeroDivisionError), disk.lock(path, wait_s=0):
        raise ZeroDivisionError
    disk.lock(path, wait_s=0).release()


def test_a_stat_tells_change_and_replacement():
    for disk in (SimulatedDisk(), RealDisk()):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "a"
            disk.append(path, b"one")
            first = disk.stat(path)
            disk.append(path, b"two")
            second = disk.stat(path)
            disk.replace(path, b"onetwo")
            third = disk.stat(path)
            assert (first.size, second.size, third.size) == (3, 6, 6)
            assert first.inode == second.inode != third.inode


def after_cut(choose, act) -> SimulatedDisk:
    disk = SimulatedDisk(choose)
    disk.append(FILE, b"safe")
    act(disk)
    disk.restore_power()
    return disk


def test_what_was_not_synced_may_be_lost():
    act = lambda disk: disk.replace(FILE, b"new", durable=False)  # noqa: E731
    assert after_cut(lambda n: 0, act).read(FILE) == b"safe"
    assert after_cut(lambda n: n - 1, act).read(FILE) == b"new"


def test_a_renamed_file_may_be_there_without_its_bytes():
    answers = iter([1, 0, 0])
    disk = after_cut(lambda n: next(answers), lambda d: d.replace(FILE, b"new", durable=False))
    assert disk.read(FILE) == b""


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ([0, 0], b"safe"),
        ([2, 0], b"safexy"),
        ([1, 1], b"safex\0\0"),
        ([3], b"safexyz"),
    ],
)
def test_a_cut_write_leaves_a_part_and_maybe_zeros(answers, left):
    choices = iter(answers)
    disk = SimulatedDisk(lambda n: next(choices, n - 1))
    disk.append(FILE, b"safe")
    disk.fails_at = 0
    with pytest.raises(PowerCut, match="write journal/a"):
        disk.append(FILE, b"xyz")
    disk.restore_power()
    assert disk.read(FILE) == left


def test_synced_bytes_and_names_stay():
    disk = after_cut(lambda n: 0, lambda d: d.append(FILE, b" and sound"))
    assert disk.read(FILE) == b"safe and sound"


def test_a_removed_file_may_come_back():
    assert after_cut(lambda n: 0, lambda d: d.remove(FILE)).read(FILE) == b"safe"
    assert after_cut(lambda n: n - 1, lambda d: d.remove(FILE)).stat(FILE) is None


def test_power_stays_off_until_it_is_restored():
    disk = SimulatedDisk()
    disk.fails_at = 0
    for _ in range(2):
        with pytest.raises(PowerCut):
            disk.append(FILE, b"x")
    disk.restore_power()
    disk.append(FILE, b"x")


def test_a_full_disk_takes_what_fits():
    disk = SimulatedDisk()
    disk.room_b = 2
    with pytest.raises(OSError, match="No space left"):
        disk.append(FILE, b"xyz")
    assert disk.read(FILE) == b"xy"
