"""What every test has: no network beyond loopback, no home directory, its own git identity."""

from __future__ import annotations

import ipaddress
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings

# A shell that starts the tests in the background lets them, and all that they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_connect = socket.socket.connect


def _guarded(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = address[0]
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise AssertionError(f"a test reached for {host}: only loopback is there")
    _connect(self, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded)


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    home: Path = tmp_path_factory.mktemp("home")
    for name, value in {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        # What numba compiles is the same for each test, and takes some seconds.
        "XDG_CACHE_HOME": str(Path(__file__).parents[1] / ".build" / "cache"),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
        "TZ": "UTC",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("FARMCTL_STATE", "FARMCTL_LEDGER_KEY", "FARMCTL_CI_CACHE"):
        monkeypatch.delenv(name, raising=False)


settings.register_profile("soak", max_examples=2_000)
settings.register_profile(
    "mutant",
    max_examples=500,
    phases=(Phase.explicit, Phase.generate),
    derandomize=True,
    database=None,
)
