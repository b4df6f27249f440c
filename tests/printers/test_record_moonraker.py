"""The recorded exchanges are what the real servers still answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.printers.record_moonraker import FOLDER, main
from tests.printers.recorded import body


@pytest.mark.server
@pytest.mark.slow
def test_recording_again_gives_the_same_exchanges(tmp_path: Path) -> None:
    main(tmp_path)
    recorded = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == recorded


@pytest.mark.pure
def test_the_identity_outlives_restarts_of_klipper_and_of_moonraker() -> None:
    first = body("moonraker", "identity")
    assert first["result"]["value"] == "<instance-1>"
    assert body("moonraker", "identity-after-klipper-restart") == first
    assert body("moonraker", "identity-after-moonraker-restart") == first
