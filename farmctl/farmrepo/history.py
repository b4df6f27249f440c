"""What git remembers of released versions: a version is what it was when it was released.

`profile.yaml` holds a digest of each version's settings, and somebody may change both. So every
digest that a commit of the branch ever recorded for a version is compared with the one of now.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from farmctl.farmrepo.cache import DocumentCache
from farmctl.farmrepo.faults import Fault
from farmctl.farmrepo.layout import folder_of, settings_path
from farmctl.farmrepo.load import load
from farmctl.farmrepo.repository import Repository
from farmctl.model.diagnostics import Severity
from farmctl.model.documents.common import Version
from farmctl.model.documents.printer_class import PrinterClass
from farmctl.model.documents.profile import Profile

PROFILES = "profiles"
_MARK = "commit "
_SHA256 = r'sha256: "([0-9a-f]{64})"'
_ENTRY = re.compile(
    r"  ((?:\d+\.){2}\d+):"
    rf"(?: \{{{_SHA256}, state: [a-z]+(?:, notes: [^\n]*)?\}}"
    rf"|\n    {_SHA256}\n    state: [a-z]+(?:\n    notes: [^\n]*)?)\n"
)


class Recorded(Struct, frozen=True):
    """A digest that a commit recorded for a version, as 64 digits."""

    commit: str
    sha256: str


class History(Struct, frozen=True):
    """What the commits up to a revision recorded.

    Args:
        recorded: By document and version, the newest first.
        begins: The commits where a shallow clone begins: nothing before them is known.
    """

    recorded: Mapping[tuple[str, str], tuple[Recorded, ...]]
    begins: tuple[str, ...] = ()


def history_of(
    repository: Repository, commit: str, documents: Collection[str], cache: DocumentCache
) -> History:
    """Return what was ever recorded in these documents. Raises GitFailed.

    Args:
        repository: Where.
        commit: The newest commit that counts.
        documents: Paths of `profile.yaml` and `class.yaml`.
        cache: What was read of the same bytes before.
    """
    found: dict[tuple[str, str], list[Recorded]] = defaultdict(list)
    if documents:
        for at, path, blob in _changes(repository, commit, documents):
            for version, sha256 in _versions(repository, path, blob, cache).items():
                found[path, version].append(Recorded(at, sha256))
    recorded = {key: tuple(each) for key, each in found.items()}
    return History(recorded, _begins(repository))


def _changes(
    repository: Repository, commit: str, documents: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield commit, path and blob of every change, also of those that merges brought in."""
    listed = repository.ask(
        *("log", "--full-history", "--date-order", "-m", "--raw", "--no-abbrev", "--no-renames"),
        *(f"--format={_MARK}%H", "--end-of-options", commit, "--", *sorted(documents)),
    )
    at = ""
    for line in listed.split("\n"):
        if line.startswith(_MARK):
            at = line.removeprefix(_MARK)
        elif line.startswith(":"):
            about, _, path = line.partition("\t")
            mode, blob = about.split(" ")[1], about.split(" ")[3]
            if mode.startswith("100"):
                yield at, path, blob


def _versions(
    repository: Repository, path: str, blob: str, cache: DocumentCache
) -> Mapping[str, str]:
    """Return the versions that a document listed; none where it could not be read."""
    raw = repository.read(blob)
    listed = _as_we_write(raw.decode("utf-8", "replace"))
    if listed is not None:
        return listed
    model: type[Profile | PrinterClass] = (
        Profile if path.endswith("/profile.yaml") else PrinterClass
    )
    known: Profile | PrinterClass | None = cache.document(model, blob)
    if known is None:
        loaded = load(model, raw)
        known = loaded.document
        if known is not None:
            cache.remember(known, blob, loaded.parsed.value)
    return {version: said.sha256 for version, said in known.versions.items()} if known else {}


def _as_we_write(text: str) -> Mapping[str, str] | None:
    """Return the versions of a document as farmctl writes it; None for any other form.

    A history has many of them, and each lists all versions before: YAML would take minutes.
    """
    if text.count("versions:") != 1:
        return None
    section = text.partition("\nversions:\n")[2]
    found, at = {}, 0
    while entry := _ENTRY.match(section, at):
        found[entry[1]] = entry[2] or entry[3]
        at = entry.end()
    return None if not found or section.startswith((" ", "#"), at) else found


def _begins(repository: Repository) -> tuple[str, ...]:
    """Return the commits whose parents a shallow clone left out."""
    place = repository.ask("rev-parse", "--git-path", "shallow")
    try:
        raw = repository.disk.read(repository.top / place)
    except FileNotFoundError:
        return ()
    return tuple(sorted(raw.decode("ascii", "replace").split()))


def history_faults(
    repository: Repository, history: History, now: Mapping[str, Mapping[str, Version]]
) -> Iterator[Fault]:
    """Yield versions that are not what was released, and a note where history is not all there.

    A change that was taken back is none; what was released twice with other settings is one.

    Args:
        repository: Tells which commit is in the past of which.
        history: What was recorded.
        now: The versions of now by document.
    """
    for path, versions in sorted(now.items()):
        for version, said in versions.items():
            recorded = history.recorded.get((path, version), ())
            other = _other(repository, recorded, said.sha256)
            if other is not None:
                yield _rewritten(path, version, other, _since(recorded, said.sha256))
    if history.begins and now:
        first = history.begins[0][:12]
        message = f"this clone's history begins at {first}: releases before are not compared"
        mend = "git fetch --unshallow (in CI: fetch the whole history)"
        yield Fault(PROFILES, "history-shallow", message, mend, severity=Severity.NOTE)


def _other(repository: Repository, recorded: tuple[Recorded, ...], sha256: str) -> Recorded | None:
    """Return the oldest record of something else that was not a mistake taken back since."""
    same = [each.commit for each in recorded if each.sha256 == sha256]
    for each in reversed(recorded):
        if each.sha256 != sha256 and not any(
            each.commit != before and repository.is_ancestor(before, each.commit) for before in same
        ):
            return each
    return None


def _since(recorded: tuple[Recorded, ...], sha256: str) -> str | None:
    """Return the commit that recorded a digest first; None when no commit has."""
    same = [each.commit for each in recorded if each.sha256 == sha256]
    return same[-1] if same else None


def _rewritten(path: str, version: str, other: Recorded, since: str | None) -> Fault:
    settings = settings_path(path, version)
    name = folder_of(path).rpartition("/")[2]
    before = f"commit {other.commit[:12]} released {name}@{version} as {other.sha256[:12]}…"
    now = f"commit {since[:12]} says" if since else "the files say"
    return Fault(
        path,
        "release-rewritten",
        f"{before}, {now} something else",
        f"put both back (git checkout {other.commit[:12]} -- {settings} {path}), "
        "and release the change as a new version",
        ("versions", version, "sha256"),
    )
