"""From an address to a printer of the farm: what it says of itself, its class, its entry."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Mapping
from typing import get_args

from msgspec import Struct

from farmctl.errors import InvalidDocuments, Refused, UsageError
from farmctl.farm.edits import Edit, checked
from farmctl.farm.orders.filling import Scene, filament_of
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farm.printers.classes import Applicant, class_of, doubts
from farmctl.farm.questions import Ask, Question
from farmctl.farmrepo.edit import append
from farmctl.model.documents.common import Filament
from farmctl.model.documents.farm import Address, Printer
from farmctl.model.documents.farm import Farm as FarmDocument
from farmctl.printers.driver import Machine
from farmctl.printers.recognise import find_probe, places, recognise
from farmctl.printers.registry import find_driver
from farmctl.system.secrets import Secret, resolve

VIRTUAL = "virtual"
_KEY_KINDS = ("env", "file", "keyring")


class Wish(Struct, frozen=True):
    """What a person says of a new printer; what is None is looked up or filled in.

    Args:
        name: What people call it.
        url: Where it answers; `voron.local` will do.
        driver: How to talk to it.
        class_: `voron-350` or `voron-350@3.0.0`.
        key: Where its API key is found: `env:VORON1_KEY`.
        nozzle_mm: Its nozzle.
        loaded: `PETG/black`, slot by slot.
        tags: What build plans may require of it.
        clears: person or ejector.
        speedup: Of a virtual printer.
    """

    name: str
    url: str | None = None
    driver: str | None = None
    class_: str | None = None
    key: str | None = None
    nozzle_mm: float | None = None
    loaded: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    clears: str = "person"
    speedup: float | None = None


class Found(Struct, frozen=True):
    """What stands at an address; a virtual printer says nothing of itself."""

    driver: str
    url: str | None
    machine: Machine | None


class NewPrinter(Struct, frozen=True):
    """A printer that is ready to be committed.

    Args:
        entry: Its lines in `farm.yaml`.
        edit: The files.
        is_class_made: Whether its class is made from its own configuration.
        doubts: What a person should look at.
    """

    entry: Printer
    edit: Edit
    is_class_made: bool
    doubts: tuple[str, ...]


def look_up(farm: Farm, wish: Wish) -> Found:
    """Ask the machine at an address what it is. It is only looked at.

    Raises:
        UsageError: No address, none that can be meant, or several kinds answer there.
        NoDriver: No driver has this name.
        DeviceFailed: Nothing answers, or what answers is no printer.
    """
    return asyncio.run(look_up_now(wish, lambda: secret_of(farm, wish)))


async def look_up_now(wish: Wish, key: Callable[[], Secret | None]) -> Found:
    """Ask the machine at an address what it is; `key` is called when one may be needed.

    Raises what `look_up` does.
    """
    if wish.driver is not None:
        find_driver(wish.driver)
    if wish.driver == VIRTUAL:
        if wish.url is not None:
            raise UsageError("a virtual printer has no address", f"leave out {wish.url}")
        return Found(VIRTUAL, None, None)
    if wish.url is None:
        raise UsageError(
            f"where is {wish.name}?",
            f"farmctl printer add {wish.name} http://ADDRESS, or --driver virtual",
        )
    _check_address(wish.url)
    if wish.driver is not None and find_probe(wish.driver) is None:
        return Found(wish.driver, places(wish.driver, wish.url)[-1], None)
    seen = await recognise(wish.url, key(), wish.driver)
    return Found(seen.driver, seen.url, seen.machine)


def _check_address(url: str) -> None:
    whole = (url if "://" in url else f"http://{url}").rstrip("/")
    _, form = get_args(Address)
    if not re.fullmatch(form.pattern, whole):
        raise UsageError(f"`{url}` is not {form.what}: {form.rule}", f"for example {form.example}")


def secret_of(farm: Farm, wish: Wish) -> Secret | None:
    """Return the key that a wish names, to ask the machine. Raises UsageError, SecretMissing."""
    key = _key(wish)
    return resolve(key, os.environ, farm.folder) if key else None


def _key(wish: Wish) -> Mapping[str, str]:
    if wish.key is None:
        return {}
    kind, _, place = wish.key.partition(":")
    if kind not in _KEY_KINDS or not place:
        raise UsageError(
            f"`{wish.key[:3]}…` does not say where a key is found",
            "write env:VARIABLE, file:PATH or keyring:SERVICE/USER, never the key itself",
        )
    return {kind: place}


def new_printer(text: str, scene: Scene, wish: Wish, found: Found, ask: Ask) -> NewPrinter:
    """Return the files that add a printer to the farm whose `farm.yaml` is `text`.

    Raises:
        UsageError: Something is missing or misspelt.
        NoSuchThing: There is no such class.
        Refused: There is a printer of this name, or this machine is another already.
    """
    document = checked(FarmDocument, text, FARM_FILE)
    _check_new(document, wish, found)
    pin, files = class_of(scene, Applicant(wish.name, wish.class_, found.machine), ask)
    entry = _entry(wish, found, pin, _nozzle(scene, wish, found, pin, ask))
    text = append(text, ("printers",), entry)
    after = _checked(text)
    what = f"printers: {wish.name} added, {pin}"
    return NewPrinter(
        entry=after.printers[-1],
        edit=Edit({FARM_FILE: text.encode(), **files}, what),
        is_class_made=bool(files),
        doubts=tuple(doubts(scene, pin, found.machine)),
    )


def _check_new(document: FarmDocument, wish: Wish, found: Found) -> None:
    for each in document.printers:
        if each.name == wish.name:
            raise Refused(
                f"there is a printer {wish.name} already", f"farmctl printer remove {wish.name}"
            )
        if found.machine is not None and each.identity == found.machine.identity:
            raise Refused(
                f"the machine at {found.url} is {each.name} already", "farmctl printer list"
            )
        if found.url is not None and each.url == found.url:
            raise Refused(f"{each.name} is at {found.url}", "farmctl printer list")


def _nozzle(scene: Scene, wish: Wish, found: Found, pin: str, ask: Ask) -> float | None:
    """Return the nozzle where the class has several."""
    said = wish.nozzle_mm or (found.machine.nozzle_mm if found.machine else None)
    at = scene.desired.classes.get(pin)
    nozzles = at.document.nozzles_mm if at else ()
    if said is not None or len(nozzles) < 2:
        return said
    names = tuple(f"{each:g}" for each in nozzles)
    return float(ask(Question(f"which nozzle has {wish.name}, in mm?", "--nozzle", names)))


def _entry(wish: Wish, found: Found, pin: str, nozzle_mm: float | None) -> dict[str, object]:
    said: dict[str, object] = {
        "name": wish.name,
        "class": pin,
        "driver": found.driver,
        "url": found.url,
        "identity": found.machine.identity if found.machine else None,
        "certificate": found.machine.certificate if found.machine else None,
        "api_key": dict(_key(wish)),
        "nozzle_mm": nozzle_mm,
        "speedup": wish.speedup,
        "bed": {"clears": wish.clears},
        "tags": list(wish.tags),
        "loaded": [_row(filament_of(each)) for each in wish.loaded],
    }
    return {key: value for key, value in said.items() if value not in (None, {}, [])}


def _row(filament: Filament) -> dict[str, str]:
    return {"material": filament.material, "color": filament.color}


def _checked(text: str) -> FarmDocument:
    try:
        return checked(FarmDocument, text, FARM_FILE)
    except InvalidDocuments as error:
        raise UsageError(error.message.partition(": ")[2], error.mend) from None
