"""Work that can be stopped between any two of its steps, as SIGSTOP does it to a process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any

Steps = Generator[Any, Any, Any] | Coroutine[Any, Any, Any]


class Stoppable(Coroutine[Any, Any, Any]):
    """A task's work that does no step while it is held.

    Args:
        hold: Returns what to wait for before the next step, or None.
        work: What is done.
    """

    def __init__(self, hold: Callable[[], asyncio.Future[None] | None], work: Steps) -> None:
        self._hold = hold
        self._work = work
        self._answer: object = None
        self._raised: BaseException | None = None
        self._is_held = False

    def send(self, value: object) -> Any:  # noqa: ANN401 - whatever the work waits for
        """Take the next step, with what the last one waited for."""
        if not self._is_held:
            self._answer = value
        return self._step()

    def throw(self, *raised: Any) -> Any:  # noqa: ANN401 - as `Coroutine` says
        """Take the next step with an exception: it is the work's."""
        self._raised = raised[0]
        return self._step()

    def close(self) -> None:
        """End the work."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("a task steps through it: nobody awaits it")

    def _step(self) -> object:
        held = self._hold()
        self._is_held = held is not None
        if held is not None:
            return next(held.__await__())
        answer, raised = self._answer, self._raised
        self._answer = self._raised = None
        return self._work.send(answer) if raised is None else self._work.throw(raised)
