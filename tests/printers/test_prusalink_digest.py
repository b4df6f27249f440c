"""Digest: the example of RFC 7616, and headers that ask for nothing known here."""

from __future__ import annotations

import pytest

from farmctl.printers.prusalink.digest import Login, authorization, challenge_in

pytestmark = pytest.mark.pure

MUFASA = Login("Mufasa", "Circle of Life")
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
ASKED = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
    f'nonce="{NONCE}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_the_standard(algorithm: str, response: str) -> None:
    asked = challenge_in(ASKED.format(algorithm=algorithm))
    assert asked is not None
    said = authorization(MUFASA, asked, "GET", "/dir/index.html", CNONCE)
    assert f'response="{response}"' in said
    assert "Circle" not in said


@pytest.mark.parametrize(
    "header", ["", "Basic realm=x", "Digest realm=x", 'Digest nonce="1", algorithm=SHA-512-256']
)
def test_what_asks_for_no_digest_that_is_known(header: str) -> None:
    assert challenge_in(header) is None


def test_a_login_is_never_shown() -> None:
    assert "Circle" not in repr(MUFASA)
