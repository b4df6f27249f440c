"""A build plan that cannot be written now waits: the loop comes to rest, and tries it again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from farmctl.control.actions import Action, SlicePlate
from farmctl.farm.acting.session import session
from farmctl.farm.origin import AtRevision
from tests.floor.small_farm import farm_at, make_farm
from tests.loop.shell import type_in

pytestmark = pytest.mark.pure

FAR_TOO_OFTEN = 20


@dataclass
class Counting(AtRevision):
    """HEAD's files, counting how often build plans are to be committed."""

    tries: int = 0

    def commit_plans(
        self, plans: Mapping[str, bytes | None], message: str, at: datetime
    ) -> str | None:
        """Commit them, as ever."""
        self.tries += 1
        assert self.tries < FAR_TOO_OFTEN, "the loop turns for ever"
        return super().commit_plans(plans, message, at)


def but_slices(action: Action) -> bool:
    return not isinstance(action, SlicePlate)


def test_the_loop_comes_to_rest_while_a_plan_waits_and_writes_it_once_it_can(
    tmp_path: Path,
) -> None:
    folder = make_farm(tmp_path / "farm", commit_plans=True)
    in_the_way = folder / "plans/ord-1/box.yaml"
    in_the_way.parent.mkdir(parents=True)
    in_the_way.write_text("a person's own\n")
    farm = farm_at(folder)
    said: list[str] = []
    origin = Counting(farm, say=said.append)

    async def turn() -> None:
        async with session(farm, "run", origin, but_slices) as here:
            await here.loop.settle()
            assert origin.tries >= 1
            assert here.recorder.state.plans == {}
            assert in_the_way.read_text() == "a person's own\n"
            before = origin.tries
            await here.loop.settle()
            assert origin.tries == before + 1, "a waiting plan is tried again, once"
            (told,) = said
            assert told.startswith("plans/ord-1/box.yaml is not written: another file lies there;")
            in_the_way.unlink()
            await here.loop.settle()
            assert list(here.recorder.state.plans) == ["ord-1/box"]

    asyncio.run(turn())


def test_run_once_ends_while_a_plan_waits_and_says_which(tmp_path: Path) -> None:
    folder = make_farm(tmp_path / "farm", commit_plans=True)
    (folder / "plans/ord-1").mkdir(parents=True)
    (folder / "plans/ord-1/box.yaml").write_text("a person's own\n")
    done = type_in(folder, "run", "--once")
    assert (done.code, done.err.count("is not written")) == (0, 1), done
