"""The kind of a printer is found from its address, and what answers otherwise is named."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import ModuleType

import pytest

from farmctl.errors import DeviceFailed, UsageError
from farmctl.printers import recognise as module
from farmctl.printers.driver import Machine
from farmctl.printers.recognise import Doors, find_probe, places, recognise
from farmctl.printers.registry import NoDriver
from farmctl.system.secrets import Secret
from tests.printers.doors import moonraker, serving


def look(url: str, key: Secret | None = None, driver: str | None = None) -> module.Recognised:
    return asyncio.run(recognise(url, key, driver))


def test_a_moonraker_is_found_by_itself() -> None:
    with serving(moonraker()) as url:
        found = look(url)
        assert (found.driver, found.url, found.machine.identity) == ("moonraker", url, "id-1")
        assert look(url.removeprefix("http://")).url == url
        assert look(url, driver="moonraker").machine.bed_mm == (250.0, 210.0)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "is not a Moonraker"),
        ({"/server/info": b"<html>"}, "is not a Moonraker"),
        ({"/server/info": 401}, "asks for a key"),
        ({"/server/info": {"result": {}}, "/server/database/item": {"result": {}}}, "understands"),
        ({"/server/info": b"[" * 100_000}, "is not a Moonraker"),
    ],
)
def test_what_is_no_moonraker_is_named(answers: dict[str, object], said: str) -> None:
    with serving(answers) as url, pytest.raises(DeviceFailed, match=said) as failed:
        look(url, driver="moonraker")
    assert url in failed.value.message
    assert failed.value.mend


def test_a_kind_that_nobody_knows() -> None:
    with pytest.raises(NoDriver, match="no driver is called `moonracer`"):
        look("x.local", driver="moonracer")


@pytest.mark.parametrize(
    ("driver", "url", "found"),
    [
        ("moonraker", "voron.local", ("http://voron.local:7125", "http://voron.local")),
        ("moonraker", "https://voron.local/", ("https://voron.local:7125", "https://voron.local")),
        ("moonraker", "voron.local:80", ("http://voron.local:80",)),
        ("moonraker", "http://farm/voron", ("http://farm/voron",)),
        ("moonraker", "http://[fe80::1]", ("http://[fe80::1]:7125", "http://[fe80::1]")),
        ("moonraker", "bambu://10.0.0.5", ()),
        ("octoprint", "octopi.local", ("http://octopi.local", "http://octopi.local:5000")),
        ("prusalink", "10.0.0.4", ("http://10.0.0.4",)),
        ("bambu", "10.0.0.5", ("bambu://10.0.0.5",)),
        ("bambu", "http://10.0.0.5", ()),
        ("from-outside", "10.0.0.5", ("http://10.0.0.5",)),
    ],
)
def test_where_each_kind_may_answer(driver: str, url: str, found: tuple[str, ...]) -> None:
    assert places(driver, url) == found


Probing = Callable[[str, Secret | None], object]


def kinds(monkeypatch: pytest.MonkeyPatch, **probes: Probing) -> None:
    """Let these be the kinds there are."""
    modules = {name: ModuleType(name) for name in probes}
    for name, probe in probes.items():
        modules[name].probe = probe  # type: ignore[attr-defined]
    monkeypatch.setattr(module, "driver_names", lambda: tuple(sorted(probes)))
    monkeypatch.setattr(module, "module_of", modules.__getitem__)
    monkeypatch.setattr(module, "DRIVERS", dict.fromkeys(probes, ""))


def finds(driver: str, identity: str) -> Probing:
    async def probe(_url: str, _key: Secret | None) -> Machine:
        return Machine(driver, identity, f"{driver} 1", "")

    return probe


def fails(message: str, mend: str = "look") -> Probing:
    async def probe(url: str, _key: Secret | None) -> Machine:
        raise DeviceFailed(message.format(url=url), mend)

    return probe


def test_several_kinds_at_one_address_are_a_persons_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds(monkeypatch, moonraker=finds("moonraker", "a"), octoprint=finds("octoprint", "b"))
    with pytest.raises(UsageError, match=r"moonraker 1 at .*7125 and octoprint 1 at") as refused:
        look("voron.local")
    assert refused.value.mend == "say which is meant: --driver moonraker or --driver octoprint"
    assert look("voron.local", driver="octoprint").machine.identity == "b"


def test_who_asks_for_a_key_says_more_than_who_is_of_another_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asks, no = fails("the Octo at {url} asks for a key"), fails("what answers at {url} is no Moon")
    kinds(monkeypatch, moonraker=no, octoprint=asks)
    with pytest.raises(DeviceFailed, match="asks for a key") as failed:
        look("http://voron.local:5000")
    assert "Moon" not in failed.value.message
    kinds(monkeypatch, moonraker=no, octoprint=fails("what answers at {url} is no Octo"))
    with pytest.raises(DeviceFailed, match=r"no printer was recognised at .* no Moon; .* no Octo"):
        look("http://voron.local:5000")


def test_a_probe_that_breaks_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(_url: str, _key: Secret | None) -> Machine:
        raise ZeroDivisionError

    kinds(monkeypatch, moonraker=breaks, octoprint=finds("octoprint", "b"))
    assert look("http://voron.local:5000").driver == "octoprint"


def test_a_probe_that_never_ends_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    async def waits(_url: str, _key: Secret | None) -> Machine:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(module, "WITHIN_S", 0.01)
    kinds(monkeypatch, moonraker=waits)
    with pytest.raises(DeviceFailed, match="nothing answers at"):
        look("http://voron.local:5000")


def test_a_kind_that_tells_nothing_without_a_key_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kinds(monkeypatch, bambu=finds("bambu", "S1"), moonraker=fails("nothing answers at {url}"))
    with pytest.raises(DeviceFailed, match="nothing answers"):
        look("10.0.0.5")
    assert look("10.0.0.5", Secret("code")).driver == "bambu"
    assert Doors().needs_key is False


def test_a_virtual_printer_has_no_probe() -> None:
    assert find_probe("virtual") is None
    assert find_probe("moonraker") is not None
    with pytest.raises(UsageError, match="no driver knows"):
        look("x.local", driver="virtual")
