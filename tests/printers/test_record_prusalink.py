"""The recorded exchanges are what the real PrusaLink still answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.printers.record_prusalink import FOLDER, main
from tests.printers.recorded import body


@pytest.mark.server
@pytest.mark.slow
def test_recording_again_gives_the_same_exchanges(tmp_path: Path) -> None:
    main(tmp_path)
    recorded = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == recorded


@pytest.mark.pure
def test_the_identity_outlives_a_restart() -> None:
    assert body("prusalink", "info")["serial"] == body("prusalink", "info-after-restart")["serial"]


@pytest.mark.pure
@pytest.mark.parametrize("ended", ["finished", "stopped", "reset"])
def test_an_ended_job_shows_without_its_number(ended: str) -> None:
    status = body("prusalink", f"status-{ended}")
    assert status["printer"]["state"] == ("FINISHED" if ended == "finished" else "STOPPED")
    assert "job" not in status
