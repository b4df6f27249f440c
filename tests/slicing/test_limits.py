from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from farmctl.slicing.limits import Confinement, SliceLimits, missing_limits
from farmctl.system.processes import Finished, Limits, RealProcesses, usable_cpus

pytestmark = pytest.mark.pure


class Namespaces:
    """Processes of a system where some programs work."""

    def __init__(self, allowed: Sequence[Sequence[str]]) -> None:
        self.allowed = [tuple(each) for each in allowed]
        self.asked: list[tuple[str, ...]] = []

    def run(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], limits: Limits
    ) -> Finished:
        self.asked.append(tuple(argv))
        if not self.allowed:
            raise FileNotFoundError(argv[0])
        return Finished(0 if tuple(argv[:-1]) in self.allowed else 1, "", "")


ROOT = ("unshare", "--net", "--")
USER = ("unshare", "--user", "--map-root-user", "--net", "--")


@pytest.mark.parametrize(("allowed", "prefix"), [([ROOT, USER], ROOT), ([USER], USER), ([], ())])
def test_the_network_is_off_by_the_first_way_that_works(
    allowed: list[tuple[str, ...]], prefix: tuple[str, ...]
) -> None:
    processes = Namespaces(allowed)
    confinement = Confinement(processes, cpus=())
    with confinement.fence(SliceLimits()) as fence:
        assert fence.prefix == prefix
        assert ("no-network" in fence.names) == bool(prefix)
    asked = len(processes.asked)
    with confinement.fence(SliceLimits()):
        assert len(processes.asked) == asked, "asked once for all slices"


def test_each_slice_has_a_cpu_of_its_own_and_gives_it_back() -> None:
    confinement = Confinement(Namespaces([]), cpus=(0, 5))
    with confinement.fence(SliceLimits()) as one, confinement.fence(SliceLimits()) as two:
        assert {one.limits.cpus, two.limits.cpus} == {frozenset({0}), frozenset({5})}
        with confinement.fence(SliceLimits()) as third:
            assert third.limits.cpus is None
            assert "one-cpu" not in third.names
    with confinement.fence(SliceLimits()) as again:
        assert again.limits.cpus is not None
        assert "one-cpu" in again.names


def test_a_cpu_comes_back_when_the_slice_fails() -> None:
    confinement = Confinement(Namespaces([]), cpus=(3,))
    with pytest.raises(RuntimeError), confinement.fence(SliceLimits()):
        raise RuntimeError
    with confinement.fence(SliceLimits()) as fence:
        assert fence.limits.cpus == frozenset({3})


def test_what_was_allowed_reaches_the_program() -> None:
    with Confinement(Namespaces([]), cpus=()).fence(SliceLimits(1.5, 2, 3, 4)) as fence:
        assert fence.limits == Limits(1.5, 2, 3, 4, None)
        assert fence.names == ("cpu-time", "file-size", "memory", "wall-time")
        assert missing_limits(fence.names) == ("no-network", "one-cpu")


def test_a_program_runs_on_the_cpu_it_is_given(tmp_path: Path) -> None:
    cpu = usable_cpus()[0]
    ended = RealProcesses().run(
        [sys.executable, "-c", "import os; print(os.sched_getaffinity(0))"],
        cwd=tmp_path,
        env={},
        limits=Limits(wall_s=20, cpus=frozenset({cpu})),
    )
    assert ended.stdout.strip() == f"{{{cpu}}}"


def test_too_much_cpu_time_ends_with_the_signal_that_says_so(tmp_path: Path) -> None:
    ended = RealProcesses().run(
        [sys.executable, "-c", "while True: pass"],
        cwd=tmp_path,
        env={},
        limits=Limits(wall_s=60, cpu_s=1),
    )
    assert (ended.returncode, ended.timed_out) == (-24, False)
