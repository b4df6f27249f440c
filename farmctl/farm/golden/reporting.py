"""The reports of `farmctl ci` as files in a folder."""

from __future__ import annotations

import json
from pathlib import Path

from farmctl.ci.document import SCHEMA, document
from farmctl.ci.junit import junit
from farmctl.ci.markdown import markdown
from farmctl.ci.report import Report
from farmctl.farm.parts import Farm


def write_reports(farm: Farm, report: Report, folder: Path) -> None:
    """Write the report in every form."""
    body = json.dumps({"schema": SCHEMA, **document(report)}, ensure_ascii=False, indent=1)
    files = {
        "report.json": f"{body}\n".encode(),
        "report.md": markdown(report).encode(),
        "junit.xml": junit(report),
    }
    for name, raw in files.items():
        farm.disk.replace(folder / name, raw, durable=False)
