"""Digests have one form, and nothing else passes for one."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farmctl.model.digest import InvalidDigest, digest_of, hexdigits, parse_digest

pytestmark = pytest.mark.pure


@given(st.binary(max_size=100))
def test_a_digest_is_sha256_and_survives_parsing(raw: bytes) -> None:
    digest = digest_of(raw)
    assert digest == "sha256:" + hashlib.sha256(raw).hexdigest()
    assert parse_digest(digest) == digest
    assert hexdigits(digest) == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256:",
        "a" * 64,
        "md5:" + "a" * 64,
        "sha256:" + "A" * 64,
        "sha256:" + "a" * 63,
        "sha256:" + "a" * 65,
        "sha256:" + "a" * 64 + "\n",
        " sha256:" + "a" * 64,
    ],
)
def test_anything_else_is_refused_with_the_form_it_should_have(text: str) -> None:
    with pytest.raises(InvalidDigest) as caught:
        parse_digest(text)
    assert f"`{text}`" in caught.value.message
    assert "64 digits" in caught.value.mend
