"""Every kind of artifact has a media type."""

from __future__ import annotations

import pytest

from farmctl.artifacts.kinds import Kind

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_media_type(kind: Kind) -> None:
    family, _, subtype = kind.media_type.partition("/")
    assert family in {"model", "text", "image", "application"}
    assert subtype
