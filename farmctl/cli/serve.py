"""`farmctl sim serve`: simulated printers on loopback, for whatever speaks to a Moonraker."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.output import Form, FormOption, say, show, show_document, table
from farmctl.errors import UsageError

if TYPE_CHECKING:
    from farmctl.soak.serving import Served

_LISTED = 12
_FILES_EACH = 8  # a socket that listens, a websocket, and connections of those who look
_FILES_BESIDE = 100


def serve(
    printers: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 1,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Of the first, the others follow; 0: any free.")
    ] = 7125,
    speedup: Annotated[
        int, typer.Option(min=1, max=100_000, help="Printer seconds in a second.")
    ] = 1,
    output: FormOption = Form.TABLE,
) -> None:
    """Serve simulated Moonraker printers on this computer, until Ctrl-C.

    Each is at a port of its own and begins idle, its bed clear, without files.
    Nothing is kept: what they printed is forgotten when they end.
    """
    with suppress(asyncio.CancelledError):
        asyncio.run(_serve(printers, port, speedup, output))


async def _serve(count: int, port: int, speedup: int, form: Form) -> None:
    from farmctl.soak.serving import serving
    from farmctl.system.descriptors import allow_open_files
    from farmctl.system.stopping import stop_when_told

    needed = count * _FILES_EACH + _FILES_BESIDE
    allowed = allow_open_files(needed)
    if allowed < needed:
        raise UsageError(
            f"{count} printers need {needed} open files, and {allowed} are allowed here",
            f"fewer printers, or let more be open: ulimit -Hn {needed}",
        )
    stop_when_told()
    async with serving(count, port=port, speedup=speedup) as served:
        _tell(served, form)
        say("serving; Ctrl-C ends it")
        await asyncio.Event().wait()


def _tell(served: Sequence[Served], form: Form) -> None:
    """Say where they are, at once also in a pipe: somebody waits for it."""
    if form in (Form.JSON, Form.YAML):
        items = [
            {"name": each.name, "url": each.url, "identity": each.printer.machine.serial}
            for each in served
        ]
        show_document("farmctl.served/v1", {"items": items}, form)
    elif form is Form.NAME:
        show("\n".join(each.url for each in served))
    else:
        rows = [[each.name, each.url] for each in served]
        if len(rows) > _LISTED and form is not Form.WIDE:
            rows = [rows[0], ["…", f"{len(rows) - 2} more"], rows[-1]]
        show(table(["PRINTER", "URL"], rows))
    sys.stdout.flush()
