"""What FDM Monster exports as YAML: its printers, with their kinds, keys and tags.

Seen of its versions 1.5 to 2.0: a mapping with `printers`, a list of `name`, `printerURL`,
`apiKey`, `printerType` (a number; older versions knew OctoPrint alone) and `enabled`; and `tags`, a
list of `name` and `printers`, which name a `printerId`. All else is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from farmctl.farm.printers.joining import Wish
from farmctl.farm.printers.listed import BadList, Listed, Problem
from farmctl.farmrepo.yaml import Parsed, parse
from farmctl.profiles.guess import slug
from farmctl.system.secrets import Secret

_DRIVERS: Mapping[object, str] = {
    None: "octoprint",
    0: "octoprint",
    1: "moonraker",
    2: "prusalink",
    3: "bambu",
}


def read_export(raw: bytes, file: str) -> tuple[Listed, ...]:
    """Return the printers of an export that are turned on. Raises BadList with every bad row."""
    parsed = parse(raw)
    if not parsed.is_readable or not isinstance(parsed.value, dict):
        line = min((each.place.line for each in parsed.findings), default=1)
        why = parsed.findings[0].message if parsed.findings else "is no export of FDM Monster"
        raise BadList([Problem(f"{file}:{line}", why, "export it again")])
    rows = parsed.value.get("printers")
    if not isinstance(rows, list) or not rows:
        mend = "export it with its printers: exportPrinters"
        raise BadList([Problem(f"{file}:1", "names no `printers`", mend)])
    found = [_row(parsed, file, number) for number in range(len(rows)) if _is_on(rows[number])]
    bad = [each for row in found if isinstance(row, list) for each in row]
    if bad:
        raise BadList(bad)
    return tuple(each for each in found if isinstance(each, Listed))


def _is_on(row: object) -> bool:
    return not (isinstance(row, dict) and row.get("enabled") is False)


def _row(parsed: Parsed, file: str, number: int) -> Listed | list[Problem]:
    document: Any = parsed.value
    row = document["printers"][number]
    where = f"{file}:{parsed.at(('printers', number)).line}"
    if not isinstance(row, dict):
        return [Problem(where, "is no printer")]
    problems = list(_bad(where, row))
    if problems:
        return problems
    name = slug(row["name"]).replace(".", "-")
    key = row.get("apiKey")
    wish = Wish(
        name=name,
        url=row["printerURL"],
        driver=_DRIVERS[row.get("printerType")],
        key=f"env:{variable(name)}" if key else None,
        tags=tuple(_tags(document, row.get("id"))),
    )
    return Listed(where, wish, Secret(key) if key else None)


def variable(name: str) -> str:
    """Return the variable that a printer's key is to be put in: `VORON_1_KEY`."""
    stem = "".join(each if each.isalnum() else "_" for each in name.upper())
    return f"{'_' * stem[:1].isdigit()}{stem}_KEY"


def _bad(where: str, row: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("name", "printerURL"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            yield Problem(where, f"has no `{key}`", "export it again")
            return
    if not slug(row["name"]):
        yield Problem(where, "its name has no letters and no digits", "rename it")
    kind = row.get("printerType")
    if isinstance(kind, bool | list | dict) or kind not in _DRIVERS:
        yield Problem(where, f"its `printerType` is {kind}", "0 to 3 are known")
    if not isinstance(row.get("apiKey") or "", str):
        yield Problem(where, "its `apiKey` is no text", "put it in quotes")


def _tags(document: Mapping[str, Any], printer: object) -> Iterator[str]:
    tags = document.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        if not isinstance(tag, dict):
            continue
        rows = tag.get("printers")
        members = (
            [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []
        )
        name = slug(str(tag.get("name") or "")).replace(".", "-")
        if name and any(each.get("printerId") == printer for each in members):
            yield name
