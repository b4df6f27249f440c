"""Plays the shell blocks of a Markdown page, and holds the page to what really comes out.

A block marked `console` is a session: lines that begin with `$ ` are typed (a trailing backslash goes
on in the next line), and the lines below one are what it prints. A line may leave something out with
`…`; a line that is only `…` stands for any number of lines. Runs of blanks count as one. A command
with nothing below it may print anything. One that should not exit 0 ends in `# exit N`.

A block marked `sh` is typed line by line, and what it prints does not matter. Other blocks are only
read. All of a page is one session: `cd` and `export` last to its end.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)\s*$")
EXIT = re.compile(r"\s+# exit (\d+)$")
PROMPT = "$ "
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its kind, and its lines with their numbers in the page."""

    kind: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a page, what it should print (None: anything), and its exit code."""

    line: int
    command: str
    expected: tuple[str, ...] | None = None
    exit: int = 0


def blocks_of(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    kind, indent, lines = None, 0, []
    for number, line in enumerate(text.splitlines(), start=1):
        fence = FENCE.match(line)
        if fence is None:
            lines.append((number, line[indent:]))
        elif kind is None:
            kind, indent, lines = fence["kind"], len(fence["indent"]), []
        else:
            yield Block(kind, tuple(lines))
            kind, indent = None, 0
    assert kind is None, "a block is not closed"


def steps_of(text: str) -> tuple[Step, ...]:
    """Return the commands of a page in order."""
    found: list[Step] = []
    for block in blocks_of(text):
        if block.kind == "console":
            found += _session(block)
        elif block.kind == "sh":
            found += [_step(n, command, None) for n, command in _typed(block.lines)]
    return tuple(found)


def _session(block: Block) -> Iterator[Step]:
    """Yield the steps of a session: each command with the lines up to the next."""
    command: tuple[int, str] | None = None
    printed: list[str] = []
    lines = _typed(block.lines)
    for number, line in lines:
        if line.startswith(PROMPT):
            if command is not None:
                yield _step(*command, printed)
            command, printed = (number, line.removeprefix(PROMPT)), []
        else:
            assert command is not None, f"line {number}: a session begins with `$ `"
            printed.append(line)
    if command is not None:
        yield _step(*command, printed)


def _typed(lines: tuple[tuple[int, str], ...]) -> list[tuple[int, str]]:
    """Return lines with those that end in a backslash joined to the next; empty ones fall."""
    joined: list[tuple[int, str]] = []
    goes_on = False
    for number, line in lines:
        if goes_on:
            joined[-1] = (joined[-1][0], joined[-1][1][:-1] + line.strip())
        elif line.strip():
            joined.append((number, line))
        goes_on = line.endswith("\\")
    return joined


def _step(line: int, command: str, printed: list[str] | None) -> Step:
    wanted = EXIT.search(command)
    code = int(wanted[1]) if wanted else 0
    return Step(line, EXIT.sub("", command), tuple(printed) if printed else None, code)


def agrees(expected: tuple[str, ...], printed: str) -> bool:
    """Return whether what was printed is what a page shows."""
    pattern = "".join(_pattern(line) for line in expected)
    text = "".join(f"{_squeezed(line)}\n" for line in printed.splitlines() if line.strip())
    return re.fullmatch(pattern, text) is not None


def _pattern(line: str) -> str:
    if line.strip() == ELLIPSIS:
        return r"(?:.*\n)*"
    return ".*".join(re.escape(part) for part in _squeezed(line).split(ELLIPSIS)) + r"\n"


def _squeezed(line: str) -> str:
    return " ".join(line.split())


@dataclass(slots=True)
class Shell:
    """One session of bash, seen from outside: where it stands and what it exported."""

    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: beside_farmctl(os.environ))
    timeout_s: float = 120

    def type(self, command: str) -> tuple[int, str]:
        """Run a command where the last one ended; return its exit code and what it printed."""
        ended = self.folder / ".ended"
        script = f"{command}\ncode=$?\n{{ pwd; env -0; }} > '{ended}'\nexit $code"
        result = subprocess.run(
            ["bash", "-c", script],
            cwd=self.environment.get("PWD", self.folder),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=self.timeout_s,
            check=False,
        )
        self._remember(ended.read_bytes())
        return result.returncode, result.stdout.decode()

    def _remember(self, ended: bytes) -> None:
        where, exported = ended.split(b"\n", 1)
        pairs = (each.decode().split("=", 1) for each in exported.split(b"\0") if each)
        self.environment = {**dict(pairs), "PWD": where.decode()}


def beside_farmctl(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with the `farmctl` of this Python first on the PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return {**{k: v for k, v in environment.items() if k != "PWD"}, "PATH": path}


def play(
    page: Path, folder: Path, instead: Mapping[str, str] | None = None, timeout_s: float = 120
) -> None:
    """Type a page's commands in a folder; raise AssertionError where one does not do as shown.

    Args:
        page: The Markdown file.
        folder: Where the session begins, and its home: `~` is there.
        instead: What stands in the page against what stands in this test (an address, say).
        timeout_s: How long one command may take.
    """
    shell = Shell(folder, timeout_s=timeout_s)
    shell.environment["HOME"] = str(folder)
    for step in steps_of(page.read_text()):
        where = f"{page.name}:{step.line}: {step.command}"
        code, printed = shell.type(_swapped(step.command, instead or {}))
        assert code == step.exit, f"{where}\nexit {code} in place of {step.exit}\n{printed}"
        backwards = {there: here for here, there in (instead or {}).items()}
        shown = _swapped(printed, backwards).replace(str(folder), "~")
        if step.expected is not None:
            wanted = "\n".join(step.expected)
            assert agrees(step.expected, shown), f"{where}\nprinted:\n{shown}\nshown:\n{wanted}"


def _swapped(text: str, pairs: Mapping[str, str]) -> str:
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text
