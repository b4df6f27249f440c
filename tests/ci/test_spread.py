"""Slices on several processes: all are done, and one that takes its worker with it is one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from farmctl.ci.outcome import Failed, Outcome
from farmctl.ci.spread import WORKER_DIED, spread


def answer(number: int) -> Outcome:
    return Failed(str(number), str(os.getpid()))


def dies_at_three(number: int) -> Outcome:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer(number)


@pytest.mark.pure
def test_one_job_goes_in_order_and_here() -> None:
    found = list(spread(answer, range(5), 1))
    assert [number for number, _ in found] == [0, 1, 2, 3, 4]
    assert {each.message for _, each in found if isinstance(each, Failed)} == {str(os.getpid())}
    assert list(spread(answer, [], 4)) == []


def test_several_jobs_do_everything_elsewhere() -> None:
    found = dict(spread(answer, range(7), 2))
    assert {number: each.code for number, each in found.items() if isinstance(each, Failed)} == {
        number: str(number) for number in range(7)
    }
    assert str(os.getpid()) not in {
        each.message for each in found.values() if isinstance(each, Failed)
    }


def test_several_jobs_do_everything_here_in_threads() -> None:
    found = dict(spread(answer, range(7), 2, in_threads=True))
    assert found == {number: answer(number) for number in range(7)}


def test_what_kills_its_worker_has_failed_and_the_others_go_on() -> None:
    found = dict(spread(dies_at_three, range(6), 2))
    assert sorted(found) == [0, 1, 2, 3, 4, 5]
    assert found[3] == WORKER_DIED
    assert [each for number, each in found.items() if number != 3 and each == WORKER_DIED] == []


def test_modules_in_the_folder_that_it_is_started_in_are_not_those_of_its_workers(
    tmp_path: Path,
) -> None:
    for name in ("joblib", "multiprocessing", "pickle", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("open('PWNED', 'w')\n")
    script = (
        "import os; from farmctl.ci.spread import spread; from operator import neg\n"
        "print(sorted(spread(neg, [1, 2, 3], 2)), os.environ.get('PYTHONSAFEPATH'))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "[(0, -1), (1, -2), (2, -3)] None\n", done.stderr
    assert not (tmp_path / "PWNED").exists()
