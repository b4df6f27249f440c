"""Every lock pins what is asked for, with hashes, and says nothing of where it comes from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure

ROOT = Path(__file__).parents[2]
LOCKS = sorted((*ROOT.glob("locks/*.lock"), *ROOT.glob("scripts/benchmarks/peers/*.lock")))
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)(\[[a-z0-9,-]+\])?==(?P<version>\S+)", re.MULTILINE)


def asked(lock: Path) -> list[str]:
    """The pins of the file that the lock is made from; what pyproject.toml asks for is not here."""
    servers = ROOT / "tests/servers" / f"{lock.stem.removeprefix('servers-')}.in"
    file = servers if lock.parent.name == "locks" else lock.with_suffix(".in")
    lines = file.read_text().splitlines() if file.exists() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_is_whole(lock: Path) -> None:
    text = lock.read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in entry for entry in entries if PIN.match(entry))
    assert not re.search(r"https?://|--index-url|--find-links|file:", text)
    pins = {(each["name"], each["version"]) for each in PIN.finditer(text)}
    for wanted in asked(lock):
        found = PIN.match(wanted)
        assert found is None or (found["name"], found["version"]) in pins


def test_each_peer_of_the_benchmark_has_a_lock() -> None:
    peers = ROOT / "scripts/benchmarks/peers"
    wanted = {path.stem for path in peers.glob("*.in")}
    assert wanted == {path.stem for path in peers.glob("*.lock")} == {"gcode-lib"}
