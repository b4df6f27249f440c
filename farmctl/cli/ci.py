"""`farmctl ci`: what a change does to prints, before it is merged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.ci_where import Backend, scheduler_of
from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.cli.progress import slicing_bar
from farmctl.errors import Exit, UsageError

if TYPE_CHECKING:
    from farmctl.farm import Farm

app = typer.Typer()


@app.command("ci", epilog="Example: farmctl ci --base origin/main --report report")
def ci(
    ctx: typer.Context,
    base: Annotated[
        str | None, typer.Option(help="Compare with this commit [where the branch began].")
    ] = None,
    rev: Annotated[
        str | None, typer.Option(help="Check a commit; without it, the files as they are.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=0, help="How many slices at once [every CPU].")] = 0,
    backend: Annotated[
        Backend, typer.Option(help="Slice in processes here, or on a Dask cluster.")
    ] = Backend.LOKY,
    scheduler: Annotated[
        str | None, typer.Option(help="Of the cluster, tcp://HOST:PORT.", show_default=False)
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            envvar="FARMCTL_CI_CACHE", help="Where slices are kept [ci in the ledger's folder]."
        ),
    ] = None,
    update_baselines: Annotated[
        bool, typer.Option("--update-baselines", help="Record what was measured as it should be.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="A folder for the reports [ci/report in the ledger's].")
    ] = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Slice golden models before and after a change, measure both, and say what is different.

    Writes report.md, report.html, report.json and junit.xml. Exit 1 where a figure is out of its
    bounds or a model does not slice; 3 where the farm's documents are wrong; 5 where a cluster
    does not slice. Its workers need no folder of the farm: `--backend dask --scheduler
    tcp://10.0.0.5:8786`.
    """
    from farmctl.ci.document import SCHEMA, document
    from farmctl.cli.views.ci import report_lines
    from farmctl.farm.golden.checking import Asked, checked
    from farmctl.farm.golden.reporting import write_reports
    from farmctl.farm.golden.slices import Slices, Where
    from farmctl.system.processes import usable_cpus

    if update_baselines and rev is not None:
        raise UsageError("baselines are files of the work tree", "leave out --rev, or check it out")
    address = scheduler_of(backend, scheduler, jobs)
    farm = the_farm(ctx)
    _refuse_invalid(farm, rev)
    where = Where(
        jobs or max(1, len(usable_cpus())),
        address,
        cache.expanduser().absolute() if cache else None,
    )
    with slicing_bar() as tell:
        found = checked(farm, Asked(base, rev, update_baselines, where), tell)
    folder = report.expanduser().absolute() if report else farm.state_folder / "ci" / "report"
    write_reports(found, folder, Slices(farm, where).workplace)
    if output in (Form.JSON, Form.YAML):
        show_document(SCHEMA, document(found), output)
    elif output is Form.NAME:
        show("\n".join(sorted({each.pair.after.model.name for each in found.results})))
    else:
        show("\n".join(report_lines(found, wide=output is Form.WIDE)))
    say(f"reports: {folder}")
    if not found.is_good:
        raise typer.Exit(Exit.FAILED)


def _refuse_invalid(farm: Farm, rev: str | None) -> None:
    """Show what is wrong with the documents, and end there: nothing is sliced of such a farm."""
    from farmctl.cli.views.diagnostics import counted, diagnostic_lines, is_wrong
    from farmctl.farm.check import everything_wrong

    with farm.repository() as repository:
        found = everything_wrong(farm, repository, rev)
    farm.documents.save(farm.disk, farm.state_folder)
    if is_wrong(found):
        show("\n".join(diagnostic_lines(found)))
        say(f"nothing sliced: {counted(found)}")
        raise typer.Exit(Exit.INVALID)
