"""Which kind of printer stands at an address: every driver that can tell is asked, together.

A driver's module may offer `probe(url, api_key)`: what machine stands at an address, only looked
at. It raises DeviceFailed when nothing of its kind answers there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from farmctl.errors import DeviceFailed, FarmctlError, UsageError
from farmctl.printers.driver import Machine
from farmctl.printers.registry import DRIVERS, driver_names, module_of
from farmctl.system.secrets import Secret

WITHIN_S = 8.0
Probe = Callable[[str, Secret | None], Awaitable[Machine]]


class Doors(Struct, frozen=True):
    """Where a kind of printer answers on a host.

    Args:
        schemes: Of its addresses, the likeliest first.
        ports: Its own, the likeliest first; None is the scheme's.
        needs_key: Whether it tells nothing without a key: then it is not asked without one.
    """

    schemes: tuple[str, ...] = ("http",)
    ports: tuple[int | None, ...] = (None,)
    needs_key: bool = False


_DOORS: Mapping[str, Doors] = {
    "moonraker": Doors(ports=(7125, None)),
    "octoprint": Doors(ports=(None, 5000)),
    "prusalink": Doors(),
    "bambu": Doors(schemes=("bambu",), needs_key=True),
}


class Recognised(Struct, frozen=True):
    """What stands at an address."""

    driver: str
    url: str
    machine: Machine


class _Call(Struct, frozen=True):
    """One driver asked about one address."""

    driver: str
    url: str
    probe: Probe


def find_probe(driver: str) -> Probe | None:
    """Return how a kind tells what stands at an address; None where it cannot. Raises NoDriver."""
    probe: Probe | None = getattr(module_of(driver), "probe", None)
    return probe if callable(probe) else None


def places(driver: str, url: str) -> tuple[str, ...]:
    """Return where a kind may answer when people say `url`, the likeliest first.

    Args:
        driver: The kind.
        url: `voron.local`, `voron.local:7125` or a whole address.
    """
    doors, whole = _DOORS.get(driver, Doors()), url.rstrip("/")
    scheme, has_scheme, rest = whole.partition("://")
    if has_scheme and scheme not in (*doors.schemes, "https" * ("http" in doors.schemes)):
        return ()
    schemes = (scheme,) if has_scheme else doors.schemes
    host = rest if has_scheme else whole
    if "/" in host or _has_port(host):
        return tuple(f"{each}://{host}" for each in schemes)
    return tuple(
        f"{each}://{host}" if port is None else f"{each}://{host}:{port}"
        for each in schemes
        for port in doors.ports
    )


def _has_port(host: str) -> bool:
    return host.rpartition("]")[2].rpartition(":")[2].isdigit() and ":" in host.rpartition("]")[2]


async def recognise(
    url: str, api_key: Secret | None = None, driver: str | None = None
) -> Recognised:
    """Return what stands at an address; all kinds are asked together, and only look.

    Args:
        url: As a person says it.
        api_key: What lets farmctl in.
        driver: The kind, where a person says it.

    Raises:
        NoDriver: No driver has this name.
        DeviceFailed: Nothing answers that a driver knows.
        UsageError: Several kinds answer, or the address fits none.
    """
    kinds = kinds_to_ask(api_key) if driver is None else (driver,)
    calls = [
        _Call(kind, place, probe)
        for kind in kinds
        if (probe := find_probe(kind)) is not None
        for place in places(kind, url)
    ]
    if not calls:
        raise UsageError(f"no driver knows what `{url}` is", "name its driver: --driver KIND")
    answers = await asyncio.gather(*(_asked(call, api_key) for call in calls))
    found = [each for each in answers if isinstance(each, Recognised)]
    if not found:
        failed = [each for each in answers if isinstance(each, DeviceFailed)]
        raise _nothing(url, failed, is_said=driver is not None)
    return _the_only(url, found)


def kinds_to_ask(api_key: Secret | None) -> Iterable[str]:
    """Yield the kinds to ask: those of farmctl in their order, then those from outside.

    One from outside that cannot be loaded is left out.
    """
    names = driver_names()
    known = [*(each for each in _DOORS if each in names), *sorted(set(names) - set(_DOORS))]
    for name in known:
        if not (_DOORS.get(name, Doors()).needs_key and api_key is None) and _is_usable(name):
            yield name


def _is_usable(name: str) -> bool:
    """Return whether a driver can be loaded; one from outside that cannot stops nobody else."""
    if name in DRIVERS:
        return True
    try:
        module_of(name)
    except FarmctlError:
        return False
    return True


async def _asked(call: _Call, api_key: Secret | None) -> Recognised | DeviceFailed:
    try:
        async with asyncio.timeout(WITHIN_S):
            return Recognised(call.driver, call.url, await call.probe(call.url, api_key))
    except DeviceFailed as error:
        return error
    except TimeoutError:
        return DeviceFailed(f"nothing answers at {call.url} in {WITHIN_S:.0f} s", _IS_IT_ON)
    except Exception as error:  # noqa: BLE001 - what answers may say anything to a probe
        what = f"what answers at {call.url} says nothing that the driver {call.driver} understands"
        return DeviceFailed(f"{what} ({type(error).__name__})", _IS_IT_ON)


_IS_IT_ON = "is the printer on, and the address right?"


def _nothing(url: str, failed: Sequence[DeviceFailed], *, is_said: bool) -> DeviceFailed:
    """Return the error that says most: who asks for a key before who is of another kind."""
    most = max(_news(each) for each in failed)
    telling = [each for each in failed if _news(each) == most]
    if len(telling) == 1 or most == 0:
        return telling[0]
    said = "; ".join(dict.fromkeys(each.message for each in telling))
    mend = telling[0].mend if is_said else "name its driver: --driver KIND"
    return DeviceFailed(f"no printer was recognised at {url}: {said}", mend)


def _news(error: DeviceFailed) -> int:
    if error.message.startswith("nothing answers"):
        return 0
    return 1 if error.message.startswith("what answers") else 2


def _the_only(url: str, found: Sequence[Recognised]) -> Recognised:
    """Return the first of what is one machine by one driver. Raises UsageError."""
    drivers = list(dict.fromkeys(each.driver for each in found))
    if len(drivers) == 1:
        return found[0]
    said = " and ".join(
        f"{each.machine.server} at {each.url}"
        for driver in drivers
        for each in [next(one for one in found if one.driver == driver)]
    )
    choices = " or ".join(f"--driver {each}" for each in drivers)
    raise UsageError(f"several kinds answer at {url}: {said}", f"say which is meant: {choices}")
