"""What preflight says of models, as people and programs read it."""

from __future__ import annotations

from collections.abc import Iterator

from farmctl.geometry.report import Level, MeshFacts, PreflightReport


def size_words(mesh: MeshFacts) -> str:
    """Return `84 × 60 × 22 mm`."""
    return " × ".join(f"{length / 1000:.4g}" for length in mesh.size_um) + " mm"


def headline(report: PreflightReport) -> str:
    """Return the one line of a model: `bracket.stl: watertight, 84 × 60 × 22 mm, one body`."""
    if report.mesh is None:
        return f"{report.name}: nothing in it can be printed"
    codes = {each.code for each in report.findings}
    surface = ["watertight"] if "watertight" in codes else []
    bodies = "one body" if report.mesh.bodies == 1 else f"{report.mesh.bodies} bodies"
    volume = f"{report.mesh.volume_mm3 / 1000:.1f} cm³"
    return f"{report.name}: {', '.join([*surface, size_words(report.mesh), volume, bodies])}"


def report_lines(report: PreflightReport, *, wide: bool = False) -> Iterator[str]:
    """Yield the verdict, the headline, and each finding that a person should know of."""
    yield f"{report.verdict.upper():<4}  {headline(report)}"
    for each in report.findings:
        if each.level is not Level.PASS:
            yield f"      {each.level}: {each.what}: {each.why}"
            yield f"            {each.mend}"
        elif wide or each.code == "fits":
            yield f"      {each.what}"


def report_item(report: PreflightReport) -> dict[str, object]:
    """Return a report as an item of a JSON list."""
    mesh = report.mesh
    return {
        "name": report.name,
        "model": report.upload,
        "verdict": report.verdict.value,
        "mesh": mesh.digest if mesh else None,
        "triangles": mesh.triangles if mesh else None,
        "bodies": mesh.bodies if mesh else None,
        "size_um": list(mesh.size_um) if mesh else None,
        "volume_mm3": mesh.volume_mm3 if mesh else None,
        "findings": [
            {
                "code": each.code,
                "level": each.level.value,
                "what": each.what,
                "why": each.why,
                "mend": each.mend,
            }
            for each in report.findings
        ],
    }
