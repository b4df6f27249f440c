"""Regular expressions in the conditions of presets, matched whole and in time that stays linear.

A bundle may come from a stranger, and a pattern that backtracks can hold a program for hours: so
every text is walked once, with the set of all places in the pattern that it may have reached.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

MOST_CHARACTERS = 500
_MOST_REPEATS = 100
_MOST_STATES = 5_000
_DEEPEST = 40
_SPECIAL = frozenset("*+?{}()[]|")
_Test = Callable[[str], bool]


class BadPattern(ValueError):  # noqa: N818 - reads as what it says
    """A regular expression that cannot be read, or says what is not supported; the text is why."""


class _One(Struct, frozen=True):
    test: _Test


class _Row(Struct, frozen=True):
    parts: tuple[_Part, ...]


class _Either(Struct, frozen=True):
    options: tuple[_Part, ...]


class _Repeat(Struct, frozen=True):
    part: _Part
    least: int
    most: int | None


_Part = _One | _Row | _Either | _Repeat


class _State(Struct):
    """A place in the pattern: `test` takes a character to `after`; without one it is free to go."""

    test: _Test | None
    after: list[int]


class Pattern:
    """A pattern that was read."""

    def __init__(self, text: str) -> None:
        self._states: list[_State] = []
        self._end = self._state(None, [])
        self._start = self._build(_Reader(text).whole(), self._end)

    def matches(self, text: str) -> bool:
        """Return whether the whole text is what the pattern says."""
        here = self._reached({self._start})
        for character in text:
            tests = (self._states[place] for place in here)
            after = (each.after for each in tests if each.test and each.test(character))
            here = self._reached({place for places in after for place in places})
        return self._end in here

    def _reached(self, places: set[int]) -> set[int]:
        waiting, found = list(places), set(places)
        while waiting:
            state = self._states[waiting.pop()]
            new = set() if state.test else set(state.after) - found
            found |= new
            waiting += new
        return found

    def _state(self, test: _Test | None, after: list[int]) -> int:
        if len(self._states) >= _MOST_STATES:
            raise BadPattern("it repeats too much")
        self._states.append(_State(test, after))
        return len(self._states) - 1

    def _build(self, part: _Part, then: int) -> int:
        """Return the place where a part begins that goes on at `then`."""
        match part:
            case _One(test):
                return self._state(test, [then])
            case _Row(parts):
                for each in reversed(parts):
                    then = self._build(each, then)
                return then
            case _Either(options):
                return self._state(None, [self._build(each, then) for each in options])
            case _Repeat(inner, least, most):
                return self._repeated(inner, (least, most), then)

    def _repeated(self, part: _Part, times: tuple[int, int | None], then: int) -> int:
        least, most = times
        if most is None:
            again = self._state(None, [then])
            self._states[again].after.append(self._build(part, again))
            then = again
        else:
            for _ in range(most - least):
                then = self._state(None, [then, self._build(part, then)])
        for _ in range(least):
            then = self._build(part, then)
        return then


@lru_cache(maxsize=1024)
def _pattern(text: str) -> Pattern:
    return Pattern(text)


@lru_cache(maxsize=4096)  # the presets of a vendor ask the same of each printer
def matches(pattern: str, text: str) -> bool:
    """Return whether the whole text is what a pattern says. Raises BadPattern."""
    return _pattern(pattern).matches(text)


class _Reader:
    def __init__(self, text: str) -> None:
        if len(text) > MOST_CHARACTERS:
            raise BadPattern(f"it has more than {MOST_CHARACTERS} characters")
        # The whole text is matched in any case.
        text = text.removeprefix("^")
        is_end = text.endswith("$") and not text.endswith("\\$")
        self._text = text[:-1] if is_end else text
        self._at = 0
        self._depth = 0

    def whole(self) -> _Part:
        found = self._either()
        if self._at < len(self._text):
            raise BadPattern("a `)` closes nothing")
        return found

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        found = self._peek()
        if not found:
            raise BadPattern("it ends too early")
        self._at += 1
        return found

    def _skip(self, text: str) -> bool:
        is_here = self._text.startswith(text, self._at)
        self._at += len(text) if is_here else 0
        return is_here

    def _either(self) -> _Part:
        options = [self._row()]
        while self._skip("|"):
            options.append(self._row())
        return options[0] if len(options) == 1 else _Either(tuple(options))

    def _row(self) -> _Part:
        parts: list[_Part] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._repeated(self._one()))
        return _Row(tuple(parts))

    def _repeated(self, part: _Part) -> _Part:
        times = self._times()
        if times is None:
            return part
        self._skip("?")  # how greedy it is does not change what matches whole
        if self._peek() in {"*", "+", "?", "{"}:
            raise BadPattern("something is repeated twice")
        least, most = times
        if max(least, most or 0) > _MOST_REPEATS or (most is not None and most < least):
            raise BadPattern(f"`{{{least},{most}}}` is no number of times")
        return _Repeat(part, least, most)

    def _times(self) -> tuple[int, int | None] | None:
        for sign, times in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._skip(sign):
                return times
        if not self._skip("{"):
            return None
        least = self._number()
        most: int | None = least
        if self._skip(","):
            most = None if self._peek() == "}" else self._number()
        if not self._skip("}"):
            raise BadPattern("a `{` is not closed")
        return least, most

    def _number(self) -> int:
        digits = ""
        while self._peek() in set(string.digits):
            digits += self._next()
        if not digits or len(digits) > 4:
            raise BadPattern("`{` wants a number of times")
        return int(digits)

    def _one(self) -> _Part:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return _One(self._class())
        if character == "\\":
            return _One(_escaped(self._next()))
        if character == ".":
            return _One(_any)
        if character in _SPECIAL or character in "^$":
            raise BadPattern(f"`{character}` has no meaning here")
        return _One(character.__eq__)

    def _group(self) -> _Part:
        self._skip("?:")
        if self._peek() == "?":
            raise BadPattern("`(?` is not supported")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadPattern(f"more than {_DEEPEST} groups are inside each other")
        found = self._either()
        if not self._skip(")"):
            raise BadPattern("a `(` is not closed")
        self._depth -= 1
        return found

    def _class(self) -> _Test:
        is_negated = self._skip("^")
        tests = [self._member()]
        while not self._skip("]"):
            tests.append(self._member())
        return lambda character: any(test(character) for test in tests) is not is_negated

    def _member(self) -> _Test:
        first = self._next()
        if first == "\\":
            return _escaped(self._next())
        is_range = self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in {"]", ""}
        if not is_range:
            return first.__eq__
        self._next()
        last = self._next()
        if last == "\\" or last < first:
            raise BadPattern(f"`{first}-{last}` is no range")
        return lambda character: first <= character <= last


def _any(_character: str) -> bool:
    return True


_CLASSES: dict[str, _Test] = {
    "d": lambda character: character in string.digits,
    "w": lambda character: character.isalnum() or character == "_",
    "s": str.isspace,
}
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}


def _escaped(letter: str) -> _Test:
    if letter in _CLASSES:
        return _CLASSES[letter]
    if letter.lower() in _CLASSES:
        test = _CLASSES[letter.lower()]
        return lambda character: not test(character)
    if letter in _LETTERS:
        return _LETTERS[letter].__eq__
    if letter.isalnum():
        raise BadPattern(f"`\\{letter}` is not supported")
    return letter.__eq__
