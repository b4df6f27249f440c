"""The text of the documents that farmctl writes, with the line by which editors know them."""

from __future__ import annotations

from farmctl.farmrepo.emit import emit
from farmctl.farmrepo.layout import order_path, plan_path
from farmctl.farmrepo.schema import schema_file
from farmctl.model.documents.common import Document
from farmctl.model.documents.kinds import Kind, kind_of
from farmctl.model.documents.order import Order
from farmctl.model.documents.plan import Plan


def render(document: Document, path: str) -> bytes:
    """Return a document as the file at `path`: what was not said is not written."""
    said = document.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    return (schema_line(kind_of(type(document)), path) + emit(said)).encode()


def schema_line(kind: Kind, path: str) -> str:
    """Return the comment that tells editors which schema the file at `path` has."""
    up = "../" * path.count("/")
    return f"# yaml-language-server: $schema={up}{schema_file(kind)}\n"


def order_file(order: Order) -> tuple[str, bytes]:
    """Return path and bytes of an order."""
    path = order_path(order.id)
    return path, render(order, path)


def plan_file(plan: Plan) -> tuple[str, bytes]:
    """Return path and bytes of a build plan: equal plans are equal bytes."""
    path = plan_path(plan.order, plan.item)
    return path, render(plan, path)
