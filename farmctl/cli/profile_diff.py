"""`farmctl profile diff`: what is different, as it comes out on each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from farmctl.cli.context import the_farm
from farmctl.cli.output import Form, FormOption, say, show, show_document
from farmctl.cli.profile_effective import RevOption
from farmctl.errors import Exit, UsageError

if TYPE_CHECKING:
    from farmctl.farm import Farm
    from farmctl.farm.profiles.comparing import Comparison
    from farmctl.farm.profiles.picking import Picked
    from farmctl.farm.profiles.shelf import Shelves


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("diff", epilog="Example: farmctl profile diff petg-0.4-standard")(diff)


def diff(
    ctx: typer.Context,
    one: Annotated[
        str | None,
        typer.Argument(metavar="[A]", help="NAME, NAME@VERSION, @draft, @canary, REV:NAME@…"),
    ] = None,
    other: Annotated[
        str | None, typer.Argument(metavar="[B]", help="The same [A against production].")
    ] = None,
    printer_class: Annotated[
        list[str] | None,
        typer.Option("--class", help="On this class alone; two versions of one: what it changes."),
    ] = None,
    slicer: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="OLD NEW", help="What another slicer changes: names, digests, paths."),
    ] = None,
    rev: RevOption = None,
    output: FormOption = Form.TABLE,
) -> None:
    """Show what really changes on each class, grouped by what it affects.

    One name alone means its draft against the version in production.
    With --slicer, or two versions of a class, no name means every profile.
    """
    from farmctl.cli.profile_draft import say_as_before
    from farmctl.cli.views.diagnostics import diagnostic_lines, is_wrong
    from farmctl.cli.views.differences import comparison_item, comparison_lines
    from farmctl.farm.profiles.shelf import Shelves

    farm = the_farm(ctx)
    asked = _Asked(one, other, printer_class or [], slicer)
    found = list(asked.comparisons(farm, Shelves(farm, rev)))
    if output in (Form.JSON, Form.YAML):
        items = [comparison_item(each) for each in found]
        show_document("farmctl.profile-diff/v1", {"items": items}, output)
    elif output is Form.NAME:
        show("\n".join(sorted({row.change.key for each in found for row in each.changes})))
    else:
        for each in found:
            (say if len(found) == 1 else show)(f"{each.profile}: {each.before} → {each.after}")
            show("\n".join(comparison_lines(each, wide=output is Form.WIDE)))
    findings = [each for comparison in found for each in comparison.findings]
    for line in diagnostic_lines(findings):
        say(line)
    say_as_before(sum(each.as_before for each in found))
    if is_wrong(findings):
        raise typer.Exit(Exit.INVALID)


class _Asked:
    """What the words of the command line mean together."""

    def __init__(
        self,
        one: str | None,
        other: str | None,
        classes: Sequence[str],
        slicer: tuple[str, str] | None,
    ) -> None:
        self._one = one
        self._other = other
        self._classes = classes
        self._slicer = slicer

    def comparisons(self, farm: Farm, shelves: Shelves) -> Sequence[Comparison]:
        """Return what is asked for. Raises UsageError for words that do not go together."""
        from farmctl.farm.profiles import comparing
        from farmctl.farm.profiles.catalogues import known_slicer

        if self._slicer is not None:
            if self._other or self._classes:
                raise UsageError("--slicer compares slicers only", "name one profile, or none")
            old, new = (known_slicer(farm, shelves, each) for each in self._slicer)
            return list(comparing.two_slicers(self._profiles(shelves, None), old, new))
        versions = self._two_of_one_class(shelves)
        if versions:
            name = versions[0].partition("@")[0]
            return list(comparing.two_classes(self._profiles(shelves, name), versions))
        if self._one is None:
            raise UsageError("which profile?", "farmctl profile diff NAME")
        return [comparing.two_versions(shelves, self._one, self._other, self._classes)]

    def _profiles(self, shelves: Shelves, printer_class: str | None) -> Sequence[Picked]:
        from farmctl.farm.profiles.comparing import all_in_use
        from farmctl.farm.profiles.picking import picked

        if self._one is None:
            return all_in_use(shelves.at(None), printer_class)
        return [picked(shelves, self._one)]

    def _two_of_one_class(self, shelves: Shelves) -> Sequence[str]:
        """Return two versions of one class, where they are what is asked for.

        `--class voron-350@3.0.0 voron-350@3.1.0` leaves the second where a profile would be named.
        """
        known = shelves.at(None).desired.profiles
        words = list(self._classes)
        positions = [self._one, self._other]
        last = next((each for each in reversed(positions) if each), "")
        name = last.partition("@")[0]
        if len(words) == 1 and name == words[0].partition("@")[0] and name not in known:
            words.append(last)
            if self._other == last:
                self._other = None
            else:
                self._one = None
        names = {each.partition("@")[0] for each in words}
        return words if len(words) == 2 and len(names) == 1 and not self._other else ()
