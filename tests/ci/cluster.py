"""A Dask cluster on loopback: a scheduler and workers, each a child with its own port and cache."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers.children import Child

ROOT = Path(__file__).parents[2]
QUIET = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
START_S = 60.0
DASK = "import sys; from dask.__main__ import main; sys.argv[0] = 'dask'; main()"


class Cluster:
    """A scheduler and its workers; `folder` holds logs, addresses and each worker's cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scheduler: Child
        self.address = ""
        self.workers: dict[str, Child] = {}

    def start(self, **env: str) -> None:
        """Start the scheduler on a port of its own."""
        said = self.folder / "scheduler.json"
        argv = ["scheduler", *QUIET, "--port", "0", "--scheduler-file", str(said)]
        self.scheduler = self._child("scheduler", argv, env)
        self.scheduler.wait_for(
            lambda: said.exists() and said.read_text().endswith("}"),
            timeout_s=START_S,
            what="scheduler",
        )
        self.address = json.loads(said.read_text())["address"]

    def worker(self, name: str, *more: str, **env: str) -> Child:
        """Start a worker that slices one at a time, and return when it may be asked."""
        log = self.folder / f"{name}.log"
        own = {"XDG_CACHE_HOME": str(self.cache_of(name)), **env}
        argv = ["worker", self.address, *QUIET, "--name", name, "--nthreads", "1", *more]
        argv += ["--memory-limit", "0", "--local-directory", str(self.folder / f"{name}.scratch")]
        child = self._child(name, argv, own)
        child.wait_for(
            lambda: "Registered to:" in log.read_text(), timeout_s=START_S, what=f"worker {name}"
        )
        self.workers[name] = child
        return child

    def cache_of(self, name: str) -> Path:
        """Return where a worker keeps what it makes."""
        return self.folder / f"{name}.cache"

    def stop(self) -> None:
        """End what still runs."""
        for each in (*self.workers.values(), self.scheduler):
            each.kill()

    def _child(self, name: str, argv: list[str], env: dict[str, str]) -> Child:
        whole = {"PYTHONPATH": str(ROOT), **env}
        words = ["/usr/bin/env", *(f"{key}={value}" for key, value in whole.items())]
        log = self.folder / f"{name}.log"
        return Child([*words, sys.executable, "-c", DASK, *argv], cwd=self.folder, log=log)


@contextmanager
def cluster(folder: Path, *workers: str, **env: str) -> Iterator[Cluster]:
    """Yield a cluster with workers without a nanny: one that dies stays dead."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Cluster(folder)
    with ExitStack() as stack:
        made.start(**env)
        stack.callback(made.stop)
        for name in workers:
            made.worker(name, "--no-nanny")
        yield made
