"""`docs/tables.md`: every table and view that `farmctl sql` can ask, and the lists of `get`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from farmctl.insight.catalogue import TABLES, VIEWS
from farmctl.insight.lists import KINDS, STATES
from farmctl.insight.schema import Column
from scripts.docs.markdown import NOTICE, code, table

INTRODUCTION = """# Tables

The journal is the truth; these tables are made from it, in `.farmctl/farm.duckdb`, for questions.
They are caught up with the journal whenever they are asked, and may be thrown away at any time:
`farmctl ledger rebuild` makes them anew. Nothing that farmctl decides is read from them.

Times are UTC. Figures are whole numbers in base units, as their names say: `_um` micrometres,
`_mg` milligrams, `_ms` milliseconds, `_mc` thousandths of a degree Celsius.

```sh
farmctl sql                                   # what there is to ask for
farmctl sql "FROM orders_on_failed_plates WHERE order_id = 'ord-1042'"
farmctl sql "FROM training_record" -o json
```

A question is one `SELECT`: it cannot write, open files, or load extensions, and ends after a
minute, a gigabyte, or at Ctrl-C.
"""
LISTS = """## Lists

`farmctl get KIND -o json` prints `{"schema": "farmctl.KIND/v1", "items": […]}`; what each item
holds, and what the list can be narrowed by:
"""


def tables_page() -> str:
    """Return the page."""
    parts = [f"{NOTICE}{INTRODUCTION}", "## Views: questions that have names\n"]
    parts += [_section(each.name, each.meaning, (), each.columns) for each in VIEWS.values()]
    parts.append("## Tables of facts\n")
    parts += [_section(each.name, each.meaning, each.key, each.columns) for each in TABLES.values()]
    return "\n".join([*parts, LISTS, _lists()])


def _section(name: str, meaning: str, key: Sequence[str], columns: Iterable[Column]) -> str:
    rows = [
        (code(each.name) + (" (key)" if each.name in key else ""), each.type, each.meaning)
        for each in columns
    ]
    return f"### {name}\n\n{meaning}\n\n{table(('Column', 'Type', 'Meaning'), rows)}"


def _lists() -> str:
    rows = [
        (
            code(each.name),
            ", ".join(map(code, each.columns)),
            ", ".join(code(f"--{name}") for name in each.filters),
            ", ".join(STATES.get(each.name, ())),
        )
        for each in KINDS.values()
    ]
    return table(("Kind", "Items hold", "Narrowed by", "States"), rows)
