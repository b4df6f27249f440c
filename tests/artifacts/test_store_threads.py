"""Two workers that make the same artifact at once do not disturb each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from farmctl.artifacts.store import ArtifactStore
from farmctl.system.disk import RealDisk

pytestmark = pytest.mark.pure


def test_equal_bytes_from_several_threads_are_kept_once(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path, RealDisk())
    raws = [bytes([n // 8]) * 200_000 for n in range(64)]
    with ThreadPoolExecutor(8) as workers:
        digests = list(workers.map(store.put, raws))
    assert [store.get(digest) for digest in digests] == raws
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 8
