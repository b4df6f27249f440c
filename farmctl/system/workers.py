"""The same work on many things, in processes beside this one."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from threading import Thread
from typing import TypeVar

from farmctl.system.safe_path import installed_modules_only

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 2  # so that no worker waits for the next piece


def spread(work: Callable[[T], R], over: Iterable[T], workers: int) -> Generator[R, None, None]:
    """Yield what `work` makes of each thing, as it comes; with one worker in order, and here.

    Args:
        work: A function of a module, so that another process finds it.
        over: Taken a few at a time: it may go on for as long as somebody takes what comes.
        workers: How many processes.
    """
    if workers <= 1:
        yield from map(work, over)
        return
    with installed_modules_only():
        yield from _spread(work, iter(over), workers)


def _spread(work: Callable[[T], R], things: Iterator[T], workers: int) -> Generator[R, None, None]:
    others = set(active_children())
    # Workers that are forked would share locks and event loops with us.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _settle_in)
    try:
        waiting: set[Future[R]] = {
            pool.submit(work, each) for each in islice(things, workers * _AHEAD)
        }
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            waiting |= {pool.submit(work, each) for each in islice(things, len(done))}
            yield from (each.result() for each in done)
    except BaseException:
        # Nobody takes what they still make; and a second Ctrl-C while a pool waits for workers
        # leaves them, and with them this process, waiting for ever (seen with Python 3.11).
        for worker in set(active_children()) - others:
            worker.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _settle_in() -> None:
    """Leave Ctrl-C to the first process, which every process of a terminal gets; end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever: the others hold its pipe."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
