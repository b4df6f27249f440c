"""What the tables say of open work is what the ledger's own fold says: two readings of one story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.insight.catalogue import make_tables
from farmctl.insight.project import project
from farmctl.insight.rows import Rows
from farmctl.ledger.state import State
from farmctl.model.envelope import Event
from farmctl.model.observation import slot_by_slot
from farmctl.model.states import OrderPhase, RunPhase, Verdict
from farmctl.testing.histories import Happening, every_event, walk

pytestmark = pytest.mark.pure
Table = Mapping[Any, Mapping[str, Any]]
Tables = Mapping[str, Table]
READ = ("orders", "items", "item_progress", "plates", "runs", "printers", "requests")
READ += ("attentions", "holds", "farms")


def event_of(each: Happening) -> Event:
    fact, seq = each.fact, each.state.seq
    return Event(
        source="farmctl://7f3a9c2e",
        seq=seq,
        id=f"0a1b2c3d/{seq}",
        time=each.at,
        recorded=each.at,
        type=fact.type,
        subject=fact.subject,
        actor=each.actor,
        correlation=fact.correlation,
        causation=None,
        epoch=1,
        data=fact.data,
        prev="",
        hash=f"{seq:064}",
    )


@contextmanager
def telling(history: list[Happening], every: int) -> Iterator[Iterator[tuple[Tables, State]]]:
    """Yield the tables and the state after each so many events, and at the end."""
    with duckdb.connect(":memory:") as database:
        make_tables(database)
        yield told(Rows(database, is_fresh=True), database, history, every)


def told(rows: Rows, database: duckdb.DuckDBPyConnection, history: list[Happening], every: int):
    for number, each in enumerate(history, 1):
        project(rows, event_of(each))
        if number % every == 0 or number == len(history):
            rows.flush()
            yield {name: read(database, name) for name in READ}, each.state


def read(database: duckdb.DuckDBPyConnection, name: str) -> Table:
    cursor = database.execute(f"FROM {name}")
    names = [each[0] for each in cursor.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def agree(tables: Tables, state: State) -> None:
    agree_on_orders(tables, state)
    agree_on_plates_and_runs(tables, state)
    agree_on_printers(tables["printers"], state)
    stood = {name for name, row in tables["attentions"].items() if row["state"] != "resolved"}
    assert stood == set(state.attentions)
    held = {name for name, row in tables["holds"].items() if row["lifted_at"] is None}
    assert {f"profile/{name}" for name in state.profile_holds} == {
        name for name in held if name.startswith("profile/")
    }
    assert (tables["farms"].get("7f3a9c2e") or {}).get("held") == (
        state.hold.reason if state.hold else None
    )


def agree_on_orders(tables: Tables, state: State) -> None:
    orders = tables["orders"]
    assert set(orders) == {*state.orders, *state.closed}
    for name, record in state.orders.items():
        assert orders[name]["state"] == record.phase.value
        assert bool(orders[name]["held"]) == bool(record.held)
    for name in state.closed:
        assert orders[name]["state"] in (OrderPhase.FULFILLED, OrderPhase.CANCELED)
        assert (orders[name]["blob"] or "") == state.closed_blob(name)
    for name, item in state.items.items():
        assert tables["items"][name]["quantity"] == item.quantity
        if orders[name.split("/")[0]]["state"] != OrderPhase.CANCELED and item.made_before == 0:
            assert tables["item_progress"][name]["good"] == item.good
    for name, plan in state.plans.items():
        assert tables["items"][name]["plan_revision"] == plan.written.revision


def agree_on_plates_and_runs(tables: Tables, state: State) -> None:
    for name, plate in state.plates.items():
        row = tables["plates"][name]
        assert row["state"] == plate.phase.value
        assert row["gcode"] == (plate.sliced.gcode if plate.sliced else None)
        assert row["failed_code"] == plate.failed_code
        assert tuple(row["approved"]) == plate.approved
    for name, run in state.runs.items():
        row = tables["runs"][name]
        assert row["state"] == run.phase.value
        assert row["reason"] == ("completed" if run.phase is RunPhase.COMPLETED else run.reason)
        assert row["is_counted"] == run.is_counted
        assert (row["file"], row["start_answer"]) == (run.file, run.start_answer)
        asked = {each.request for each in run.asked}
        if not run.phase.is_over:
            assert asked == {
                number
                for number, each in tables["requests"].items()
                if each["subject"] == f"run/{name}" and each["state"] == "open"
            }


def agree_on_printers(printers: Table, state: State) -> None:
    here = {name for name, row in printers.items() if row["withdrawn_at"] is None}
    assert here == set(state.printers)
    for name, record in state.printers.items():
        row = printers[name]
        assert row["bed"] == record.bed.value
        assert (row["run"], row["bed_run"]) == (record.run, record.bed_run)
        assert bool(row["held"]) == bool(record.holds)
        assert row["loaded"] == list(slot_by_slot(record.loaded))
        seen = record.seen.loaded if record.seen else None
        assert row["seen_loaded"] == (None if seen is None else list(slot_by_slot(seen)))


def test_a_history_of_everything_is_read_the_same() -> None:
    with telling(list(every_event()), 160) as moments:
        for tables, state in moments:
            agree(tables, state)


@given(st.lists(st.integers(0, 2**80), min_size=1, max_size=150))
@settings(max_examples=10, deadline=None)
def test_any_history_is_read_the_same(choices: list[int]) -> None:
    history = list(walk(choices))
    with telling(history, len(history)) as moments:
        for tables, state in moments:
            agree(tables, state)


def test_verdicts_are_those_that_were_said() -> None:
    said = {}
    for each in every_event():
        if each.name == "item.judged":
            said |= {(each.payload.run, one.instance): one.verdict for one in each.payload.verdicts}
    with duckdb.connect(":memory:") as database:
        make_tables(database)
        rows = Rows(database, is_fresh=True)
        for each in every_event():
            project(rows, event_of(each))
        rows.flush()
        found = database.execute("SELECT run, instance, verdict FROM plate_items").fetchall()
    kept = {(run, part): verdict for run, part, verdict in found if (run, part) in said}
    assert kept == said
    assert set(said.values()) >= {Verdict.SUCCESS, Verdict.FAILED}
