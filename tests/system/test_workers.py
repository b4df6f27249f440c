"""Work in many processes comes back whole, once each, and no faster than it is taken."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count, islice
from multiprocessing import active_children
from pathlib import Path
from select import select

import pytest

from farmctl.system.workers import spread

pytestmark = pytest.mark.pure


def doubled(number: int) -> tuple[int, int]:
    return number * 2, os.getpid()


def divided(number: int) -> float:
    return 1 / number


def waited(for_a_signal: bool) -> None:
    if for_a_signal:
        signal.pause()


def test_one_worker_works_here_and_in_order() -> None:
    assert list(spread(doubled, [3, 1, 2], 1)) == [(each, os.getpid()) for each in (6, 2, 4)]


def test_two_workers_do_everything_once_elsewhere() -> None:
    done = list(spread(doubled, range(20), 2))
    assert sorted(number for number, _ in done) == [each * 2 for each in range(20)]
    assert os.getpid() not in {pid for _, pid in done}


def test_work_without_end_is_taken_as_far_as_somebody_asks() -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        for number in count():
            taken.append(number)
            yield number

    results = spread(doubled, endless(), 2)
    assert len(list(islice(results, 3))) == 3
    results.close()
    assert len(taken) < 12


def test_what_a_worker_raises_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        list(spread(divided, [1, 0], 2))


def test_workers_whose_work_nobody_takes_are_gone_at_once() -> None:
    others = set(active_children())
    results = spread(waited, [False, True, True], 2)
    next(results)
    workers = set(active_children()) - others
    results.close()
    assert len(workers) == 2
    assert [each.exitcode for each in workers] == [-signal.SIGKILL] * 2


def test_modules_in_the_folder_that_it_is_started_in_are_not_those_of_its_workers(
    tmp_path: Path,
) -> None:
    for name in ("multiprocessing", "pickle"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("open('PWNED', 'w')\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/script.py").write_text(
        "from farmctl.system.workers import spread; from operator import neg\n"
        "if __name__ == '__main__':\n    print(sorted(spread(neg, [1, 2, 3], 2)))\n"
    )
    done = subprocess.run(
        [sys.executable, "bin/script.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "[-3, -2, -1]\n", done.stderr
    assert not (tmp_path / "PWNED").exists()


_PARENT = """
import sys
from multiprocessing import active_children
from pathlib import Path
from select import select
from farmctl.system.workers import spread
from tests.system.test_workers import waited

if __name__ == "__main__":
    results = spread(waited, [False, True, True, True], 2)
    next(results)
    print(*(each.pid for each in active_children()), flush=True)
    next(results)
"""


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    where = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=where
    ) as parent:
        assert parent.stdout is not None
        workers = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()
    ended = [select([worker], [], [], 60)[0] for worker in workers]
    assert ended == [[worker] for worker in workers]
    assert len(workers) == 2
