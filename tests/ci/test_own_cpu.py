"""Each slice has a CPU of its own, whichever process makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from farmctl.ci.own_cpu import OwnCpu
from farmctl.system.disk import RealDisk
from farmctl.system.processes import Finished, Limits, usable_cpus

pytestmark = pytest.mark.pure
COUNT = len(usable_cpus())


class Nested:
    """Programs that each start the next one before they end, so many in all."""

    def __init__(self, folder: Path, most: int) -> None:
        self.cpus: list[frozenset[int] | None] = []
        self._folder, self._most = folder, most

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
        if len(self.cpus) < self._most:
            slice_on(self, self._folder)
        return Finished(0, "", "")


class Failing(Nested):
    """Programs that cannot be started."""

    def run(self, *_args: object, **_more: object) -> Finished:
        raise FileNotFoundError


def slice_on(processes: Nested, folder: Path) -> None:
    mine = OwnCpu(processes, RealDisk(), folder)
    mine.run(["slice"], cwd=folder, env={}, limits=Limits(1.0))


def test_no_two_at_once_have_the_same_and_it_is_given_back(tmp_path: Path) -> None:
    for _ in range(2):
        at_once = Nested(tmp_path, COUNT + 1)
        slice_on(at_once, tmp_path)
        assert set(at_once.cpus[:COUNT]) == {frozenset({cpu}) for cpu in usable_cpus()}
        assert at_once.cpus[COUNT] is None, "one more than CPUs goes where the system puts it"


def test_it_is_given_back_when_the_slice_fails(tmp_path: Path) -> None:
    for _ in range(COUNT + 1):
        with pytest.raises(FileNotFoundError):
            slice_on(Failing(tmp_path, 1), tmp_path)
    alone = Nested(tmp_path, 1)
    slice_on(alone, tmp_path)
    assert alone.cpus != [None]
