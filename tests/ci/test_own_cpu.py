"""Each slice has a CPU of its own, whichever process makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from farmctl.ci.own_cpu import own_cpu
from farmctl.system.disk import RealDisk
from farmctl.system.processes import Finished, Limits, usable_cpus

pytestmark = pytest.mark.pure


class Noted:
    """Processes that only note where they would run."""

    def __init__(self) -> None:
        self.cpus: list[frozenset[int] | None] = []

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        limits: Limits,
        stdin: bytes = b"",
    ) -> Finished:
        self.cpus.append(limits.cpus)
        return Finished(0, "", "")


def test_no_two_at_once_have_the_same_and_it_is_given_back(tmp_path: Path) -> None:
    noted, disk = Noted(), RealDisk()
    count = len(usable_cpus())
    for _ in range(2):
        with ExitStack() as stack:
            places = [stack.enter_context(own_cpu(disk, tmp_path, noted)) for _ in range(count + 1)]
            for each in places:
                each.run(["slice"], cwd=tmp_path, env={}, limits=Limits(1.0))
        assert set(noted.cpus[:count]) == {frozenset({cpu}) for cpu in usable_cpus()}
        assert noted.cpus[count] is None, "one more than CPUs goes where the system puts it"
        noted.cpus.clear()


def test_it_is_given_back_when_the_slice_fails(tmp_path: Path) -> None:
    for _ in range(len(usable_cpus()) + 1):
        with pytest.raises(RuntimeError), own_cpu(RealDisk(), tmp_path, Noted()):
            raise RuntimeError
    noted = Noted()
    with own_cpu(RealDisk(), tmp_path, noted) as mine:
        mine.run(["slice"], cwd=tmp_path, env={}, limits=Limits(1.0))
    assert noted.cpus != [None]
