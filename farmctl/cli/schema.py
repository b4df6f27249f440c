"""`farmctl schema`: the JSON Schema of a document."""

from __future__ import annotations

from typing import Annotated

import typer

from farmctl.cli.output import show, table
from farmctl.errors import UsageError

app = typer.Typer()

PLACES = {
    "farm": ("farm.yaml", "the farm, its printers and slicers"),
    "class": ("profiles/classes/NAME/class.yaml", "a kind of printer"),
    "profile": ("profiles/NAME/profile.yaml", "slicer settings for a material, nozzle, quality"),
    "policy": ("policies/NAME.yaml", "what may happen without asking a person"),
    "order": ("orders/ID.yaml", "the promise to a customer"),
    "plan": ("plans/ORDER/ITEM.yaml", "how an item will be made; farmctl writes it"),
    "golden": ("golden_models/NAME.yaml", "a part that changes of profiles are measured on"),
}


@app.command("schema", epilog="Example: farmctl schema order")
def schema(
    kind: Annotated[str | None, typer.Argument(help="Which document; without it, a list.")] = None,
) -> None:
    """Print the JSON Schema of a document, or which documents there are and where they lie."""
    if kind is None:
        rows = [(name, *place) for name, place in PLACES.items()]
        show(table(("KIND", "FILE", "WHAT"), rows))
        return
    import json

    from farmctl.farmrepo import schema as schemas
    from farmctl.farmrepo.suggest import mend_name
    from farmctl.model.documents.kinds import Kind

    if kind not in PLACES:
        raise UsageError(f"there is no document `{kind}`", mend_name(kind, PLACES, "documents"))
    show(json.dumps(schemas.schema(Kind(kind)), indent=2, ensure_ascii=False))
