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
