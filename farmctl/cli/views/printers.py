"""Printers, as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from farmctl.cli.output import table
from farmctl.farm.printers.joining import Found, NewPrinter
from farmctl.farm.printers.listed import Listed
from farmctl.farm.printers.many import NewPrinters

HEAD = ("PRINTER", "CLASS", "DRIVER", "STATE", "BED", "LOADED", "WHERE")


def found_line(found: Found) -> str:
    """Return what stands at an address: `found Moonraker 0.9.3, Klipper v0.12, bed 350 × 350 …`."""
    machine = found.machine
    if machine is None:
        return f"a {found.driver} printer says nothing of itself"
    bed = " × ".join(f"{each:g}" for each in (*(machine.bed_mm or ()), machine.height_mm or 0))
    said = [
        f"{machine.server} at {found.url}",
        machine.firmware or "no firmware running",
        f"bed {bed} mm" if machine.bed_mm else "bed not named",
        f"nozzle {machine.nozzle_mm:g}" if machine.nozzle_mm else "nozzle not named",
    ]
    return f"found {', '.join(said)}"


def added_lines(made: NewPrinter, commit: str) -> Iterator[str]:
    """Yield what was added, and what a person should look at."""
    entry = made.entry
    origin = ", made from its configuration" if made.is_class_made else ""
    yield f"{entry.name} added, class {entry.class_}{origin} (commit {commit[:7]})"
    for each in made.doubts:
        yield f"look at this: {each}"
    if entry.loaded:
        yield f"it has {' + '.join(each.name for each in entry.loaded)}"
    else:
        yield f"nothing is in it; when it is: farmctl load {entry.name} PETG/black"
    if made.is_class_made:
        yield "its start and end g-code are plain: farmctl profile import brings your own"


def looked_line(row: Listed, done: int, of: int) -> str:
    """Return how far the looking is: ` 3/12  voron-3`."""
    return f"{done:>{len(str(of))}}/{of}  looked at {row.wish.name}"


def many_lines(made: NewPrinters, found: Sequence[Found]) -> Iterator[str]:
    """Yield what would be added, one line for each printer, and what a person should look at."""
    rows = [
        (
            f"+ {new.entry.name}",
            new.entry.class_ + " (made)" * new.is_class_made,
            each.driver,
            each.machine.server if each.machine else "-",
            each.url or "-",
        )
        for new, each in zip(made.printers, found, strict=True)
    ]
    yield table(("PRINTER", "CLASS", "DRIVER", "FOUND", "WHERE"), rows)
    for new in made.printers:
        yield from (f"look at this: {new.entry.name}: {each}" for each in new.doubts)


def then_lines(made: NewPrinters, commit: str) -> Iterator[str]:
    """Yield that all were added, and what is left for a person to do."""
    yield f"{len(made.printers)} printers added (commit {commit[:7]})"
    for each in made.variables:
        yield f"put its key into the environment of farmctl, not into the farm: export {each}=…"
    yield "nothing starts on them until their beds are clear: farmctl clear PRINTER…"


def printer_rows(items: list[dict[str, object]]) -> list[tuple[str, ...]]:
    """Return the rows of the list."""
    return [
        (
            str(each["name"]),
            str(each["class"]),
            str(each["driver"]),
            _state(each),
            str(each["bed"]),
            _joined(each["loaded"]) or "-",
            str(each["url"] or "-"),
        )
        for each in items
    ]


def _state(item: Mapping[str, object]) -> str:
    """Return what it does; a print that was started by hand is named, held or not."""
    if item["state"] == "external":
        return f"external: {item['job'] or 'something'}"
    return "held" if item["held"] else str(item["state"])


def _joined(names: object) -> str:
    return " + ".join(names) if isinstance(names, list) else ""
