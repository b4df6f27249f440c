"""Everything about one thing: its row in the tables, what happened to it, what it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from farmctl.control.subjects import unknown
from farmctl.errors import UsageError
from farmctl.farm.asking.history import Wanted, history
from farmctl.farm.asking.provenance import Row, provenance
from farmctl.farm.parts import Farm
from farmctl.farmrepo.suggest import mend_name
from farmctl.insight.store import open_insight
from farmctl.model.envelope import Event

if TYPE_CHECKING:
    from farmctl.insight.query import Insight

KINDS: Mapping[str, str] = {
    "order": "orders",
    "item": "items",
    "plan": "plans",
    "plate": "plates",
    "run": "runs",
    "printer": "printers",
    "decision": "decisions",
    "request": "requests",
    "attention": "attentions",
    "artifact": "artifacts",
}


class Described(Struct, frozen=True):
    """One thing.

    Args:
        kind: `run`.
        name: `run-17`.
        fields: Its row in the list of its kind.
        made_from: For a print, everything by digest.
        events: What happened to it, the oldest first.
    """

    kind: str
    name: str
    fields: Mapping[str, Any]
    made_from: tuple[Row, ...]
    events: tuple[Event, ...]


def describe(farm: Farm, words: list[str]) -> Described:
    """Return everything about what `run run-17`, `run/run-17` or `run-17` names.

    Raises UsageError for a kind that there is not, NoSuchThing for a name.
    """
    kind, name = _asked(words)
    with open_insight(farm.ledger_folder) as insight:
        kind, name, fields = _found(insight, kind, name)
    made_from = provenance(history(farm), name) if kind == "run" else ()
    wanted = Wanted(subject=name.split("@")[0])
    return Described(kind, name, fields, made_from, tuple(filter(wanted.matches, history(farm))))


def _asked(words: list[str]) -> tuple[str | None, str]:
    if len(words) == 1:
        kind, slash, rest = words[0].partition("/")
        return (kind, rest) if slash and kind in KINDS else (None, words[0])
    if len(words) != 2:
        raise UsageError("describe takes a kind and a name", "farmctl describe run run-17")
    kind = {"print": "run"}.get(words[0].removesuffix("s"), words[0].removesuffix("s"))
    if kind not in KINDS:
        raise UsageError(f"there is no kind `{words[0]}`", mend_name(words[0], list(KINDS)))
    return kind, words[1].removeprefix(f"{kind}/")


def _found(insight: Insight, kind: str | None, name: str) -> tuple[str, str, Mapping[str, Any]]:
    names: set[str] = set()
    for each in KINDS if kind is None else [kind]:
        rows = insight.get(KINDS[each])
        for row in reversed(rows):  # the newest revision of a plan
            if name in (str(row["id"]), str(row["id"]).split("@")[0]):
                return each, str(row["id"]), row
        names |= {str(row["id"]) for row in rows}
    raise unknown(name, kind or "thing", names)
