"""Slices on all cores, by joblib: one that hangs, crashes or takes its worker with it is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import BrokenProcessPool

from farmctl.ci.outcome import Failed, Outcome
from farmctl.system.safe_path import installed_modules_only

T = TypeVar("T")
Numbered = tuple[int, Outcome]

WORKER_DIED = Failed(
    "worker-died",
    "the process that sliced it was killed: out of memory, or by somebody",
    "farmctl ci --jobs 1, or give the machine more memory",
)


def spread(
    work: Callable[[T], Outcome], tasks: Sequence[T], jobs: int, *, in_threads: bool = False
) -> Iterator[Numbered]:
    """Yield the number of each task with what came of it, as it comes; with one job in order.

    A worker that dies takes down the others with it: what is left is then done one by one, and
    what kills its worker again has failed.

    Args:
        work: A function of a module, so that another process finds it.
        tasks: What it gets.
        jobs: How many at once.
        in_threads: Whether it waits for other programs most of the time: threads are there at
            once. Else there are processes, because Python code runs in one thread at a time.
    """
    if jobs <= 1 or len(tasks) <= 1:
        yield from ((number, work(task)) for number, task in enumerate(tasks))
        return
    if in_threads:
        yield from _parallel(work, list(enumerate(tasks)), jobs, "threading")
        return
    left = dict(enumerate(tasks))
    with installed_modules_only():
        try:
            for number, outcome in _parallel(work, list(enumerate(tasks)), jobs):
                del left[number]
                yield number, outcome
        except BrokenProcessPool:
            yield from _one_by_one(work, left)


def _one_by_one(work: Callable[[T], Outcome], left: dict[int, T]) -> Iterator[Numbered]:
    for each in sorted(left.items()):
        try:
            yield from list(_parallel(work, [each], 2))
        except BrokenProcessPool:
            yield each[0], WORKER_DIED


def _parallel(
    work: Callable[[T], Outcome],
    tasks: Iterable[tuple[int, T]],
    jobs: int,
    backend: str = "loky",
) -> Iterator[Numbered]:
    made = Parallel(n_jobs=jobs, backend=backend, batch_size=1, return_as="generator_unordered")
    found: Iterator[Numbered] = made(
        delayed(_numbered)(work, number, each) for number, each in tasks
    )
    return found


def _numbered(work: Callable[[T], Outcome], number: int, task: T) -> Numbered:
    return number, work(task)
