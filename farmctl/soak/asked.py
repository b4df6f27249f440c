"""What somebody wants played: which seeds, with which faults, on which machines."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator
from itertools import count

from msgspec import Struct

from farmctl.errors import UsageError
from farmctl.farmrepo.suggest import mend_name
from farmctl.soak.faults import FAULTS
from farmctl.soak.kinds import KINDS

NONE = "none"
_SEEDS = re.compile(r"(\d+)(?:\.\.(\d+))?")


class Asked(Struct, frozen=True):
    """What is to be played.

    Args:
        seeds: Which.
        faults: Names in `FAULTS`; none are quiet days.
        kinds: Names in `KINDS`.
        printers: How many each farm has; None for what its dice say.
    """

    seeds: range
    faults: tuple[str, ...] = tuple(FAULTS)
    kinds: tuple[str, ...] = tuple(KINDS)
    printers: int | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether every fault and every kind of machine is asked for."""
        return set(self.faults) == set(FAULTS) and set(self.kinds) == set(KINDS)


class Seed(Struct, frozen=True, forbid_unknown_fields=True):
    """One play: its number and what it is played with, as in `Asked`."""

    seed: int
    faults: tuple[str, ...] = tuple(FAULTS)
    kinds: tuple[str, ...] = tuple(KINDS)
    printers: int | None = None

    @property
    def command(self) -> str:
        """Return what plays it again."""
        words = ["farmctl", "sim", "soak", "--seeds", f"{self.seed}..{self.seed + 1}"]
        if self.faults != tuple(FAULTS):
            words += ["--faults", ",".join(self.faults) or NONE]
        if self.kinds != tuple(KINDS):
            words += ["--kind", ",".join(self.kinds)]
        if self.printers is not None:
            words += ["--printers", str(self.printers)]
        return shlex.join(words)


def plays(asked: Asked) -> Iterator[Seed]:
    """Yield what is to be played."""
    for seed in asked.seeds:
        yield Seed(seed, asked.faults, asked.kinds, asked.printers)


def from_seed(first: int) -> Iterator[Seed]:
    """Yield plays with everything, from a seed on without end."""
    return map(Seed, count(first))


def seeds_of(text: str) -> range:
    """Return the seeds of `0..500`, the last not among them, or of `17`. Raises UsageError."""
    found = _SEEDS.fullmatch(text.strip())
    mend = "farmctl sim soak --seeds 0..500 plays the seeds 0 to 499"
    if found is None:
        raise UsageError(f"`{text}` names no seeds", mend)
    first = int(found[1])
    end = first + 1 if found[2] is None else int(found[2])
    if end <= first:
        raise UsageError(f"there are no seeds in {text}", mend)
    return range(first, end)


def faults_of(text: str | None) -> tuple[str, ...]:
    """Return the faults of `reply lost,power cycle`; `none` is a quiet day. Raises UsageError."""
    if text is None:
        return tuple(FAULTS)
    return () if text.strip() == NONE else _names(text, FAULTS, "fault")


def kinds_of(text: str | None) -> tuple[str, ...]:
    """Return the kinds of machines of `moonraker,bambu`. Raises UsageError."""
    return tuple(KINDS) if text is None else _names(text, KINDS, "kind of machine")


def _names(text: str, known: Collection[str], what: str) -> tuple[str, ...]:
    """Return the names in the order in which they are known, so that equal sets play equally."""
    asked = [each.strip() for each in text.split(",")]
    for each in asked:
        if each not in known:
            raise UsageError(f"there is no {what} `{each}`", mend_name(each, known))
    return tuple(each for each in known if each in asked)
