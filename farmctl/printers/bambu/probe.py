"""Asking a Bambu what it is, for `farmctl printer add`: its certificate is trusted this once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from farmctl.errors import DeviceFailed
from farmctl.printers.bambu.access import Access
from farmctl.printers.bambu.address import place_of
from farmctl.printers.bambu.broker import Broker
from farmctl.printers.bambu.checks import firmware_of
from farmctl.printers.bambu.commands import GET_VERSION
from farmctl.printers.bambu.models import model_of
from farmctl.printers.bambu.status import status_of
from farmctl.printers.bambu.talk import Talk
from farmctl.printers.bambu.trust import Trust, certificate_at, digest_of
from farmctl.printers.driver import Machine
from farmctl.printers.web.http import Silence
from farmctl.system.clock import SystemClock
from farmctl.system.jobs import InlineJobs
from farmctl.system.secrets import Secret

T = TypeVar("T")


async def probe(url: str, api_key: Secret | None = None) -> Machine:
    """Return what the machine at `url`, `bambu://…`, is; `api_key` is its access code.

    Raises DeviceFailed when nothing answers, when it is no Bambu, and when the code is wrong.
    """
    place = place_of(url)
    if api_key is None:
        raise DeviceFailed(
            f"the Bambu at {url} asks for its access code",
            "give it with --key env:VARIABLE; its screen shows it under LAN only mode",
        )
    certificate = _shown(url, lambda: certificate_at(place.host, place.mqtt))
    pin = digest_of(certificate)
    access = Access(url, place, api_key, Trust(pin=pin))
    talk = Talk(
        Broker(access, InlineJobs()).session,
        lambda error: access.refused("MQTT connect", error),
        SystemClock(),
        first=1,
    )
    try:
        return await _machine(url, talk, pin)
    finally:
        await talk.close()


async def _machine(url: str, talk: Talk, pin: str) -> Machine:
    known = await talk.status()
    if isinstance(known, Silence):
        raise DeviceFailed(f"no Bambu lets farmctl in: {known.why}", f"is {url} the address?")
    if not known.serial:
        raise DeviceFailed(
            f"the certificate at {url} names no serial number", "give the address of a Bambu"
        )
    version = await talk.ask(GET_VERSION, "info")
    model = model_of(known.serial)
    nozzle_um = status_of(known.report).nozzle_um
    return Machine(
        driver="bambu",
        identity=known.serial,
        server=f"Bambu Lab {model.name}" if model else "Bambu Lab",
        firmware=firmware_of(version) or "",
        bed_mm=model.bed_mm if model else None,
        height_mm=model.height_mm if model else None,
        nozzle_mm=None if nozzle_um is None else nozzle_um / 1000,
        max_nozzle_c=model.max_nozzle_c if model else None,
        max_bed_c=model.max_bed_c if model else None,
        certificate=pin,
    )


def _shown(url: str, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        raise DeviceFailed(
            f"nothing answers at {url}: {why}",
            "is the printer on, in LAN only mode, and the address right?",
        ) from error
