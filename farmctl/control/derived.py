"""What was made from what, as facts: a model's clean mesh, a plate's 3MF and g-code."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.artifacts.kinds import Kind
from farmctl.artifacts.store import ArtifactStore
from farmctl.model.digest import Digest
from farmctl.model.events.plans import (
    ArtifactDerived,
    ArtifactStored,
    ModelChecked,
    ModelFinding,
)
from farmctl.slicing.record import SliceRecord

CLEANED_BY = "farmctl clean-mesh 1"


def check(raw: bytes, name: str, model: str) -> tuple[ModelChecked, bytes | None]:
    """Return what preflight says of a model, and its clean mesh. Keeps nothing."""
    from farmctl.geometry.preflight import ingest  # noqa: PLC0415 - numpy, only when needed

    found = ingest(raw, name)
    mesh = found.report.mesh
    findings = tuple(
        ModelFinding(each.code, each.level.value, f"{each.what}: {each.mend}")
        for each in found.report.findings
        if each.level.value != "pass"
    )
    checked = ModelChecked(
        model=model,
        clean=mesh.digest if mesh else None,
        verdict=found.report.verdict.value,
        size_um=mesh.size_um if mesh else (),
        volume_mm3=mesh.volume_mm3 if mesh else 0,
        triangles=mesh.triangles if mesh else 0,
        findings=findings,
    )
    return checked, found.clean_mesh


def facts_of_model(
    raw: bytes, name: str, store: ArtifactStore
) -> tuple[ModelChecked, list[object]]:
    """Keep a model and its clean mesh; return what was found, and all the facts."""
    upload = store.put(raw)
    checked, mesh = check(raw, name, upload)
    facts: list[object] = [ArtifactStored(upload, _kind(name), len(raw))]
    if mesh is not None:
        clean = store.put(mesh)
        facts += [
            ArtifactStored(clean, Kind.CLEAN_MESH, len(mesh)),
            ArtifactDerived(clean, (upload,), CLEANED_BY),
        ]
    return checked, [*facts, checked]


def facts_of_settings(digest: str, text: bytes, store: ArtifactStore) -> Iterator[ArtifactStored]:
    """Keep complete settings; yield the fact where they are new."""
    if not store.has(Digest(digest)):
        store.put(text)
        yield ArtifactStored(digest, Kind.SETTINGS, len(text))


def facts_of_slice(made: SliceRecord, store: ArtifactStore) -> Iterator[object]:
    """Yield what a new slice stored, and what each of it was made from."""
    for digest, kind in ((made.plate, Kind.PLATE), (made.gcode, Kind.GCODE)):
        yield ArtifactStored(digest, kind, len(store.get(digest)))
    for child in sorted({edge.child for edge in made.edges}):
        edges = [edge for edge in made.edges if edge.child == child]
        parents = tuple(sorted({edge.parent for edge in edges}))
        tool = edges[0].tool
        yield ArtifactDerived(child, parents, f"{tool.name} {tool.version}")


def _kind(name: str) -> Kind:
    ending = name.rsplit(".", 1)[-1].lower()
    return {"3mf": Kind.MODEL_3MF, "obj": Kind.MODEL_OBJ}.get(ending, Kind.MODEL_STL)
