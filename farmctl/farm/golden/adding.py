"""The golden models that farmctl brings, as documents of a farm that has its own profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from farmctl.control.subjects import unknown
from farmctl.errors import Refused
from farmctl.farm.edits import Edit
from farmctl.farm.founding.sample import sample_files
from farmctl.farm.parts import Farm
from farmctl.farmrepo.files import work_tree_files
from farmctl.farmrepo.layout import golden_path, lay_out
from farmctl.farmrepo.load import load
from farmctl.farmrepo.write import render
from farmctl.model.documents.golden import Bound, Expectations, Golden


def brought(farm: Farm) -> dict[str, Golden]:
    """Return the reference farm's golden models by name, bounded by change alone.

    Their ranges are those of the reference farm's profiles: other settings come to other figures.
    """
    files = sample_files(farm.disk)
    paths = {name: golden_path(name) for name in lay_out(files).golden_models}
    loaded = {name: load(Golden, files[path]).document for name, path in sorted(paths.items())}
    return {name: without_ranges(each) for name, each in loaded.items() if each is not None}


def without_ranges(golden: Golden) -> Golden:
    """Return a golden model of which figures may be anything, and may not change as before."""
    said = golden.expect
    bounds = {name: getattr(said, name) for name in Expectations.model_fields}
    kept: dict[str, object] = dict(_changes(bounds))
    if shares := _changes(said.share_percent):
        kept["share_percent"] = shares
    return golden.model_copy(update={"expect": Expectations.model_validate(kept)})


def _changes(bounds: Mapping[str, object]) -> dict[str, Bound]:
    bounded = {name: each for name, each in bounds.items() if isinstance(each, Bound)}
    return {name: Bound(change=each.change) for name, each in bounded.items() if each.change}


def adding(farm: Farm, names: Sequence[str]) -> Edit:
    """Return golden models as files to commit: those that are named, or all that are not there.

    Raises NoSuchThing for a name that farmctl brings not, Refused for one that is there.
    """
    models = brought(farm)
    with farm.repository() as repository:
        there = lay_out(work_tree_files(repository).entries).golden_models
    for name in names:
        if name not in models:
            raise unknown(name, "golden model that farmctl brings", models)
        if name in there:
            raise Refused(
                f"{there[name]} is there already",
                "farmctl ci measures it; farmctl golden list shows it",
            )
    wanted = [name for name in (names or models) if name not in there]
    files = {golden_path(name): render(models[name], golden_path(name)) for name in wanted}
    said = ", ".join(wanted) if len(wanted) <= 3 else f"{len(wanted)} that farmctl brings"
    return Edit(files, f"golden models: {said}")
