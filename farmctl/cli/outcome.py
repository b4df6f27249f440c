"""`farmctl outcome`: how the parts of a print are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import say
from farmctl.errors import UsageError

if TYPE_CHECKING:
    from farmctl.control.verdicts import Word
    from farmctl.farm import Farm
    from farmctl.ledger.state import State

app = typer.Typer()
_VERDICTS = ("success", "failed", "unknown", "skipped")


@app.command("outcome", epilog="Example: farmctl outcome run-17 P02 failed --reason adhesion")
def outcome(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN|PRINTER", help="Which print.")],
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[ITEM…] success|failed|unknown|skipped", help="Parts, then how they are."
        ),
    ],
    reason: Annotated[str | None, typer.Option(help="Why they failed: first_layer, …")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All its parts.")] = False,
    note: Annotated[str | None, typer.Option(help="A remark, kept beside the verdict.")] = None,
    photo: Annotated[Path | None, typer.Option(help="A picture, kept beside it.")] = None,
    quality: Annotated[int | None, typer.Option(help="1 to 5; 5 is the best.")] = None,
) -> None:
    """Say how the parts of a print are. A verdict may change, also back."""
    from farmctl.cli.views.floor import judged
    from farmctl.control.subjects import run_named
    from farmctl.control.verdicts import Word, judge
    from farmctl.farm.acting.verbs import say as tell
    from farmctl.model.states import Verdict

    *parts, verdict = words
    if verdict not in _VERDICTS:
        raise UsageError(f"`{verdict}` is no verdict", f"end with one of {', '.join(_VERDICTS)}")
    if parts and everything:
        raise UsageError("parts are named, and --all too", "keep one of them")
    farm = the_farm(ctx)
    facts, word = _kept(farm, Word(Verdict(verdict), tuple(parts), reason, quality), note, photo)

    def said_of(state: State) -> list[object]:
        named = run_named(state, run)
        fact = judge(state, named, word, by="person")
        _check_parts(state, named, parts, everything=everything)
        return [*facts, fact]

    said = tell(farm, said_of)
    name = run_named(said.before, run)
    plate = said.before.plates[said.before.runs[name].queued.plate]
    say(f"{name}: {judged(said.after, name, plate)}")


def _check_parts(state: State, run: str, parts: list[str], *, everything: bool) -> None:
    from farmctl.cli.views.floor import parts_on
    from farmctl.model.ids import RunId

    there = parts_on(state, RunId(run))
    if not parts and not everything and len(there) > 1:
        names = ", ".join(label for label, _ in there)
        raise UsageError(f"{run} has {len(there)} parts: {names}", "name some of them, or --all")


def _kept(
    farm: Farm, word: Word, note: str | None, photo: Path | None
) -> tuple[list[object], Word]:
    """Keep note and photo as artifacts; return the facts, and the word that names them."""
    from msgspec.structs import replace

    from farmctl.artifacts.kinds import Kind
    from farmctl.model.events.plans import ArtifactStored

    facts: list[object] = []
    if note is not None:
        digest = farm.store.put(note.encode())
        facts.append(ArtifactStored(digest, Kind.NOTE, len(note.encode())))
        word = replace(word, note=digest)
    if photo is not None:
        picture = _picture(farm, photo)
        digest = farm.store.put(picture)
        facts.append(ArtifactStored(digest, Kind.PHOTO, len(picture)))
        word = replace(word, photo=digest)
    return facts, word


def _picture(farm: Farm, photo: Path) -> bytes:
    try:
        return farm.disk.read(photo.absolute())
    except OSError as error:
        raise UsageError(f"{photo} cannot be read: {error.strerror}", "name a picture") from None
