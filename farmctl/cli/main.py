"""The entry point: one app, one error boundary."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from farmctl import __version__
from farmctl.cli.group import FarmGroup
from farmctl.cli.output import LogFormat
from farmctl.errors import Exit, FarmctlError
from farmctl.system.streams import hush_stdout

app = typer.Typer(
    name="farmctl",
    cls=FarmGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback(epilog="Example: farmctl init ~/farm && cd ~/farm && farmctl demo --help")
def farmctl(
    ctx: typer.Context,
    directory: Annotated[
        Path, typer.Option("-C", "--directory", help="The farm's folder.", show_default=False)
    ] = Path(),
    state: Annotated[
        Path | None,
        typer.Option("--state", envvar="FARMCTL_STATE", help="The ledger's folder [.farmctl]."),
    ] = None,
    log_format: Annotated[
        LogFormat, typer.Option("--log-format", help="What happens, on stderr: json is for logs.")
    ] = LogFormat.TEXT,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Run 3D printers from git: say what to make, see what will happen, know why it did."""
    if version:
        typer.echo(f"farmctl {__version__}")
        raise typer.Exit
    ctx.obj = (directory, state)
    ctx.meta["log_format"] = log_format


def main(args: Sequence[str] | None = None) -> None:
    """Run `farmctl`; every error ends here, as text and a documented exit code."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    try:
        app(args=None if args is None else list(args), prog_name="farmctl")
    except FarmctlError as error:
        show_error(error)
        sys.exit(error.exit)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(Exit.INTERRUPTED)
    except BrokenPipeError:
        hush_stdout()
        sys.exit(Exit.DONE)
    except Exception:  # noqa: BLE001 - the one boundary: whatever is left is a bug
        from farmctl.cli.bug import report

        sys.stderr.write(report())
        sys.exit(Exit.BUG)


def show_error(error: FarmctlError) -> None:
    """Print what is wrong and how to mend it, on stderr."""
    sys.stderr.write(f"error: {error.message}\n")
    if error.mend:
        sys.stderr.write(f"mend: {error.mend}\n")
