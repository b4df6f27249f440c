"""The house rules that a linter does not know: who touches the world, and how long things may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
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


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def is_outside_system(path: Path) -> bool:
    return not name_of(path).startswith("system/") and name_of(path) not in MAY_TOUCH_THE_WORLD


def test_only_system_touches_the_world() -> None:
    outside = [path for path in FILES if is_outside_system(path)]
    assert [each for path in outside for each in touches(path)] == []


def touches(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        where = place_of(path, node)
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in WORLD_MODULES:
                    yield f"{where} import {alias.name}"
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if (node.module or "").split(".")[0] in WORLD_MODULES:
                yield f"{where} from {node.module}"
        elif isinstance(node, ast.Call):
            yield from (f"{where} {each}" for each in touching_call(node))


def touching_call(node: ast.Call) -> Iterator[str]:
    called = node.func
    if isinstance(called, ast.Name) and called.id == "open":
        yield "open()"
    if isinstance(called, ast.Attribute):
        owner = called.value
        is_clock = isinstance(owner, ast.Attribute) and owner.attr.endswith("clock")
        is_clock = is_clock or (isinstance(owner, ast.Name) and owner.id.endswith("clock"))
        if called.attr in WORLD_CALLS | WORLD_METHODS and not is_clock:
            yield f".{called.attr}()"


def test_files_are_short() -> None:
    lines = {name_of(path): len(path.read_text().splitlines()) for path in FILES}
    assert {name: count for name, count in lines.items() if count > FILE_LINES} == {}


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(paths: list[Path]) -> Iterator[tuple[str, Function]]:
    """Every function with where it stands."""
    for path in paths:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Function):
                yield f"{place_of(path, node)} {node.name}", node


def place_of(path: Path, node: ast.AST) -> str:
    return f"{name_of(path)}:{getattr(node, 'lineno', 1)}"


def test_functions_are_short_and_flat() -> None:
    lines = {where: body_lines(node) for where, node in functions(FILES)}
    assert {where: count for where, count in lines.items() if count > FUNCTION_LINES} == {}
    depths = {where: depth(node) for where, node in functions(FILES)}
    assert {where: deep for where, deep in depths.items() if deep > NESTING} == {}


def body_lines(node: Function) -> int:
    """A signature is data, since Typer declares a command's options in it: it is not counted."""
    return (node.end_lineno or 0) - node.body[0].lineno + 1 - docstring_lines(node)


def docstring_lines(node: Function) -> int:
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


def test_functions_take_few_parameters() -> None:
    others = [path for path in FILES if not name_of(path).startswith("cli/")]
    counts = {where: parameters(node) for where, node in functions(others)}
    assert {where: count for where, count in counts.items() if count > PARAMETERS} == {}


def parameters(node: Function) -> int:
    named = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
    return len([each for each in named if each not in {"self", "cls"}])


def test_every_noqa_and_ignore_has_a_code_and_a_reason() -> None:
    assert [each for path in FILES for each in unreasoned(path)] == []


def unreasoned(path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        for marker in ("# noqa", "# type: ignore"):
            if marker in line:
                text = line.split(marker, 1)[1]
                if not (text.startswith((":", "[")) and " - " in text):
                    yield f"{name_of(path)}:{number} {line.strip()}"
