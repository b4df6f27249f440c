"""`farmctl order`: what is to be made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document, table

app = typer.Typer(
    no_args_is_help=True,
    help="Add, change, cancel and list orders.",
    epilog="Example: farmctl order add bracket.stl -q 2",
)


@app.command("add", epilog="Example: farmctl order add bracket.stl -q 2 --due 'fri 17:00'")
def add(
    ctx: typer.Context,
    models: Annotated[list[Path], typer.Argument(metavar="MODEL", help="STL, 3MF or OBJ files.")],
    quantity: Annotated[int, typer.Option("-q", "--quantity", help="How many of each.")] = 1,
    filament: Annotated[
        str | None, typer.Option(help="PETG/black, or PETG [what is loaded].")
    ] = None,
    quality: Annotated[str | None, typer.Option(help="draft, standard or fine.")] = None,
    use: Annotated[str, typer.Option(help="functional or cosmetic.")] = "functional",
    due: Annotated[str | None, typer.Option(help="2026-12-01, tomorrow 9:30, fri 17:00.")] = None,
    priority: Annotated[str | None, typer.Option(help="low, normal, high or urgent.")] = None,
    external: Annotated[
        str | None,
        typer.Option("--for", metavar="SYSTEM:ID", help="The order it is in another system."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="A profile by name, or its draft: NAME@draft [by material].")
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(metavar="PRINTER", help="Who may print the draft [virtual printers]."),
    ] = None,
    customer: Annotated[str | None, typer.Option(help="A reference, no names.")] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Order parts: the models are copied into the farm, checked, and committed with the order.

    With --profile NAME@draft they are made with the profile's draft as it is committed, on virtual
    printers or on those that --on names, and on no others: order add cube.stl --profile petg@draft.
    """
    from farmctl.cli.asking import ask, introduce
    from farmctl.cli.views.orders import new_order_lines
    from farmctl.farm.edits import commit_edit
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.orders.filling import set_scene
    from farmctl.farm.orders.ordering import Wish, known_as, new_order

    farm = the_farm(ctx)
    refuse_sample(farm)
    here = set_scene(farm)
    known = known_as(here.snapshot, external) if external else None
    if known is not None:
        say(f"{external} is order {known} already: farmctl order set {known} changes it")
        _show_id(known, [], output)
        return
    wish = Wish(
        models=tuple(models),
        quantity=quantity,
        filament=filament,
        quality=quality,
        use=use,
        due=due,
        priority=priority,
        external=external,
        profile=profile,
        on=tuple(on or ()),
        customer=customer,
    )
    made = new_order(farm, here, wish, ask)
    commit = commit_edit(farm, made.edit, introduce)
    lines = list(new_order_lines(made, commit, here.zone))
    _show_id(made.order.id, lines, output)


def _show_id(order: str, lines: list[str], output: Form) -> None:
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.order/v1", {"id": order}, output)
    elif output is Form.NAME:
        show(order)
    elif lines:
        show("\n".join(lines))


@app.command("set", epilog="Example: farmctl order set ord-7 priority=high bracket.quantity=4")
def set_keys(
    ctx: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ID", help="Which.")],
    pairs: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY=VALUE",
            help="due, priority, customer, payment; of an item: quantity, filament, quality, "
            "use, profile, printers.",
        ),
    ],
) -> None:
    """Change an order, and commit that. An item's key is ITEM.KEY where there are several."""
    from farmctl.cli.asking import introduce
    from farmctl.farm.edits import commit_edit
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.orders.changing import changed, order_named, order_text
    from farmctl.farm.orders.filling import set_scene

    farm = the_farm(ctx)
    refuse_sample(farm)
    here = set_scene(farm)
    order_id = order_named(here, order)
    edit = changed(here, order_id, order_text(farm, order_id), pairs)
    if edit is None:
        say(f"{order_id} says so already")
        return
    commit = commit_edit(farm, edit, introduce)
    say(f"{order_id}: {', '.join(pairs)} (commit {commit[:7]})")


@app.command("cancel", epilog="Example: farmctl order cancel ord-7 --reason customer_request")
def cancel(
    ctx: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ID", help="Which.")],
    reason: Annotated[
        str | None,
        typer.Option(
            help="customer_request, fraud, out_of_capacity, unmanufacturable, nonpayment."
        ),
    ] = None,
) -> None:
    """Cancel an order: nothing of it is started any more. What prints goes on."""
    from farmctl.cli.asking import ask, introduce
    from farmctl.farm.edits import commit_edit
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.orders.changing import canceled, order_named, order_text, still_printing
    from farmctl.farm.orders.filling import set_scene
    from farmctl.farm.questions import Question
    from farmctl.model.reasons import ORDER_REASONS

    farm = the_farm(ctx)
    refuse_sample(farm)
    here = set_scene(farm)
    order_id = order_named(here, order)
    why = reason or ask(Question("why?", "--reason", tuple(ORDER_REASONS), "customer_request"))
    edit = canceled(here, order_id, order_text(farm, order_id), why)
    if edit is None:
        say(f"{order_id} is canceled already")
        return
    commit = commit_edit(farm, edit, introduce)
    say(f"{order_id} canceled: {why} (commit {commit[:7]})")
    for run in still_printing(here.state, order_id):
        say(f"{run.run} goes on printing on {run.printer}: farmctl abort {run.run}")


@app.command("list", epilog="Example: farmctl order list --all")
def orders(
    ctx: typer.Context,
    closed: Annotated[bool, typer.Option("--all", help="Also made and canceled ones.")] = False,
    output: FormOption = Form.TABLE,
) -> None:
    """List the orders, and how many of their parts are good."""
    from farmctl.cli.views.orders import order_items, order_rows, stopped
    from farmctl.farm.orders.filling import set_scene

    here = set_scene(the_farm(ctx))
    items = order_items(here, closed=closed)
    for line in stopped(here):
        say(line)
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.orders/v1", {"items": items}, output)
    elif not items:
        say("no open orders: farmctl order add MODEL")
    elif output is Form.NAME:
        show("\n".join(str(each["id"]) for each in items))
    else:
        head = ("ORDER", "STATE", "DUE", "PRIORITY", "PARTS")
        show(table(head, order_rows(items, here.zone), wide=output is Form.WIDE))
