"""Which worker of a cluster may slice: one with the pinned slicer and this farmctl. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from farmctl.model.digest import Digest

_SHOWN = 19
"""So much of a digest tells it from others: `sha256:` and twelve digits."""


class Build(Struct, frozen=True):
    """A slicer on a machine: its name in the registry, what it calls itself, and its digest."""

    program: str
    version: str
    digest: Digest


class Seen(Struct, frozen=True):
    """What a machine has.

    Args:
        farmctl: The version.
        python: The version, `3.11`.
        builds: Its slicers.
    """

    farmctl: str
    python: str
    builds: tuple[Build, ...] = ()

    @property
    def versions(self) -> str:
        """Return its versions in words."""
        return f"farmctl {self.farmctl} and Python {self.python}"


class Needed(Struct, frozen=True, order=True):
    """The pinned slicer that a slice asks for: its name in the registry, and its digest."""

    program: str
    digest: Digest


class Unfit(Struct, frozen=True, order=True):
    """A worker that slices nothing, and why.

    Args:
        worker: Its address.
        code: worker-other-slicer, worker-other-versions, worker-without-farmctl.
        message: What it has, and what it should have.
        mend: What to do about it.
    """

    worker: str
    code: str
    message: str
    mend: str

    @property
    def said(self) -> str:
        """Return it in one line, for people."""
        return f"worker {self.worker} is left out: {self.message} ({self.code})"


def unfit(worker: str, seen: Seen, sender: Seen, needed: Needed) -> Unfit | None:
    """Return why a worker may not slice; None where it may."""
    if (seen.farmctl, seen.python) != (sender.farmctl, sender.python):
        message = f"it has {seen.versions}, here it is {sender.versions}"
        mend = f"pip install 'farmctl[dask]=={sender.farmctl}' there, in Python {sender.python}"
        return Unfit(worker, "worker-other-versions", message, mend)
    if needed.digest in {each.digest for each in _of(needed.program, seen)}:
        return None
    has = ", ".join(f"{e.version} ({e.digest[:_SHOWN]}…)" for e in _of(needed.program, seen))
    message = f"it has {needed.program} {has}" if has else f"it has no {needed.program}"
    return Unfit(
        worker,
        "worker-other-slicer",
        f"{message}, pinned is {needed.digest[:_SHOWN]}…",
        "install the pinned build there, on the worker's PATH (farmctl slicer list)",
    )


def without_farmctl(worker: str, said: str) -> Unfit:
    """Return why a worker that cannot even tell what it has may not slice."""
    message = f"farmctl does not answer there: {said}"
    return Unfit(worker, "worker-without-farmctl", message, "pip install 'farmctl[dask]' there")


def _of(program: str, seen: Seen) -> Iterator[Build]:
    return (each for each in seen.builds if each.program == program)
