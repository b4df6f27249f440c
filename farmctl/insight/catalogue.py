"""All tables and views, and a database that has them."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from farmctl.insight import tables_farm, tables_orders, tables_prints, views
from farmctl.insight.schema import Table, View, version_of

TABLES: Mapping[str, Table] = {
    each.name: each
    for each in (
        tables_orders.ORDERS,
        tables_orders.ITEMS,
        tables_orders.MODELS,
        tables_orders.PLANS,
        tables_orders.VARIANTS,
        tables_prints.PLATES,
        tables_prints.PLATE_ITEMS,
        tables_prints.RUNS,
        tables_prints.PRINTERS,
        tables_farm.DECISIONS,
        tables_farm.REQUESTS,
        tables_farm.ATTENTIONS,
        tables_farm.HOLDS,
        tables_farm.ARTIFACTS,
        tables_farm.LINEAGE,
        tables_farm.REVISIONS,
        tables_farm.TENURES,
        tables_farm.FARMS,
        tables_farm.EVENTS,
        tables_farm.PROJECTION,
    )
}
VIEWS: Mapping[str, View] = {
    each.name: each
    for each in (
        views.ITEM_PROGRESS,
        views.ORDERS_ON_FAILED_PLATES,
        views.PLAN_SUCCESS,
        views.PLATE_AND_ITEM_FAILURES,
        views.PRINTER_REASONS,
        views.TRAINING_RECORD,
    )
}
VERSION = version_of(TABLES.values(), VIEWS.values())


def make_tables(database: duckdb.DuckDBPyConnection) -> None:
    """Make every table and view in an empty database."""
    for table in TABLES.values():
        database.execute(table.ddl)
    for view in VIEWS.values():
        database.execute(view.ddl)
