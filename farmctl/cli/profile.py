"""`farmctl profile`: slicer settings, versioned."""

from __future__ import annotations

import typer

from farmctl.cli import (
    profile_diff,
    profile_draft,
    profile_effective,
    profile_promote,
    profile_release,
    profile_show,
    profile_stop,
    profile_try,
)
from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document, table
from farmctl.cli.profile_import import EXAMPLE, import_

app = typer.Typer(
    no_args_is_help=True,
    help="Import, compare, edit, try, release, sign and stop slicer profiles.",
    epilog="Example: farmctl profile import my-petg.ini",
)


app.command("import", epilog=EXAMPLE)(import_)


@app.command("list", epilog="Example: farmctl profile list -o json")
def profiles(ctx: typer.Context, output: FormOption = Form.TABLE) -> None:
    """List the farm's profiles, and which version is in production."""
    from farmctl.cli.views.imports import profile_rows

    items = profile_rows(the_farm(ctx).desired())
    if output in (Form.JSON, Form.YAML):
        show_document("farmctl.profiles/v1", {"items": items}, output)
        return
    if output is Form.NAME:
        show("\n".join(str(each["name"]) for each in items))
        return
    if not items:
        say("no profiles yet: farmctl profile import FILE.ini")
        return
    headings = ("PROFILE", "MATERIAL", "NOZZLE", "QUALITY", "PRODUCTION", "CANARY", "CLASSES")
    keys = ("name", "material", "nozzle_mm", "quality", "production", "canary")
    rows = [
        [*(str(each[key] or "-") for key in keys), ", ".join(each["classes"])] for each in items
    ]
    show(table(headings, rows, wide=output is Form.WIDE))


for each in (profile_effective, profile_diff, profile_draft, profile_try, profile_promote):
    each.register(app)
for part in (profile_release.app, profile_show.app, profile_stop.app):
    app.registered_commands += part.registered_commands
