r"""Conditions that presets put on each other: `printer_model=~/.*MK3.*/ and num_extruders==1`.

PrusaSlicer's window evaluates them, its command line does not. What is written here is the part of
its expression language that conditions use; all else is named, never guessed. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from msgspec import Struct

from farmctl.profiles.patterns import BadPattern, matches
from farmctl.slicing.prusaslicer.values import strings, unescaped

_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PATTERN = re.compile(r"/((?:[^/\\]|\\.)*)/", re.DOTALL)
_INDEX = re.compile(r"\[\s*(\d{1,4})\s*\]")
_SAME = Decimal("1e-8")
_DEEPEST = 40
MOST_CHARACTERS = 5_000


class Unclear(ValueError):  # noqa: N818 - reads as what it says
    """A condition that cannot be evaluated.

    Args:
        message: Why.
        at: The character of the condition where that shows, from 0.
    """

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class _Said(Struct, frozen=True):
    """What a setting says: number, text or yes and no, as what it is held against wants it."""

    text: str


_Value = bool | Decimal | str | _Said
_Ordered = TypeVar("_Ordered", str, Decimal)


def holds(condition: str, settings: Mapping[str, str]) -> bool:
    """Return whether a condition is true for these settings. Raises Unclear.

    Args:
        condition: The expression; what is escaped in the file is not any more.
        settings: Every variable there is, its value as settings files write it.
    """
    if len(condition) > MOST_CHARACTERS:
        raise Unclear(f"it has more than {MOST_CHARACTERS} characters", 0)
    return _Evaluation(condition, settings).whole()


class _Evaluation:
    """Reads and evaluates at once, as PrusaSlicer does: both sides of `and` and `or` always."""

    def __init__(self, text: str, settings: Mapping[str, str]) -> None:
        self._text = text
        self._settings = settings
        self._at = 0
        self._depth = 0

    def whole(self) -> bool:
        found = self._or()
        self._space()
        if self._at < len(self._text):
            raise Unclear(f"`{self._text[self._at :][:20]}` has no meaning here", self._at)
        return self._truth(found)

    def _or(self) -> _Value:
        found = self._and()
        while self._word("or", "||"):
            found = self._truth(found) | self._yes(self._and)
        return found

    def _and(self) -> _Value:
        found = self._equality()
        while self._word("and", "&&"):
            found = self._truth(found) & self._yes(self._equality)
        return found

    def _equality(self) -> _Value:
        found = self._relation()
        while sign := self._sign("==", "!=", "<>", "=~", "!~"):
            if sign in {"=~", "!~"}:
                found = self._matches(found) is (sign == "=~")
            else:
                found = self._compare(found, self._relation()) == 0
                found = found is (sign == "==")
        return found

    def _relation(self) -> _Value:
        found = self._single()
        while sign := self._sign("<=", ">=", "<", ">", but_not="<>"):
            order = self._compare(found, self._single())
            found = {"<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[sign]
        return found

    def _single(self) -> _Value:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unclear(f"more than {_DEEPEST} brackets or `not` follow each other", self._at)
        found = self._inner()
        self._depth -= 1
        return found

    def _inner(self) -> _Value:
        if self._word("not") or self._sign("!", but_not=("!=", "!~")):
            return not self._yes(self._single)
        if self._sign("("):
            found = self._or()
            if not self._sign(")"):
                raise Unclear("a `(` is not closed", self._at)
            return found
        if text := self._take(_TEXT):
            return unescaped(text[1])
        if number := self._take(_NUMBER):
            return Decimal(number[0])
        return self._variable()

    def _variable(self) -> _Value:
        begin = self._at
        name = self._take(_NAME)
        if name is None:
            raise Unclear("a value is missing", self._at)
        if name[0] in {"true", "false"}:
            return name[0] == "true"
        if name[0] not in self._settings:
            raise Unclear(f"no setting is called `{name[0]}`", begin)
        said = self._settings[name[0]]
        index = self._take(_INDEX)
        return _Said(said if index is None else _of_list(said, int(index[1])))

    def _matches(self, value: _Value) -> bool:
        found = self._take(_PATTERN)
        if found is None:
            raise Unclear("a pattern between two `/` is missing", self._at)
        if isinstance(value, bool | Decimal):
            raise Unclear("only a text can match a pattern", found.start())
        try:
            return matches(found[1], _text(value))
        except BadPattern as error:
            raise Unclear(
                f"the pattern `{found[1]}` cannot be read: {error}", found.start()
            ) from error

    def _compare(self, one: _Value, other: _Value) -> int:
        """Return -1, 0 or 1, as the first is less, the same or more."""
        if isinstance(one, str) or isinstance(other, str):
            return _order(_text(one), _text(other))
        if isinstance(one, bool) or isinstance(other, bool):
            return _order(Decimal(self._truth(one)), Decimal(self._truth(other)))
        first, second = _number(one), _number(other)
        if first is not None and second is not None:
            return 0 if abs(first - second) < _SAME else _order(first, second)
        if isinstance(one, _Said) and isinstance(other, _Said):
            return _order(_text(one), _text(other))
        raise Unclear(f"`{_text(one)}` and `{_text(other)}` cannot be compared", self._at)

    def _yes(self, read: Callable[[], _Value]) -> bool:
        return self._truth(read())

    def _truth(self, value: _Value) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, _Said) and value.text in {"0", "1"}:
            return value.text == "1"
        raise Unclear(f"`{_text(value)}` is neither true nor false", self._at)

    def _space(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _take(self, what: re.Pattern[str]) -> re.Match[str] | None:
        self._space()
        found = what.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found

    def _sign(self, *signs: str, but_not: str | tuple[str, ...] = ()) -> str:
        """Return the sign that stands here, the first of these, and go behind it."""
        self._space()
        if but_not and self._text.startswith(but_not, self._at):
            return ""
        found = next((each for each in signs if self._text.startswith(each, self._at)), "")
        self._at += len(found)
        return found

    def _word(self, word: str, sign: str = "") -> bool:
        begin = self._at
        found = self._take(_NAME)
        if found is not None and found[0] == word:
            return True
        self._at = begin
        return bool(sign and self._sign(sign))


def _of_list(said: str, index: int) -> str:
    """Return one value of a list; past its end the first, as PrusaSlicer has it."""
    is_texts = '"' in said or ";" in said
    items = strings(said) if is_texts else tuple(map(str.strip, said.split(",")))
    return items[index] if index < len(items) else items[0]


def _text(value: _Value) -> str:
    if isinstance(value, _Said):
        return unescaped(value.text)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Decimal | _Said) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    try:
        found = Decimal(value.text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _order(one: _Ordered, other: _Ordered) -> int:
    return (one > other) - (one < other)
