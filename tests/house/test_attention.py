"""The closed list of what needs a person is as long as what the farm ever says."""

from __future__ import annotations

from pathlib import Path

import pytest

import farmctl
from farmctl.model.attention import ATTENTION_KINDS

pytestmark = pytest.mark.pure

PACKAGE = Path(farmctl.__file__).parent
DECIDING = [
    path.read_text()
    for room in ("control", "model", "planning", "policy")
    for path in sorted((PACKAGE / room).rglob("*.py"))
    if path != PACKAGE / "model/attention.py"
]


@pytest.mark.parametrize("kind", sorted(ATTENTION_KINDS))
def test_every_kind_is_opened_by_some_decision(kind: str) -> None:
    written = (f'"{kind}"', f'"rule/{kind}"')
    assert any(each in text for text in DECIDING for each in written)
