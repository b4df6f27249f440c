"""`farmctl clear`: the bed is empty, and how the parts are. One gesture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import is_terminal, say
from farmctl.errors import Refused, UsageError

if TYPE_CHECKING:
    from farmctl.control.verdicts import Word
    from farmctl.farm import Farm
    from farmctl.ledger.state import State
    from farmctl.model.ids import PrinterName, RunId

app = typer.Typer()


@app.command("clear", epilog="Example: farmctl clear voron-1 --failed P02 --reason first_layer")
def clear(
    ctx: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(metavar="PRINTER… [ITEM…]", help="Printers; after --failed, bad parts too."),
    ],
    ok: Annotated[bool, typer.Option("--ok", help="All parts are good.")] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="Parts are bad: those named, or all.")
    ] = False,
    later: Annotated[
        bool, typer.Option("--later", help="How the parts are is said later.")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Why they are bad: first_layer, …")] = None,
) -> None:
    """Say that a bed is empty, and how the parts are."""
    from farmctl.cli.views.floor import cleared
    from farmctl.control.subjects import printer_named
    from farmctl.control.verdicts import clear_bed
    from farmctl.farm.acting.verbs import say as tell

    if ok + failed + later > 1:
        raise UsageError("--ok, --failed and --later exclude each other", "keep one of them")
    if reason and not failed:
        raise UsageError("a reason is for parts that failed", "add --failed")
    farm = the_farm(ctx)
    printers, items = _split(farm, names) if failed else (names, [])
    words = {name: _word(ok, failed, items, reason) for name in printers}
    seen: dict[str, RunId | None] = {}
    if is_terminal() and not (ok or failed or later):
        looked = tell(farm, lambda _: [], printers).after
        for name in printers:
            words[name], seen[name] = _ask(looked, printer_named(looked, name))

    def cleared_facts(state: State) -> list[object]:
        facts: list[object] = []
        for name in printers:
            printer = printer_named(state, name)
            if name in seen and state.printers[printer].bed_run != seen[name]:
                raise Refused(f"what lies on {name} has changed meanwhile", "farmctl status")
            facts += clear_bed(state, printer, words[name])
        return facts

    said = tell(farm, cleared_facts, printers)
    for name in printers:
        say(cleared(said.before, said.after, printer_named(said.after, name)))
    if not said.has_loop:
        say("no loop is running; go on with: farmctl apply")


def _split(farm: Farm, names: list[str]) -> tuple[list[str], list[str]]:
    """Tell printers from the parts that failed on the one of them."""
    known = farm.view().state.printers
    printers = [each for each in names if each in known] or names[:1]
    items = [each for each in names if each not in printers]
    if items and len(printers) > 1:
        raise UsageError(
            "parts are named for one printer at a time", f"farmctl clear {printers[0]}"
        )
    return printers, items


def _word(ok: bool, failed: bool, items: list[str], reason: str | None) -> Word | None:
    from farmctl.control.verdicts import Word
    from farmctl.model.states import Verdict

    if ok:
        return Word(Verdict.SUCCESS)
    if failed:
        return Word(Verdict.FAILED, tuple(items), reason, others=Verdict.SUCCESS if items else None)
    return None


def _ask(state: State, printer: PrinterName) -> tuple[Word | None, RunId | None]:
    """Ask how the parts are that lay there, and return that with the print they are of."""
    from farmctl.cli.asking import ask
    from farmctl.cli.views.floor import on_the_bed, parts_on
    from farmctl.farm.questions import Question
    from farmctl.model.reasons import RUN_REASONS

    run = state.printers[printer].bed_run
    there = on_the_bed(state, printer)
    if run is None or there is None:
        return None, run
    say(f"on {printer}: {there}")
    if typer.confirm("All good?", default=True, err=True):
        return _word(True, False, [], None), run
    say("  ".join(f"{label} {instance}" for label, instance in parts_on(state, run)))
    bad = typer.prompt("Which are bad? (P01 P02 …)", "all", err=True)
    reason = ask(Question("Why?", "--reason", ("none", *sorted(RUN_REASONS)), "none"))
    items = [] if bad == "all" else bad.replace(",", " ").split()
    return _word(False, True, items, None if reason == "none" else reason), run
