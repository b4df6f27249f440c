"""The golden models of a farm, and the figures that they came to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from farmctl.farmrepo.check_golden import (
    Around,
    check_baseline,
    check_golden,
    unreadable_baseline,
)
from farmctl.farmrepo.files import SYMLINK
from farmctl.farmrepo.layout import Layout, folder_of, profile_path
from farmctl.farmrepo.reading import Reading
from farmctl.farmrepo.snapshot import ProfileFiles
from farmctl.model.baseline import Baseline, read_baseline
from farmctl.model.codec import Undecodable
from farmctl.model.documents.golden import Golden
from farmctl.model.drafts import DRAFT


def read_golden(
    reading: Reading,
    layout: Layout,
    profiles: Mapping[str, ProfileFiles],
    classes: Collection[str],
) -> dict[str, Golden]:
    """Return the golden models by name; what is wrong with them is noted."""
    documents = {name: each.document for name, each in profiles.items()}
    around = Around(documents, classes, reading.files.entries, reading.digest)
    found = {}
    for name, path in layout.golden_models.items():
        document = reading.document(Golden, path)
        if document:
            found[name] = document
            reading.take(check_golden(path, document, name, around))
    return found


def read_baselines(
    reading: Reading, layout: Layout, profiles: Mapping[str, ProfileFiles]
) -> dict[tuple[str, str], Baseline]:
    """Return the figures by profile and version; what is wrong with them is noted."""
    versions = {
        name: {*each.document.versions, *_drafts(layout, name)} for name, each in profiles.items()
    }
    found = {}
    for place, path in layout.baselines.items():
        if reading.files.entries[path].mode == SYMLINK:
            continue
        try:
            found[place] = read_baseline(reading.files.read(path))
        except Undecodable as error:
            reading.take([unreadable_baseline(path, error.message)])
            continue
        reading.take(check_baseline(path, found[place], place, versions))
    return found


def _drafts(layout: Layout, profile: str) -> frozenset[str]:
    beside = layout.settings.get(folder_of(profile_path(profile)), frozenset())
    return beside & {DRAFT}
