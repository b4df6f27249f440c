"""Many plays, in as many processes as there are processors."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

from farmctl.soak.asked import Seed
from farmctl.soak.play import perform
from farmctl.soak.report import Played
from farmctl.system.processes import usable_cpus
from farmctl.system.workers import spread

_A_QUIET_DAY_EVERY = 10


def campaign(seeds: Iterable[Seed], workers: int) -> Generator[Played, None, None]:
    """Play seeds, and a quiet day of every tenth of them; yield what came of each, as it comes."""
    return spread(played, with_quiet_days(seeds), workers)


def workers_here() -> int:
    """Return how many plays can go on at once on this computer."""
    return max(1, len(usable_cpus()))


def with_quiet_days(seeds: Iterable[Seed]) -> Iterator[Seed]:
    """Yield seeds, every tenth once more without faults: safe is not yet useful."""
    for each in seeds:
        yield each
        if each.faults and each.seed % _A_QUIET_DAY_EVERY == 0:
            yield Seed(each.seed, (), each.kinds, each.printers)


def played(seed: Seed) -> Played:
    """Play one seed. What is raised by the play itself, not in it, says of which."""
    try:
        return Played(seed, perform(seed))
    except Exception as error:
        error.add_note(f"in {seed.command}")
        raise
