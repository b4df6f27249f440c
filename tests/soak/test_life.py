"""A controller that is told to end ends, whatever it waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import count
from typing import Any, TypeVar

import pytest

from farmctl.soak.play import as_it_is
from farmctl.soak.stage import Stage
from farmctl.system.entropy import dice

pytestmark = pytest.mark.pure

T = TypeVar("T")


async def _upload_begins(stage: Stage) -> None:
    stage.host.begin()
    stage.commit_order(1)
    while not _is_calling(stage):
        await stage.person.come_by()  # the bed is to be said to be clear
        await asyncio.sleep(0.5)


def _is_calling(stage: Stage) -> bool:
    return any(each.outstanding for each in stage.person.state.runs.values())


async def _turns_to_the_answer(stage: Stage) -> int:
    """Count the turns of the event loop until the answer of an upload is recorded."""
    await _upload_begins(stage)
    for turns in count():
        if not _is_calling(stage):
            await stage.end()
            return turns
        await asyncio.sleep(0)
    raise AssertionError


async def _ends(stage: Stage, turns: int) -> bool:
    """Kill the controller after so many turns, and tell whether it ended."""
    await _upload_begins(stage)
    for _ in range(turns):
        await asyncio.sleep(0)
    killed = asyncio.ensure_future(stage.host.life.kill())
    await asyncio.wait([killed], timeout=60.0)
    return killed.done()


def _on_stage(act: Callable[[Stage], Coroutine[Any, Any, T]]) -> T:
    stage = Stage(["moonraker"], dice(1), as_it_is)
    try:
        return stage.timeline.run_until_complete(act(stage))
    finally:
        stage.timeline.close()


def test_it_ends_at_any_turn_around_an_answer() -> None:
    answered = _on_stage(_turns_to_the_answer)
    for turns in range(answered - 4, answered + 8):
        assert _on_stage(partial(_ends, turns=turns)), turns
