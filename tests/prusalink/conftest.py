"""The real PrusaLink, and its key where the farms look for it."""

from __future__ import annotations

import pytest

from tests.prusalink.real_farm import KEY
from tests.servers.fixtures import prusalink, prusalink_proxy, prusalinks
from tests.servers.prusalink import KEY as ITS_KEY

__all__ = ["prusalink", "prusalink_proxy", "prusalinks"]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, ITS_KEY)
