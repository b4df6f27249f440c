"""Write the pages of `docs/` that are made from the code: python -m scripts.docs."""

from __future__ import annotations

import sys

from scripts.docs.pages import PAGES, ROOT


def main() -> int:
    """Write each page that is not as it should be, and name it."""
    for path, made in PAGES.items():
        page, text = ROOT / path, made()
        if not page.exists() or page.read_text() != text:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
            sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
