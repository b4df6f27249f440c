"""Every Markdown page of the repository."""

from __future__ import annotations

from pathlib import Path

import farmctl

ROOT = Path(farmctl.__file__).parents[1]
PAGES = sorted(
    {
        path.relative_to(ROOT)
        for pattern in ("*.md", "*/README.md", "docs/**/*.md")
        for path in ROOT.glob(pattern)
    }
)
