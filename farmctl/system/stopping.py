"""How programs are told to stop: by Ctrl-C from people, by SIGTERM from service managers."""

from __future__ import annotations

import asyncio
import signal


def stop_on_sigterm() -> None:
    """Let SIGTERM end the running task as Ctrl-C would, so that it can let go of what it holds.

    asyncio does that for SIGINT alone. The task then ends with `CancelledError`.
    """
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def stop_when_told() -> None:
    """Let SIGTERM and SIGINT end the running task, SIGINT also for a script's job in background.

    A shell lets those ignore SIGINT, and asyncio leaves that as it is.
    """
    stop_on_sigterm()
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
