"""What was read before: never trusted when it is damaged, never larger than it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.farmrepo import cache as cache_module
from farmctl.farmrepo.cache import DocumentCache, open_cache
from farmctl.farmrepo.load import load
from farmctl.model.digest import digest_of
from farmctl.model.documents.order import Order
from farmctl.model.documents.policy import Policy
from farmctl.system.disk import RealDisk

pytestmark = pytest.mark.pure

RAW = b"schema: policy/v1\nname: default\noutcomes: ask\n"
LOADED = load(Policy, RAW)
FILE = "documents.cache"


def filled() -> DocumentCache:
    cache = DocumentCache()
    assert LOADED.document is not None
    cache.remember(LOADED.document, "b1", LOADED.parsed.value)
    cache.remember_digest("b1", digest_of(RAW))
    return cache


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    filled().save(RealDisk(), tmp_path)
    return tmp_path


def test_a_document_comes_back_as_it_was(folder: Path) -> None:
    cache = open_cache(RealDisk(), folder)
    assert cache.document(Policy, "b1") == LOADED.document
    assert cache.digest("b1") == digest_of(RAW)
    assert cache.document(Policy, "b2") is None
    assert cache.digest("b2") is None


def test_in_one_process_it_is_the_same_object() -> None:
    assert filled().document(Policy, "b1") is LOADED.document


def test_a_value_is_validated_again_as_what_is_asked_for(folder: Path) -> None:
    cache = open_cache(RealDisk(), folder)
    assert cache.document(Order, "b1") is None
    assert cache.document(Policy, "b1") == LOADED.document


def test_a_damaged_cache_is_an_empty_one(folder: Path) -> None:
    raw = (folder / FILE).read_bytes()
    for offset in range(len(raw)):
        (folder / FILE).write_bytes(raw[:offset] + bytes([raw[offset] ^ 1]) + raw[offset + 1 :])
        assert open_cache(RealDisk(), folder).document(Policy, "b1") is None
    for length in range(len(raw)):
        (folder / FILE).write_bytes(raw[:length])
        assert open_cache(RealDisk(), folder).document(Policy, "b1") is None


def test_no_cache_and_one_of_another_version_are_empty(folder: Path) -> None:
    raw = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(raw.replace(b"documents 2 ", b"documents 1 "))
    assert open_cache(RealDisk(), folder).document(Policy, "b1") is None
    assert open_cache(RealDisk(), folder / "nowhere").digest("b1") is None


def test_only_what_is_asked_for_is_parsed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = filled()
    for number in range(100):
        cache.remember(LOADED.document, f"c{number}", LOADED.parsed.value)
    cache.save(RealDisk(), folder)
    parsed = []
    loads = cache_module.json.loads
    monkeypatch.setattr(cache_module.json, "loads", lambda text: parsed.append(text) or loads(text))
    assert open_cache(RealDisk(), folder).document(Policy, "c7") == LOADED.document
    assert len(parsed) == 1


def test_nothing_new_is_not_written(folder: Path) -> None:
    (folder / FILE).unlink()
    cache = filled()
    cache.save(RealDisk(), folder)
    (folder / FILE).unlink()
    cache.save(RealDisk(), folder)
    assert not (folder / FILE).exists()


def test_what_was_used_last_is_kept_when_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "LIMIT", 2)
    disk = RealDisk()
    cache = DocumentCache()
    for blob in ("b1", "b2"):
        cache.remember_digest(blob, digest_of(blob.encode()))
    cache.save(disk, tmp_path)
    cache = open_cache(disk, tmp_path)
    assert cache.digest("b2") == digest_of(b"b2")
    cache.remember_digest("b3", digest_of(b"b3"))
    cache.save(disk, tmp_path)
    cache = open_cache(disk, tmp_path)
    assert [cache.digest(blob) is not None for blob in ("b1", "b2", "b3")] == [False, True, True]
