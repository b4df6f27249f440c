"""What may not lie in a farm's repository, whatever it is called."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from farmctl.farmrepo.faults import Fault
from farmctl.farmrepo.files import SUBMODULE, SYMLINK, Entry
from farmctl.farmrepo.layout import FARM, FOLDERS, Layout, lay_out
from farmctl.model.diagnostics import Severity

_ESCAPE = re.compile(r"(?:^|/)(?:\.|\.\.|\.git)(?:/|$)", re.IGNORECASE | re.MULTILINE)
_NO_FILES = frozenset({SYMLINK, SUBMODULE})
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def check_tree(entries: Mapping[str, Entry], layout: Layout) -> Iterator[Fault]:
    """Yield links, submodules, paths that leave the farm, clashes and misplaced documents."""
    for path, entry in entries.items():
        if entry.mode in _NO_FILES:
            yield _no_file(path, entry.mode)
    listed = "\n".join(entries)  # looked through at once: a farm may have 100,000 files
    if _ESCAPE.search(listed):
        yield from _escapes(entries)
    if listed != listed.casefold():
        yield from _clashes(entries)
    for path in layout.misplaced:
        yield _misplaced(path)


def _escapes(entries: Mapping[str, Entry]) -> Iterator[Fault]:
    for path in filter(_ESCAPE.search, entries):
        yield Fault(
            printable(path),
            "leaves-the-farm",
            "the path leads out of the farm",
            "remove it from the repository, and find out who put it there",
        )


def _no_file(path: str, mode: str) -> Fault:
    is_link = mode == SYMLINK
    what = "symbolic link" if is_link else "submodule"
    is_ours = path == FARM or path.partition("/")[0] in FOLDERS
    return Fault(
        printable(path),
        "symlink" if is_link else "submodule",
        f"a {what} is not followed",
        "put the file itself there",
        severity=Severity.ERROR if is_ours else Severity.WARNING,
    )


def _clashes(entries: Mapping[str, Entry]) -> Iterator[Fault]:
    spellings = defaultdict(list)
    for path in sorted(entries):
        spellings[path.casefold()].append(path)
    for first, *others in spellings.values():
        for other in others:
            yield Fault(
                printable(other),
                "case-clash",
                f"differs from {printable(first)} only in capital letters",
                "rename one: some file systems take them for one file",
                severity=Severity.WARNING,
            )


def _misplaced(path: str) -> Fault:
    renamed = re.sub(r"\.ya?ml$", ".yaml", path, flags=re.IGNORECASE)
    is_read_there = renamed == FARM or renamed not in lay_out([renamed]).misplaced
    mend = f"rename it to {renamed}" if is_read_there else "see `farmctl schema` for where"
    return Fault(printable(path), "misplaced", "nothing reads a document here", mend)


def printable(path: str) -> str:
    """Return a path as it may be shown: without control characters or broken letters."""
    return "".join(each if each.isprintable() else f"\\x{ord(each) & 0xFF:02x}" for each in path)


def is_lfs_pointer(raw: bytes) -> bool:
    """Return whether these bytes only name a file that Git LFS keeps elsewhere."""
    return raw.startswith(_LFS_POINTER)
