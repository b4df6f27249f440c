"""Slices on the workers of a cluster, by joblib: who is fit gets them, who dies gives them back."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

from joblib import Parallel, delayed, parallel_config

from farmctl.ci.cluster.errors import ClusterFailed, lost
from farmctl.ci.cluster.fitness import Needed, Seen, Unfit, unfit, without_farmctl
from farmctl.ci.cluster.parcel import Delivery, Parcel
from farmctl.ci.cluster.worker import seen_here, sliced_here
from farmctl.ci.outcome import Failed
from farmctl.ci.spread import WORKER_DIED
from farmctl.errors import FarmctlError

if TYPE_CHECKING:  # an optional package
    from distributed import Client

ROUNDS = 3
"""How often slices that only unfit workers got are sent again: such a worker came while they were
made, and each time the fit ones are looked for anew."""

ANSWER_S = 60.0
"""How long workers may take to tell what they have: a slicer is read once, with its libraries."""

Answer = Delivery | Unfit
Work = Callable[[Parcel], Answer]
Numbered = tuple[int, Answer]
Told = Callable[[Unfit], None]


class Spreading:
    """Parcels on the workers of one cluster.

    Args:
        client: Connected to its scheduler.
        patience_s: How long it may be without a worker.
        told: Hears of each worker that is left out, once.
        work: What a worker makes of a parcel: a function of a module.
    """

    def __init__(
        self, client: Client, patience_s: float, told: Told, work: Work = sliced_here
    ) -> None:
        self._client = client
        self._address = str(client.scheduler.address)
        self._patience_s = patience_s
        self._told = told
        self._work = work
        self._left_out: dict[str, Unfit] = {}
        self._is_mixed = False

    def deliveries(self, parcels: Sequence[Parcel]) -> Iterator[tuple[int, Delivery]]:
        """Yield the number of each parcel with what came of it, as it comes.

        One that kills its worker whenever it is tried, at last alone, has failed; so has one whose
        slicer is on no worker.

        Raises ClusterFailed: no worker is fit for any, none is left, or the scheduler went away.
        """
        by_need: dict[Needed, dict[int, Parcel]] = defaultdict(dict)
        for number, each in enumerate(parcels):
            by_need[each.needed][number] = each
        self._need_some_worker(parcels)
        for needed, left in sorted(by_need.items()):
            for _ in range(ROUNDS):
                yield from self._round(needed, left)
            yield from ((number, Delivery(_nowhere(needed))) for number in left)

    def _need_some_worker(self, parcels: Sequence[Parcel]) -> None:
        """Tell of the workers that are fit for nothing. Raises ClusterFailed where all are."""
        first = {each.needed: each for each in parcels}
        seen = self._seen(first)
        for worker, found in sorted(seen.items()):
            wrong = [_why_not(worker, found, each) for _, each in sorted(first.items())]
            if all(wrong) and wrong[0] is not None:
                self._leave_out(wrong[0])
        if parcels and len(self._left_out) == len(seen):
            raise self._nobody_fit()

    def _round(self, needed: Needed, left: dict[int, Parcel]) -> Iterator[tuple[int, Delivery]]:
        """Send what is left of one need to whom is fit for it; what unfit workers got is left."""
        if not left:
            return
        fit = self._fit(needed, next(iter(left.values())))
        if not fit:
            return
        refused: set[int] = set()
        for number, answer in self._answers(left, fit, refused):
            del left[number]
            yield number, answer
        for number in [each for each in left if each not in refused]:
            fit = self._fit(needed, left[number])
            found = list(self._answers({number: left[number]}, fit, refused)) if fit else []
            if fit and number not in refused:
                del left[number]
                yield found[0] if found else (number, Delivery(WORKER_DIED))

    def _answers(
        self, parcels: Mapping[int, Parcel], fit: Collection[str], refused: set[int]
    ) -> Iterator[tuple[int, Delivery]]:
        """Yield deliveries; note what an unfit worker got. What died does not come at all."""
        for each in self._parallel(dict(parcels), fit):
            if each is None:
                continue
            number, answer = each
            if isinstance(answer, Unfit):
                self._leave_out(answer)
                refused.add(number)
            else:
                yield number, answer

    def _parallel(
        self, parcels: Mapping[int, Parcel], fit: Collection[str]
    ) -> Iterator[Numbered | None]:
        from farmctl.ci.cluster.backend import ClusterBackend  # noqa: PLC0415 - an optional package

        only = frozenset(fit) if self._is_mixed else None
        backend = ClusterBackend(self._client, self._patience_s, only)
        try:
            with parallel_config(backend=backend), warnings.catch_warnings():
                # Whoever stops in the middle knows that the rest is made in vain.
                warnings.filterwarnings("ignore", ".*tasks have been successfully executed")
                warnings.filterwarnings("ignore", ".*tasks which were still being processed")
                made = Parallel(n_jobs=-1, batch_size=1, return_as="generator_unordered")
                yield from made(
                    delayed(_numbered)(self._work, number, each) for number, each in parcels.items()
                )
        except FarmctlError:
            raise
        except (CancelledError, OSError) as error:
            raise self._lost(error) from error

    def _fit(self, needed: Needed, parcel: Parcel) -> Collection[str]:
        """Return the workers that may slice what asks for this."""
        seen = self._seen([needed])
        now = [each for each, found in seen.items() if _why_not(each, found, parcel) is None]
        fit = [each for each in now if each not in self._left_out]
        self._is_mixed = len(fit) < len(seen)
        return sorted(fit)

    def _seen(self, needed: Collection[Needed]) -> Mapping[str, Seen | BaseException]:
        programs = tuple(sorted({each.program for each in needed}))
        found: Mapping[str, Seen | BaseException]
        try:
            found = self._client.sync(
                self._client._run,  # noqa: SLF001 - `run` itself may wait for ever
                seen_here,
                programs,
                on_error="return",
                callback_timeout=ANSWER_S,
            )
        except (CancelledError, OSError) as error:
            raise self._lost(error) from error
        return found

    def _lost(self, error: Exception) -> ClusterFailed:
        is_closed = isinstance(error, CancelledError)  # with a sentence about one of its tasks
        said = "the connection is closed" if is_closed else str(error).partition("\n")[0]
        return lost(self._address, said or type(error).__name__)

    def _leave_out(self, why: Unfit) -> None:
        if why.worker not in self._left_out:
            self._left_out[why.worker] = why
            self._told(why)

    def _nobody_fit(self) -> ClusterFailed:
        reasons = sorted(self._left_out.values())
        first = reasons[0]
        said = "; ".join(f"{each.worker}: {each.message}" for each in reasons)
        return ClusterFailed(f"no worker of the cluster may slice: {said}", first.mend, first.code)


def _why_not(worker: str, found: Seen | BaseException, parcel: Parcel) -> Unfit | None:
    if not isinstance(found, Seen):
        return without_farmctl(worker, f"{type(found).__name__}: {found}")
    return unfit(worker, found, parcel.sender, parcel.needed)


def _nowhere(needed: Needed) -> Failed:
    return Failed(
        "slicer-not-pinned",
        f"the pinned {needed.program} ({needed.digest[7:19]}…) is on no worker of the cluster",
        "install it there, or pin the one that is there: farmctl slicer pin",
    )


def _numbered(work: Work, number: int, parcel: Parcel) -> Numbered:
    return number, work(parcel)
