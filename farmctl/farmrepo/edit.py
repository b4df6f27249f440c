"""Changing one value in a person's file: every other character stays as they wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from farmctl.errors import FarmctlError
from farmctl.farmrepo.emit import block, flow
from farmctl.farmrepo.findings import Path
from farmctl.farmrepo.yaml import parse


class NotEditable(FarmctlError):  # noqa: N818 - reads as what it says
    """A file is written in a way that farmctl cannot change without spoiling it."""


def set_value(text: str, path: Path, value: object) -> str:
    """Return the text with the value at `path`; a key that is not there is added to its group.

    Raises NotEditable.
    """
    group, node = _find(text, path)
    if node is not None:
        edited = text[: _start(node)] + flow(value) + text[_end(node) :]
    else:
        edited = _with_key(text, group, path, value)
    return _checked(text, edited, path, lambda _: value)


def append(text: str, path: Path, value: object) -> str:
    """Return the text with a value added to the list at `path`. Raises NotEditable."""
    group, node = _find(text, path)
    if node is None:
        edited = _with_key(text, group, path, [value])
    elif isinstance(node, SequenceNode) and node.value:
        edited = _with_row(text, node, value)
    else:
        edited = _with_first_row(text, node, len(path), value)
    return _checked(text, edited, path, lambda rows: [*(rows or []), value])


def remove_row(text: str, path: Path, number: int) -> str:
    """Return the text without one entry of the list at `path`. Raises NotEditable."""
    group, node = _find(text, path)
    if not isinstance(node, SequenceNode):
        raise _not_editable(path)
    if len(node.value) > 1:
        edited = _without_row(text, node, number)
    else:
        edited = _without_rows(text, group, node)
    return _checked(text, edited, path, lambda rows: [*rows[:number], *rows[number + 1 :]])


def remove_key(text: str, path: Path) -> str:
    """Return the text without the key at `path` and its value. Raises NotEditable."""
    group, node = _find(text, path)
    if node is None or not isinstance(group, MappingNode):
        raise _not_editable(path)
    number = next(row for row, (_, value) in enumerate(group.value) if value is node)
    if len(group.value) == 1:
        raise _not_editable(path)
    edited = _without_key(text, group, number)
    wanted = deepcopy(parse(text.encode()).value)
    del _holder(wanted, path)[path[-1]]
    return _if_it_says(wanted, edited, path)


def _find(text: str, path: Path) -> tuple[Node, Node | None]:
    """Return the group that holds the value at `path`, and the value, None when it is missing."""
    if not path:
        raise _not_editable(path)
    if parse(text.encode()).findings:
        raise NotEditable("the file has faults", "mend them first: `farmctl validate`")
    node: Node | None = YAML(typ="safe", pure=True).compose(text)
    group = node
    for step in path:
        group, node = node, _inside(node, step)
    if group is None or (node is None and not isinstance(group, MappingNode)):
        raise _not_editable(path)
    return group, node


def _inside(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None


def _start(node: Node) -> int:
    return int(node.start_mark.index)


def _end(node: Node) -> int:
    """Return where a value really ends; the parser counts what follows a block to it."""
    if not isinstance(node, CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    if not isinstance(last, tuple):
        return _end(last)
    key, value = last
    is_empty = isinstance(value, ScalarNode) and value.start_mark.index == value.end_mark.index
    return int(key.end_mark.index) + 1 if is_empty else _end(value)


def _line_end(text: str, offset: int) -> int:
    """Return the start of the line after the one that `offset` is in."""
    return text.index("\n", offset) + 1


def _with_key(text: str, group: Node, path: Path, value: object) -> str:
    key = str(path[-1])
    if isinstance(group, CollectionNode) and group.flow_style:
        brace = int(group.end_mark.index) - 1
        comma = ", " if group.value else ""
        return f"{text[:brace].rstrip()}{comma}{flow({key: value})[1:-1]}{text[brace:]}"
    lines = block({key: value}, group.start_mark.column)
    return _with_lines(text, _line_end(text, _end(group)), lines)


def _with_row(text: str, node: SequenceNode, value: object) -> str:
    if node.flow_style:
        bracket = int(node.end_mark.index) - 1
        return f"{text[:bracket].rstrip()}, {flow(value)}{text[bracket:]}"
    lines = block([value], node.start_mark.column)
    return _with_lines(text, _line_end(text, _end(node)), lines)


def _with_first_row(text: str, node: Node, depth: int, value: object) -> str:
    """Turn `key: []` or `key:` into a list of lines; a comment behind it stays there."""
    end = int(node.end_mark.index)
    if end > _start(node):
        colon = len(text[: _start(node)].rstrip(" "))
        text = text[:colon] + text[end:]
    else:  # the parser's mark of nothing is where the next thing begins
        colon = text.rindex(":", 0, end) + 1
    return _with_lines(text, _line_end(text, colon), block([value], 2 * depth))


def _with_lines(text: str, offset: int, lines: Iterable[str]) -> str:
    return text[:offset] + "".join(f"{line}\n" for line in lines) + text[offset:]


def _without_row(text: str, node: SequenceNode, number: int) -> str:
    rows = node.value
    if node.flow_style:
        if number == 0:
            return text[: _start(rows[0])] + text[_start(rows[1]) :]
        return text[: _end(rows[number - 1])] + text[_end(rows[number]) :]
    start = text.rindex("\n", 0, _start(rows[number])) + 1
    return text[:start] + text[_line_end(text, _end(rows[number])) :]


def _without_rows(text: str, group: Node, node: SequenceNode) -> str:
    """Turn a list of one line into `key: []`; comments around it stay."""
    if node.flow_style:
        return f"{text[: _start(node)]}[]{text[_end(node) :]}"
    key = next(key for key, value in group.value if value is node)
    colon = text.index(":", int(key.end_mark.index)) + 1
    first_line = text.rindex("\n", 0, _start(node)) + 1
    return f"{text[:colon]} []{text[colon:first_line]}{text[_line_end(text, _end(node)) :]}"


def _without_key(text: str, group: MappingNode, number: int) -> str:
    rows = group.value
    key, value = rows[number]
    if group.flow_style:
        if number == 0:
            return text[: _start(key)] + text[_start(rows[1][0]) :]
        return text[: _end(rows[number - 1][1])] + text[_end(value) :]
    first_line = text.rindex("\n", 0, _start(key)) + 1
    return text[:first_line] + text[_line_end(text, max(_end(value), int(key.end_mark.index))) :]


def _checked(before: str, after: str, path: Path, change: Callable[[Any], object]) -> str:
    """Return `after` if it says what `before` says but for the change. Raises NotEditable."""
    wanted = deepcopy(parse(before.encode()).value)
    holder, key = _holder(wanted, path), path[-1]
    holder[key] = change(holder.get(key) if isinstance(holder, Mapping) else holder[key])
    return _if_it_says(wanted, after, path)


def _holder(value: Any, path: Path) -> Any:  # noqa: ANN401 - what a file says
    for step in path[:-1]:
        value = value[step]
    return value


def _if_it_says(wanted: object, after: str, path: Path) -> str:
    """Return a text that says what is wanted. Raises NotEditable for another one."""
    parsed = parse(after.encode())
    if parsed.findings or parsed.value != wanted:
        raise _not_editable(path)
    return after


def _not_editable(path: Path) -> NotEditable:
    where = ".".join(str(step) for step in path)
    return NotEditable(f"`{where}` cannot be changed without spoiling the file", "edit it by hand")
