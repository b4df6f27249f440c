"""Which worker may slice: no other than one with this farmctl, this Python and the pinned slicer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farmctl.ci.cluster.fitness import Build, Needed, Seen, unfit, without_farmctl
from farmctl.model.digest import digest_of

pytestmark = pytest.mark.pure

PINNED, OTHER = digest_of(b"pinned"), digest_of(b"other")
NEEDED = Needed("prusaslicer", PINNED)
HERE = Seen("0.1.0", "3.11")

builds = st.builds(
    Build,
    st.sampled_from(["prusaslicer", "orcaslicer"]),
    st.sampled_from(["2.5.0", "2.6.0"]),
    st.sampled_from([PINNED, OTHER]),
)
machines = st.builds(
    Seen,
    st.sampled_from(["0.1.0", "0.2.0"]),
    st.sampled_from(["3.11", "3.12"]),
    st.lists(builds, max_size=3).map(tuple),
)


@settings(deadline=None)
@given(machines)
def test_fit_is_who_has_all_of_it(seen: Seen) -> None:
    has_slicer = any((e.program, e.digest) == ("prusaslicer", PINNED) for e in seen.builds)
    has_versions = (seen.farmctl, seen.python) == (HERE.farmctl, HERE.python)
    why = unfit("tcp://w:1", seen, HERE, NEEDED)
    assert (why is None) == (has_slicer and has_versions)
    if why is not None:
        assert why.code == ("worker-other-slicer" if has_versions else "worker-other-versions")
        assert "worker tcp://w:1 is left out" in why.said
        assert why.mend


def test_it_says_what_is_there_and_what_is_pinned() -> None:
    two = (Build("prusaslicer", "2.6.0", OTHER), Build("orcaslicer", "2.0", PINNED))
    why = unfit("w", Seen("0.1.0", "3.11", two), HERE, NEEDED)
    assert why is not None
    assert why.message == (
        f"it has prusaslicer 2.6.0 ({OTHER[:19]}…), pinned is {PINNED[:19]}…"
    )  # fmt: skip
    none = unfit("w", Seen("0.1.0", "3.11", two[1:]), HERE, NEEDED)
    assert none is not None
    assert none.message == f"it has no prusaslicer, pinned is {PINNED[:19]}…"
    other = unfit("w", Seen("0.0.9", "3.12", two), HERE, NEEDED)
    assert other is not None
    assert other.message == (
        "it has farmctl 0.0.9 and Python 3.12, here it is farmctl 0.1.0 and Python 3.11"
    )


def test_who_cannot_tell_is_named_with_what_came_instead() -> None:
    why = without_farmctl("w", "ModuleNotFoundError: No module named 'farmctl'")
    assert why.code == "worker-without-farmctl"
    assert "No module named 'farmctl'" in why.said
    assert "pip install" in why.mend
