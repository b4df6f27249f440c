"""The store keeps bytes whole, by name, and never hands out damaged ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.artifacts.store import ArtifactStore, DamagedArtifact, MissingArtifact
from farmctl.model.digest import digest_of, hexdigits
from farmctl.system.disk import RealDisk

pytestmark = pytest.mark.pure


class CountingDisk(RealDisk):
    """Counts whole-file writes, and can run full."""

    def __init__(self) -> None:
        self.writes = 0
        self.full = False

    def replace(self, path: Path, data: bytes, *, durable: bool = True) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        assert durable, "an artifact must survive a power cut"
        self.writes += 1
        super().replace(path, data, durable=durable)


@pytest.fixture
def disk() -> CountingDisk:
    return CountingDisk()


@pytest.fixture
def store(tmp_path: Path, disk: CountingDisk) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts", disk)


def _place(tmp_path: Path, raw: bytes) -> Path:
    digits = hexdigits(digest_of(raw))
    return tmp_path / "artifacts" / digits[:2] / digits[2:]


@pytest.mark.parametrize("raw", [b"", b"G1 X10\n", bytes(range(256)) * 1000])
def test_what_is_put_is_got(store: ArtifactStore, tmp_path: Path, raw: bytes) -> None:
    digest = store.put(raw)
    assert digest == digest_of(raw)
    assert store.has(digest)
    assert store.get(digest) == raw
    assert store.path(digest) == _place(tmp_path, raw)
    assert store.path(digest).read_bytes() == raw


def test_a_file_lies_under_the_first_two_digits_of_its_name(
    store: ArtifactStore, tmp_path: Path
) -> None:
    store.put(b"abc")
    files = [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    assert [str(path.relative_to(tmp_path / "artifacts")) for path in files] == [
        "ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ]


def test_putting_the_same_bytes_again_writes_nothing(
    store: ArtifactStore, disk: CountingDisk
) -> None:
    assert store.put(b"abc") == store.put(b"abc")
    assert disk.writes == 1


def test_missing_bytes_are_a_named_failure(store: ArtifactStore) -> None:
    digest = digest_of(b"never put")
    assert not store.has(digest)
    for ask in (store.get, store.path):
        with pytest.raises(MissingArtifact) as caught:
            ask(digest)
        assert digest in caught.value.message
        assert caught.value.mend


@pytest.mark.parametrize("damage", [b"", b"G1 X1", b"G1 X10\n\n", b"G1 X11\n"])
def test_a_damaged_file_is_named_and_never_handed_out(
    store: ArtifactStore, tmp_path: Path, damage: bytes
) -> None:
    digest = store.put(b"G1 X10\n")
    place = _place(tmp_path, b"G1 X10\n")
    place.write_bytes(damage)
    for ask in (store.get, store.path):
        with pytest.raises(DamagedArtifact) as caught:
            ask(digest)
        assert str(place) in caught.value.message
        assert "backup" in caught.value.mend


@pytest.mark.parametrize("damage", [b"", b"G1 X11\n"])
def test_putting_the_bytes_again_mends_a_damaged_file(
    store: ArtifactStore, tmp_path: Path, damage: bytes
) -> None:
    digest = store.put(b"G1 X10\n")
    _place(tmp_path, b"G1 X10\n").write_bytes(damage)
    store.put(b"G1 X10\n")
    assert store.get(digest) == b"G1 X10\n"


def test_a_full_disk_leaves_nothing_behind(store: ArtifactStore, disk: CountingDisk) -> None:
    disk.full = True
    with pytest.raises(OSError, match="No space"):
        store.put(b"abc")
    assert not store.has(digest_of(b"abc"))
