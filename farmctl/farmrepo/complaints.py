"""What the models refuse, as findings: where, what is wrong, and how to mend it.

One table says it for every type of error, so that no word of the validating library gets out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from farmctl.farmrepo.findings import Finding
from farmctl.farmrepo.refusal import Refusal, refusal_of
from farmctl.farmrepo.suggest import mend_name
from farmctl.farmrepo.yaml import Parsed
from farmctl.model.documents.form import CONFLICT, FORM, NOT_LISTED
from farmctl.model.documents.kinds import Kind
from farmctl.model.documents.plan import SETTING_TYPE
from farmctl.model.documents.policy import NOT_COMPUTED

_SHOWN_LENGTH = 40


Words = tuple[str, str, str]
"""Code, message and mend."""


def complaints(error: ValidationError, kind: Kind, parsed: Parsed) -> list[Finding]:
    """Return a finding for each error, at the place of what is wrong."""
    errors = error.errors(include_url=False)
    refusals = [refusal_of(each, kind, parsed) for each in errors if not _follows(each, errors)]
    misspelt = {each.meant for each in refusals}
    return [_finding(each, parsed) for each in refusals if each.lacks not in misspelt]


def _follows(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Return whether a list counts as too short only because of its refused entries."""
    way = error["loc"]
    return error["type"] == "too_short" and any(
        each["loc"][: len(way)] == way for each in errors if each is not error
    )


def _finding(refusal: Refusal, parsed: Parsed) -> Finding:
    code, message, mend = WORDS.get(refusal.type, _other)(refusal)
    where = parsed.keys if refusal.at_key else parsed.values
    return Finding(where.get(refusal.path) or parsed.at(refusal.path), code, message, mend)


def _missing(refusal: Refusal) -> Words:
    name = refusal.rest[-1]
    if isinstance(name, int):
        return "too-few", f"{refusal.name} has too few values", f"write value {name + 1}, too"
    return "missing", f"`{name}` is missing", f"add `{name}: …`"


def _unknown(refusal: Refusal) -> Words:
    key = str(refusal.path[-1])
    mend = mend_name(key, refusal.known, "known here")
    return "unknown-key", f"`{key}` is not known here", mend


def _form(refusal: Refusal) -> Words:
    words = refusal.words
    return (
        "wrong-form",
        f"{_shown(refusal)} is not {words['what']}: {words['rule']}",
        f"for example `{words['example']}`",
    )


def _not_listed(refusal: Refusal) -> Words:
    return _choice(refusal, refusal.words["known"])


def _literal(refusal: Refusal) -> Words:
    return _choice(refusal, re.findall("'([^']*)'", refusal.words["expected"]))


def _choice(refusal: Refusal, known: list[str]) -> Words:
    if len(known) == 1:
        mend = f"write `{known[0]}`"
    else:
        mend = mend_name(str(refusal.given), known, "one of")
    return "not-a-choice", f"{refusal.name} cannot be {_shown(refusal)}", mend


def _conflict(refusal: Refusal) -> Words:
    return "conflict", refusal.words["message"], refusal.words["mend"]


def _not_computed(refusal: Refusal) -> Words:
    return (
        "not-computed",
        f"nothing computes {refusal.name} yet, so it would never match",
        "remove the line",
    )


def _wrong_type(wanted: str) -> Callable[[Refusal], Words]:
    def words(refusal: Refusal) -> Words:
        if refusal.words.get("class_name") == "SecretReference":
            return _bare_secret()
        given = "nothing" if refusal.given is None else type_name(refusal.given)
        message = f"{refusal.name} should be {wanted}, not {given}"
        return "wrong-type", message, _mend_type(wanted, refusal.given)

    return words


def _bare_secret() -> Words:
    return (
        "bare-secret",
        "a secret does not stand in a document, only where it is found",
        "change the secret if it was real, and write {env: NAME} or {file: PATH}",
    )


def _mend_type(wanted: str, given: object) -> str:
    if given is None:
        return "write a value, or remove the line"
    if wanted in (_TEXT, _MOMENT) and isinstance(given, int | float):
        return "put it in quotes"
    if wanted in (_WHOLE, _NUMBER) and isinstance(given, str) and _is_number(given):
        return "remove the quotes"
    return {
        _FLAG: "write true or false",
        _LIST: "write it as a list: [one, two]",
        _GROUP: "write it as `key: value` lines, or {key: value}",
    }.get(wanted, f"write {wanted}")


def _bound(words_of: str, key: str) -> Callable[[Refusal], Words]:
    def words(refusal: Refusal) -> Words:
        limit = refusal.words[key]
        message = f"{refusal.name} is {_shown(refusal)}; it is {words_of} {limit:g}"
        return "out-of-range", message, f"write a number {words_of} {limit:g}"

    return words


def _length(more_or_less: str, key: str) -> Callable[[Refusal], Words]:
    def words(refusal: Refusal) -> Words:
        limit, actual = refusal.words[key], refusal.words["actual_length"]
        message = f"{refusal.name} has {actual} entries; it has {more_or_less} {limit}"
        return f"too-{'few' if key == 'min_length' else 'many'}", message, "add or remove some"

    return words


def _infinite(refusal: Refusal) -> Words:
    return "out-of-range", f"{refusal.name} is no finite number", "write one"


def _other(refusal: Refusal) -> Words:
    return "invalid", f"{refusal.name} is not what belongs here", "see `farmctl schema`"


def type_name(value: object) -> str:
    """Return what people call the type of a value that stands in a document."""
    for types, name in _TYPE_NAMES:
        if isinstance(value, types):
            return name
    return "nothing"


def _shown(refusal: Refusal) -> str:
    given = refusal.path[-1] if refusal.at_key else refusal.given
    text = str(given).lower() if isinstance(given, bool) else str(given)
    text = re.sub(r"//[^/@]*@", "//***@", text)  # a password in an address is not said again
    short = text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"
    return f"`{short}`"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", text) is not None


_TEXT = "a text"
_WHOLE = "a whole number"
_NUMBER = "a number"
_FLAG = "true or false"
_LIST = "a list"
_GROUP = "a group of keys"
_MOMENT = "a moment like 2026-12-01T17:00:00+01:00"
_SETTING = "a text, a number, or true or false"

_TYPE_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, _FLAG),
    (int, _WHOLE),
    (float, _NUMBER),
    (str, _TEXT),
    ((list, tuple), _LIST),
    (dict, _GROUP),
)

WORDS: Mapping[str, Callable[[Refusal], Words]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _literal,
    "string_type": _wrong_type(_TEXT),
    "int_type": _wrong_type(_WHOLE),
    "float_type": _wrong_type(_NUMBER),
    "bool_type": _wrong_type(_FLAG),
    "tuple_type": _wrong_type(_LIST),
    "dict_type": _wrong_type(_GROUP),
    "mapping_type": _wrong_type(_GROUP),
    "model_type": _wrong_type(_GROUP),
    "datetime_type": _wrong_type(_MOMENT),
    SETTING_TYPE: _wrong_type(_SETTING),
    "greater_than": _bound("above", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than_equal": _bound("at most", "le"),
    "too_short": _length("at least", "min_length"),
    "too_long": _length("at most", "max_length"),
    "finite_number": _infinite,
    FORM: _form,
    NOT_LISTED: _not_listed,
    CONFLICT: _conflict,
    NOT_COMPUTED: _not_computed,
}
"""What to say for each type of error; a test makes every error that the models can raise."""
