"""Many printers at once: all are looked at, then all are added in one commit, or none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from farmctl.errors import DeviceFailed, FarmctlError, UsageError
from farmctl.farm.edits import Edit, checked, farm_text
from farmctl.farm.orders.filling import Scene
from farmctl.farm.parts import FARM_FILE, Farm
from farmctl.farm.printers.joining import Found, NewPrinter, look_up_now, new_printer, secret_of
from farmctl.farm.printers.listed import BadList, Listed, Problem, read_csv
from farmctl.farm.printers.monster import read_export
from farmctl.farm.questions import Question
from farmctl.farmrepo.layout import class_path, settings_path
from farmctl.model.desired import ClassAt
from farmctl.model.documents.common import split_pin
from farmctl.model.documents.printer_class import PrinterClass

AT_ONCE = 16
Told = Callable[[Listed, int, int], None]
"""Is called when a printer was looked at, with how many are done, of how many."""


class NewPrinters(Struct, frozen=True):
    """Printers that are ready to be committed together.

    Args:
        printers: Each with its entry, in the list's order.
        edit: The files of all of them.
        variables: The environment variables that keys of the list are to be put in.
    """

    printers: tuple[NewPrinter, ...]
    edit: Edit
    variables: tuple[str, ...]


def read_list(raw: bytes, file: str) -> tuple[Listed, ...]:
    """Return the printers of a CSV file, or of an export of FDM Monster by its ending.

    Raises BadList with every bad row, UsageError for another ending.
    """
    ending = file.rpartition(".")[2].lower()
    if ending == "csv":
        listed = read_csv(raw, file)
    elif ending in ("yaml", "yml"):
        listed = read_export(raw, file)
    else:
        raise UsageError(f"{file} is no list of printers", "give a .csv, or a .yaml of FDM Monster")
    if not listed:
        raise UsageError(f"{file} names no printers", "add rows below the first")
    problems = list(_twice(listed))
    if problems:
        raise BadList(problems)
    return listed


def _twice(listed: Sequence[Listed]) -> list[Problem]:
    """Return the rows whose name or address an earlier row has."""
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for each in listed:
        for word in filter(None, (each.wish.name, each.wish.url)):
            if word in seen:
                problems.append(Problem(each.where, f"`{word}` is at {seen[word]} too", "keep one"))
            seen.setdefault(word, each.where)
    return problems


async def look_at_listed(farm: Farm, listed: Sequence[Listed], told: Told) -> tuple[Found, ...]:
    """Return what stands at each address. Nothing is changed.

    Raises BadList with every row whose printer cannot be had, DeviceFailed where only machines are
    to blame.
    """
    gate, done = asyncio.Semaphore(AT_ONCE), 0

    async def look(row: Listed) -> Found | FarmctlError:
        nonlocal done
        async with gate:
            try:
                return await look_up_now(row.wish, lambda: row.secret or secret_of(farm, row.wish))
            except FarmctlError as error:
                return error
            finally:
                done += 1
                told(row, done, len(listed))

    found = await asyncio.gather(*(look(row) for row in listed))
    failed = [
        (row, each)
        for row, each in zip(listed, found, strict=True)
        if isinstance(each, FarmctlError)
    ]
    problems = [Problem(row.where, f"{row.wish.name}: {e.message}", e.mend) for row, e in failed]
    if problems and all(isinstance(each, DeviceFailed) for _, each in failed):
        raise DeviceFailed("\n".join(each.line for each in problems), "nothing was added")
    if problems:
        raise BadList(problems)
    return tuple(each for each in found if isinstance(each, Found))


def new_printers(
    farm: Farm, scene: Scene, listed: Sequence[Listed], found: Sequence[Found]
) -> NewPrinters:
    """Return the files that add all printers; equal machines share a class.

    Raises BadList with every row that cannot be added.
    """
    text, files = farm_text(farm), dict[str, bytes]()
    made: list[NewPrinter] = []
    problems: list[Problem] = []
    for row, each in zip(listed, found, strict=True):
        try:
            new = new_printer(text, scene, row.wish, each, _unasked)
        except FarmctlError as error:
            problems.append(Problem(row.where, f"{row.wish.name}: {error.message}", error.mend))
            continue
        made.append(new)
        text = new.edit.files[FARM_FILE].decode()
        files.update(new.edit.files)
        if new.is_class_made:
            scene = _with_class(scene, new)
    if problems:
        raise BadList(problems)
    edit = Edit(files, f"printers: {', '.join(each.entry.name for each in made)} added")
    return NewPrinters(tuple(made), edit, tuple(_to_export(listed)))


def _unasked(question: Question) -> str:
    column = question.option.removeprefix("--")
    column = {"nozzle": "nozzle_mm"}.get(column, column)
    choices = f", one of {', '.join(question.choices)}" if question.choices else ""
    raise UsageError(question.text, f"fill in a column `{column}`{choices}")


def _with_class(scene: Scene, new: NewPrinter) -> Scene:
    """Return the scene with the class that was made for a printer: the next equal one fits it."""
    name, version = split_pin(new.entry.class_)
    folder = class_path(name)
    document = checked(PrinterClass, new.edit.files[folder].decode(), folder)
    at = ClassAt(document, version, new.edit.files[settings_path(folder, version)])
    classes = {**scene.desired.classes, at.pin: at}
    return replace(scene, desired=replace(scene.desired, classes=classes))


def _to_export(listed: Sequence[Listed]) -> Iterator[str]:
    """Yield the variables that a key must be put in: the list holds it, the farm never will."""
    for row in listed:
        if row.secret is not None and row.wish.key is not None:
            yield row.wish.key.removeprefix("env:")
