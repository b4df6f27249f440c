"""The recorded exchanges are what the real OctoPrint still answers, and what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmctl.printers.octoprint.seen import counts_of, identity_of
from tests.printers.record_octoprint import FOLDER, main
from tests.printers.recorded import body


@pytest.mark.server
@pytest.mark.slow
def test_recording_again_gives_the_same_exchanges(tmp_path: Path) -> None:
    main(tmp_path)
    recorded = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == recorded


@pytest.mark.pure
def test_the_identity_outlives_a_restart() -> None:
    assert identity_of(body("octoprint", "identity")) == "<machine-1>"
    assert body("octoprint", "identity-after-restart") == body("octoprint", "identity")


@pytest.mark.pure
def test_a_restart_shows_and_no_print_is_forgotten_by_it() -> None:
    fresh, printing, after = (
        counts_of({"stats": {**body("octoprint", name)["stats"], "created": 1795359515}})
        for name in ("counts-fresh", "counts-printing", "counts-after-restart")
    )
    assert fresh is not None
    assert printing is not None
    assert after is not None
    assert (fresh.prints, printing.prints, after.prints) == (0, 1, 4)
    assert fresh.boot == printing.boot == "1795359515/1"
    assert after.boot == "1795359515/2"
