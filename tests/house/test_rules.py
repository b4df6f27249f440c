"""The house rules that a linter does not know: who touches the world, and how long things may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import farmctl

pytestmark = pytest.mark.pure

ROOT = Path(farmctl.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

FILE_LINES = 300
FUNCTION_LINES = 40
NESTING = 3
PARAMETERS = 5

WORLD_MODULES = {"time", "subprocess", "random", "uuid", "threading", "fcntl", "secrets"}
WORLD_CALLS = {"open", "now", "utcnow", "today", "fsync", "fdatasync", "sleep", "flock"}
WORLD_METHODS = {"read_bytes", "read_text", "write_bytes", "write_text", "unlink", "mkdir"}
MAY_TOUCH_THE_WORLD = {
    "ledger/verify.py",  # a second verifier that shares no code with the writer
    "model/learning.py",  # a lock is no part of the world: nothing comes out of it
    "soak/timeline.py",  # a clock of its own: nothing in it waits for the world's
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def is_outside_system(path: Path) -> bool:
    return not name_of(path).startswith("system/") and name_of(path) not in MAY_TOUCH_THE_WORLD


@pytest.mark.parametrize("path", [p for p in FILES if is_outside_system(p)], ids=name_of)
def test_only_system_touches_the_world(path: Path) -> None:
    assert list(touches(tree_of(path))) == []


def touches(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in WORLD_MODULES:
                    yield f"line {node.lineno}: import {alias.name}"
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if (node.module or "").split(".")[0] in WORLD_MODULES:
                yield f"line {node.lineno}: from {node.module}"
        elif isinstance(node, ast.Call):
            yield from touching_call(node)


def touching_call(node: ast.Call) -> Iterator[str]:
    called = node.func
    if isinstance(called, ast.Name) and called.id == "open":
        yield f"line {node.lineno}: open()"
    if isinstance(called, ast.Attribute):
        owner = called.value
        is_clock = isinstance(owner, ast.Attribute) and owner.attr.endswith("clock")
        is_clock = is_clock or (isinstance(owner, ast.Name) and owner.id.endswith("clock"))
        if called.attr in WORLD_CALLS | WORLD_METHODS and not is_clock:
            yield f"line {node.lineno}: .{called.attr}()"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= FILE_LINES


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_are_short_and_flat(path: Path) -> None:
    for node in functions(tree_of(path)):
        # A signature is data: Typer declares a command's options in it.
        lines = (node.end_lineno or 0) - node.body[0].lineno + 1 - docstring_lines(node)
        assert lines <= FUNCTION_LINES, f"{node.name}: {lines} lines"
        assert depth(node) <= NESTING, f"{node.name}: nested {depth(node)} deep"


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    if ast.get_docstring(node) is None:
        return 0
    return (first.end_lineno or 0) - first.lineno + 1


BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def depth(node: ast.AST) -> int:
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, depth(child) + (isinstance(child, BLOCKS) and not is_elif))
    return deepest


@pytest.mark.parametrize(
    "path", [p for p in FILES if not name_of(p).startswith("cli/")], ids=name_of
)
def test_functions_take_few_parameters(path: Path) -> None:
    for node in functions(tree_of(path)):
        named = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
        count = len([each for each in named if each not in {"self", "cls"}])
        assert count <= PARAMETERS, f"{node.name}: {count} parameters"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_noqa_and_ignore_has_a_code_and_a_reason(path: Path) -> None:
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        for marker in ("# noqa", "# type: ignore"):
            if marker in line:
                text = line.split(marker, 1)[1]
                has_code = text.startswith((":", "["))
                where = f"{name_of(path)}:{number} {line.strip()}"
                assert has_code, where
                assert " - " in text, where
