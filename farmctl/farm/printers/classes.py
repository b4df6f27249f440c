"""Which class a new printer is of: named, the one that fits, or made from the machine itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from farmctl.control.subjects import unknown
from farmctl.farm.orders.filling import Scene
from farmctl.farm.questions import Ask, Question
from farmctl.model.documents.common import split_pin
from farmctl.printers.driver import Machine
from farmctl.profiles.files import FIRST
from farmctl.profiles.guess import slug
from farmctl.profiles.machine_class import can_be_made, machine_class


class Applicant(Struct, frozen=True):
    """A printer that looks for a class.

    Args:
        name: What people call it.
        class_: The class that a person named, with or without a version.
        machine: What it says of itself, if it does.
    """

    name: str
    class_: str | None
    machine: Machine | None


def class_of(scene: Scene, of: Applicant, ask: Ask) -> tuple[str, Mapping[str, bytes]]:
    """Return the class's pin, and its files where it is made from the machine.

    Raises NoSuchThing for a class that the farm has not, UsageError where it is not clear.
    """
    if of.class_ is not None:
        return _named_class(scene, of.class_), {}
    known, machine = _newest(scene), of.machine
    if machine is None:
        fitting = sorted(known.values())
    else:
        fitting = sorted(pin for pin in known.values() if _fits(scene, pin, machine))
        if not fitting and can_be_made(machine):
            name = _class_name(scene, of.name, machine)
            return f"{name}@{FIRST}", machine_class(name, machine)
    if len(fitting) == 1:
        return fitting[0], {}
    nothing = "" if fitting else f"{of.name} does not say what it is, and no class is known: "
    return ask(Question(f"{nothing}which class is {of.name} of?", "--class", fitting)), {}


def _named_class(scene: Scene, name: str) -> str:
    if name in scene.desired.classes:
        return name
    newest = _newest(scene)
    if name in newest:
        return newest[name]
    raise unknown(name, "class", {*newest, *scene.desired.classes})


def _newest(scene: Scene) -> dict[str, str]:
    """Return class name → its newest released version as a pin."""
    found: dict[str, str] = {}
    for pin, at in scene.desired.classes.items():
        name, version = split_pin(pin)
        is_released = at.document.versions[version].state == "released"
        if is_released and (name not in found or _number(pin) > _number(found[name])):
            found[name] = pin
    return found


def _number(pin: str) -> tuple[int, ...]:
    return tuple(int(each) for each in split_pin(pin)[1].split("."))


def _fits(scene: Scene, pin: str, machine: Machine) -> bool:
    document = scene.desired.classes[pin].document
    return (
        document.size_mm == machine.bed_mm
        and document.height_mm <= (machine.height_mm or 0.0)
        and machine.nozzle_mm in document.nozzles_mm
    )


def _class_name(scene: Scene, printer: str, machine: Machine) -> str:
    width_mm = machine.bed_mm[0] if machine.bed_mm else 0.0
    stem = f"{slug(printer.rstrip('0123456789-')) or 'own'}-{width_mm:g}"
    taken = {split_pin(pin)[0] for pin in scene.desired.classes}
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (stem, *numbered) if each not in taken)


def doubts(scene: Scene, pin: str, machine: Machine | None) -> Iterator[str]:
    """Yield where a class promises more than the machine says it has."""
    at = scene.desired.classes.get(pin)
    if at is None or machine is None or machine.bed_mm is None:
        return
    width_mm, depth_mm = at.document.size_mm
    if width_mm > machine.bed_mm[0] or depth_mm > machine.bed_mm[1]:
        own = " × ".join(f"{each:g}" for each in machine.bed_mm)
        yield f"{pin} has a bed of {width_mm:g} × {depth_mm:g} mm, the machine says {own} mm"
    if machine.height_mm is not None and at.document.height_mm > machine.height_mm:
        own_mm = f"{machine.height_mm:g}"
        yield f"{pin} is {at.document.height_mm:g} mm high, the machine says {own_mm} mm"
