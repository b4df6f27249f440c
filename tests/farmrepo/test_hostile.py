"""A repository made to do harm: nothing of it runs, nothing leads out, and it is named."""

from __future__ import annotations

from typing import Any

import pytest

from farmctl.farmrepo.cache import DocumentCache
from farmctl.farmrepo.collect import Wanted
from farmctl.farmrepo.read import read_revision, read_worktree
from farmctl.model.diagnostics import Severity

ORDER = """schema: order/v1
id: ord-1
created: 2026-11-21T10:00:00Z
items:
  - name: part
    model: {path: models/part.stl, sha256: %s}
    quantity: 1
    filaments: [{material: PLA, color: red}]
"""
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 1234\n"


def named(clone: Any) -> list[tuple[str, str, Severity]]:
    found = read_revision(clone.top, "HEAD", DocumentCache()).diagnostics.all
    return [(each.where, each.code, each.severity) for each in found if each.code != "no-farm"]


def plant(clone: Any, *entries: tuple[str, str, str]) -> None:
    """Commit a tree of (mode, object, path), also one that git itself would not make."""
    rows = "".join(
        f"{mode} {'commit' if mode == '160000' else 'tree' if mode == '040000' else 'blob'} {oid}\t{path}\n"
        for mode, oid, path in entries
    )
    tree = clone.git("mktree", "--missing", stdin=rows.encode())
    commit = clone.git("commit-tree", tree, "-m", "planted")
    clone.git("update-ref", "refs/heads/main", commit)


def blob(clone: Any, text: str) -> str:
    return str(clone.git("hash-object", "-w", "--stdin", stdin=text.encode()))


def tree(clone: Any, mode: str, oid: str, name: str) -> str:
    kind = "tree" if mode == "040000" else "blob"
    return str(clone.git("mktree", stdin=f"{mode} {kind} {oid}\t{name}\n".encode()))


@pytest.mark.parametrize(
    "path", ["farm.yaml", "orders/ord-1.yaml", "models/part.stl", "policies/x.yaml"]
)
def test_a_symbolic_link_is_not_followed(clone: Any, path: str) -> None:
    place = clone.top / path
    place.parent.mkdir(exist_ok=True)
    place.symlink_to("/etc/passwd")
    clone.commit()
    assert named(clone) == [(path, "symlink", Severity.ERROR)]
    assert read_revision(clone.top, "HEAD", DocumentCache()).orders == {}


def test_a_link_outside_the_farms_folders_is_only_warned_of(clone: Any) -> None:
    (clone.top / "docs").symlink_to("/etc")
    clone.commit()
    assert named(clone) == [("docs", "symlink", Severity.WARNING)]


def test_an_ordered_model_that_is_a_link_stops_the_order(clone: Any) -> None:
    clone.write("orders/ord-1.yaml", ORDER % ("a" * 64))
    (clone.top / "models").mkdir()
    (clone.top / "models/part.stl").symlink_to("/etc/passwd")
    clone.commit()
    found = read_revision(clone.top, "HEAD", DocumentCache()).diagnostics
    assert [(each.where, each.code) for each in found.of_orders["ord-1"]] == [
        ("orders/ord-1.yaml:6:19", "symlink")
    ]


def test_the_work_tree_is_read_without_following_links_or_folders(
    clone: Any, opened: Any, new_clone: Any
) -> None:
    clone.write("README.md", "x\n")
    clone.commit()
    (clone.top / "farm.yaml").symlink_to("/etc/passwd")
    (clone.top / "orders").symlink_to("/etc")
    new_clone("farm/models")
    found = read_worktree(opened(clone), DocumentCache(), Wanted()).diagnostics.all
    assert [(each.where, each.code) for each in found] == [
        ("farm.yaml", "symlink"),
        ("models/", "submodule"),
        ("orders", "symlink"),
    ]


def test_a_submodule_is_named_and_not_entered(clone: Any) -> None:
    plant(clone, ("160000", "1" * 40, "models"))
    assert named(clone) == [("models", "submodule", Severity.ERROR)]


def test_a_pointer_of_git_lfs_is_named(clone: Any) -> None:
    clone.write("orders/ord-1.yaml", ORDER % ("a" * 64))
    clone.write("models/part.stl", POINTER)
    clone.commit()
    found = read_revision(clone.top, "HEAD", DocumentCache()).diagnostics
    fault = found.of_orders["ord-1"][0]
    assert (fault.where, fault.code) == ("orders/ord-1.yaml:6:19", "lfs-pointer")
    assert fault.message == "models/part.stl is a pointer of Git LFS, not the model itself"


def test_paths_that_leave_the_farm_are_named(clone: Any) -> None:
    content = blob(clone, "x\n")
    up = tree(clone, "100644", content, "passwd")
    inner = tree(clone, "040000", tree(clone, "100644", content, "post-commit"), "hooks")
    plant(
        clone,
        ("040000", up, ".."),
        ("040000", inner, ".GIT"),
        ("040000", tree(clone, "040000", up, ".."), "orders"),
    )
    assert sorted(named(clone)) == [
        ("../passwd", "leaves-the-farm", Severity.ERROR),
        (".GIT/hooks/post-commit", "leaves-the-farm", Severity.ERROR),
        ("orders/../passwd", "leaves-the-farm", Severity.ERROR),
    ]


def test_names_that_differ_only_in_case_are_named(clone: Any) -> None:
    content = blob(clone, "x\n")
    plant(clone, ("100644", content, "Part.stl"), ("100644", content, "part.stl"))
    assert named(clone) == [("part.stl", "case-clash", Severity.WARNING)]


def test_names_that_are_no_text_are_shown_without_harm(clone: Any) -> None:
    (clone.top / "orders").mkdir()
    for name in (b"\xff\x1b[31m.yml", b"a\nb.yml"):
        (clone.top / "orders" / name.decode("utf-8", "surrogateescape")).write_text("x\n")
    clone.commit()
    shown = [where for where, _, _ in named(clone)]
    assert shown == ["orders/\\xff\\x1b[31m.yml", "orders/a\\x0ab.yml"]


def test_reading_starts_no_hook_filter_or_monitor(clone: Any) -> None:
    trace = clone.top / "it-ran"
    program = clone.top / ".git/evil"
    program.write_text(f"#!/bin/sh\ntouch '{trace}'\ncat\n")
    program.chmod(0o755)
    clone.write(".gitattributes", "* filter=evil diff=evil\n*.yaml filter=two.dots\n")
    clone.write("farm.yaml", "x\n")
    clone.commit()
    for key in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process"):
        clone.git("config", key, str(program))
    for key in ("filter.two.dots.clean", "diff.evil.textconv", "core.fsmonitor", "core.pager"):
        clone.git("config", key, str(program))
    clone.git("config", "filter.evil.required", "true")
    for hook in ("post-checkout", "post-index-change", "fsmonitor-watchman"):
        place = clone.top / ".git/hooks" / hook
        place.parent.mkdir(exist_ok=True)
        place.write_text(program.read_text())
        place.chmod(0o755)
    clone.write("farm.yaml", "changed\n")
    clone.write("orders/new.yaml", "new\n")
    snapshot = read_revision(clone.top, "HEAD", DocumentCache())
    assert snapshot.uncommitted == ("farm.yaml", "orders/new.yaml")
    assert not trace.exists()


def test_replaced_objects_are_not_looked_at(clone: Any) -> None:
    clone.write("models/part.stl", "real\n")
    clone.commit()
    real = clone.git("rev-parse", "HEAD:models/part.stl")
    fake = blob(clone, "fake\n")
    clone.git("replace", real, fake)
    assert clone.git("cat-file", "-p", real) == "fake"
    snapshot = read_revision(clone.top, "HEAD", DocumentCache())
    assert snapshot.entries["models/part.stl"].blob == real
