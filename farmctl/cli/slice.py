"""`farmctl slice`: one part to g-code that is proven, measured and kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.errors import Exit

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.questions import Question
    from farmctl.farm.slices.recall import Said, Sliced
    from farmctl.model.digest import Digest

app = typer.Typer()


@app.command("slice", epilog="Example: farmctl slice bracket.stl --profile petg-0.4-standard")
def slice_(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(metavar="ORDER/ITEM|MODEL", help="What to slice.")],
    profile: Annotated[
        str | None, typer.Option(help="NAME or NAME@VERSION [what the order asks for].")
    ] = None,
    printer_class: Annotated[
        str | None, typer.Option("--class", help="NAME or NAME@VERSION [the printers' own].")
    ] = None,
    verify: Annotated[
        int, typer.Option(min=0, metavar="N", help="Slice N times anew and compare.")
    ] = 0,
    save: Annotated[Path | None, typer.Option(help="Write the g-code here too.")] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Slice one part with the pinned slicer, prove what came out, measure it and keep it.

    The same part with the same settings is sliced once. Nothing is sent to a printer.
    """
    from farmctl.cli.views.slices import slice_body, slice_lines
    from farmctl.farm.founding.sample import refuse_sample
    from farmctl.farm.slices.recall import Said, question, recall

    farm = the_farm(ctx)
    refuse_sample(farm)
    said = Said(profile, printer_class)
    asked = question(farm, subject, said)
    found = recall(farm, asked) if asked else None
    if found is None:
        found = _sliced(farm, subject, said, asked)
    if save is not None:
        farm.disk.replace(save.expanduser().absolute(), farm.store.get(found.record.gcode))
    if output in (Form.JSON, Form.YAML):
        body = slice_body(found, farm.store)
        show_document("farmctl.slice/v1", body, output)
    elif output is Form.NAME:
        show(found.record.gcode)
    else:
        show("\n".join(slice_lines(found, farm.store)))
    if verify:
        _verify(farm, subject, said, verify)


def _sliced(farm: Farm, subject: str, said: Said, asked: Digest | None) -> Sliced:
    """Slice, and remember what was asked unless the person had to answer a question first."""
    from farmctl.cli.asking import ask
    from farmctl.farm.slices.recall import remember
    from farmctl.farm.slices.slicing import prepare, sliced

    questions: list[Question] = []

    def noting(each: Question) -> str:
        questions.append(each)
        return ask(each)

    found = sliced(farm, prepare(farm, subject, said, noting))
    if asked and not questions:
        remember(farm, asked, found.answer)
    return found


def _verify(farm: Farm, subject: str, said: Said, times: int) -> None:
    from farmctl.cli.asking import ask
    from farmctl.cli.views.slices import verified_line
    from farmctl.farm.slices.slicing import prepare, verified
    from farmctl.slicing.verify import Equality

    shown = verified(farm, prepare(farm, subject, said, ask), times)
    say(verified_line(shown))
    if shown.equality is Equality.DIFFERENT:
        raise typer.Exit(Exit.FAILED)
