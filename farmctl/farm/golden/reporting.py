"""The reports of `farmctl ci` as files in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from farmctl.artifacts.store import DamagedArtifact, MissingArtifact
from farmctl.ci.cases import Key
from farmctl.ci.document import SCHEMA, document
from farmctl.ci.junit import junit
from farmctl.ci.layer_view import LayerView, Line, lines_at, telling_layer
from farmctl.ci.markdown import markdown
from farmctl.ci.page import page
from farmctl.ci.report import Report, Result
from farmctl.ci.trouble import kept_in
from farmctl.ci.workplace import Workplace
from farmctl.model.codec import Undecodable, decode, encode
from farmctl.model.digest import Digest, hexdigits

MOST_VIEWS = 8
"""For how many results a layer is drawn: those that changed most."""


def write_reports(report: Report, folder: Path, workplace: Workplace) -> None:
    """Write the report in every form, with layers of the slices there. Raises FolderFailed."""
    with kept_in(workplace.folder):
        views = dict(_views(workplace, report))
    body = json.dumps({"schema": SCHEMA, **document(report)}, ensure_ascii=False, indent=1)
    files = {
        "report.json": f"{body}\n".encode(),
        "report.md": markdown(report).encode(),
        "report.html": page(report, views).encode(),
        "junit.xml": junit(report),
    }
    with kept_in(folder):
        for name, raw in files.items():
            workplace.disk.replace(folder / name, raw, durable=False)


def _views(workplace: Workplace, report: Report) -> Iterator[tuple[Key, LayerView]]:
    """Yield a layer of the results that changed most; one whose g-code is gone has none."""
    layers = _Layers(workplace)
    for each in report.results[:MOST_VIEWS]:
        view = _view(layers, each)
        if view is not None:
            yield each.pair.after.key, view


def _view(layers: _Layers, result: Result) -> LayerView | None:
    z_um = telling_layer(result)
    before = result.before.gcode if result.before else None
    if z_um is None or before is None or result.after.gcode is None:
        return None
    try:
        return LayerView(z_um, layers.at(before, z_um), layers.at(result.after.gcode, z_um))
    except (MissingArtifact, DamagedArtifact):
        return None


class _Layers:
    """Layers of g-code that were drawn before, and those that are drawn now."""

    def __init__(self, workplace: Workplace) -> None:
        self._disk = workplace.disk
        self._folder = workplace.folder
        self._store = workplace.store

    def at(self, gcode: Digest, z_um: int) -> tuple[Line, ...]:
        """Return the lines of a layer. Raises MissingArtifact, DamagedArtifact."""
        place = self._folder / "layers" / f"{hexdigits(gcode)}-{z_um}.json"
        try:
            return decode(tuple[Line, ...], json.loads(self._disk.read(place)))
        except (FileNotFoundError, NotADirectoryError, ValueError, Undecodable):
            made = lines_at(self._store.get(gcode), z_um)
            raw = json.dumps(encode(made), separators=(",", ":")).encode()
            self._disk.replace(place, raw, durable=False)
            return made
