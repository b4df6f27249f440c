"""Lists of printers that people keep: a table as CSV. Each bad row is named by file and line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from farmctl.errors import InvalidDocuments
from farmctl.farm.printers.joining import Wish
from farmctl.farmrepo.suggest import mend_name
from farmctl.system.secrets import Secret

COLUMNS: Mapping[str, str] = {
    "name": "what people call it; needed",
    "url": "where it answers; none for virtual",
    "driver": "its kind; empty: what is found",
    "class": "its class; empty: one that fits, or made from it",
    "api_key_env": "the environment variable that holds its key, never the key",
    "nozzle_mm": "where its class has several",
    "loaded": "PETG/black, with a space between slots",
    "tags": "with spaces between",
    "clears": "person or ejector; empty: person",
    "speedup": "of a virtual printer",
}
"""The header row of a CSV file names some of these, in any order."""

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,126}")
_CLEARS = ("person", "ejector")


class Listed(Struct, frozen=True):
    """A printer of a list.

    Args:
        where: `printers.csv:3`.
        wish: What the list says of it.
        secret: Its key, where the list holds it: to ask the machine with, never written down.
    """

    where: str
    wish: Wish
    secret: Secret | None = None


class Problem(Struct, frozen=True):
    """What is wrong with a row: `printers.csv:3`, what, and the mend."""

    where: str
    message: str
    mend: str = ""

    @property
    def line(self) -> str:
        """Return it for people."""
        return f"{self.where}: {self.message}" + (f" ({self.mend})" if self.mend else "")


class BadList(InvalidDocuments):
    """A list of printers with rows that cannot be; nothing is added."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(each.line for each in problems)
        super().__init__(lines, "mend the list; nothing was added")


def read_csv(raw: bytes, file: str) -> tuple[Listed, ...]:
    """Return the printers of a CSV file with a header row. Raises BadList with every bad row."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadList(
            [Problem(f"{file}:1", "is not UTF-8 text", "save it as CSV in UTF-8")]
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows += [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise BadList([Problem(f"{file}:{reader.line_num}", f"cannot be read: {error}")]) from None
    filled = [(line, row) for line, row in rows if any(row)]
    if not filled:
        raise BadList([Problem(f"{file}:1", "is empty", f"first row: {','.join(COLUMNS)}")])
    (line, header), *rest = filled
    problems = list(_bad_header(f"{file}:{line}", header))
    if problems:
        raise BadList(problems)
    found = [_row(f"{file}:{number}", header, row) for number, row in rest]
    bad = [each for row in found if isinstance(row, list) for each in row]
    if bad:
        raise BadList(bad)
    return tuple(each for each in found if isinstance(each, Listed))


def _bad_header(where: str, header: list[str]) -> Iterator[Problem]:
    for name in header:
        if name not in COLUMNS:
            yield Problem(
                where, f"there is no column `{name}`", mend_name(name, COLUMNS, "columns")
            )
    for name in sorted({each for each in header if header.count(each) > 1}):
        yield Problem(where, f"column `{name}` is there twice", "keep one")
    if "name" not in header:
        yield Problem(where, "the first row names no column `name`", ",".join(COLUMNS))


def _row(where: str, header: list[str], row: list[str]) -> Listed | list[Problem]:
    if len(row) != len(header):
        count = f"{len(row)} cells, the first row has {len(header)}"
        return [Problem(where, f"has {count}", "a cell with a comma stands in quotes")]
    cells = {name: cell for name, cell in zip(header, row, strict=True) if cell}
    problems = list(_bad_cells(where, cells))
    return problems or Listed(where, _wish(cells))


def _bad_cells(where: str, cells: Mapping[str, str]) -> Iterator[Problem]:
    if "name" not in cells:
        yield Problem(where, "has no name")
    key = cells.get("api_key_env")
    if key is not None and not _VARIABLE.fullmatch(key):
        mend = "name the variable that holds the key, as VORON1_KEY: never the key itself"
        yield Problem(where, "`api_key_env` is not a variable's name in capitals", mend)
    for name in ("nozzle_mm", "speedup"):
        if name in cells and not re.fullmatch(r"\d{1,7}(\.\d{1,3})?", cells[name]):
            yield Problem(where, f"`{name}` is no number: `{cells[name]}`", "as 0.4")
    if cells.get("clears", "person") not in _CLEARS:
        yield Problem(where, f"`clears` is `{cells['clears']}`", "write person or ejector")


def _wish(cells: Mapping[str, str]) -> Wish:
    key, nozzle, speedup = (cells.get(each) for each in ("api_key_env", "nozzle_mm", "speedup"))
    return Wish(
        name=cells["name"],
        url=cells.get("url"),
        driver=cells.get("driver"),
        class_=cells.get("class"),
        key=f"env:{key}" if key else None,
        nozzle_mm=float(nozzle) if nozzle else None,
        loaded=tuple(cells.get("loaded", "").split()),
        tags=tuple(cells.get("tags", "").split()),
        clears=cells.get("clears", "person"),
        speedup=float(speedup) if speedup else None,
    )
