"""The closed registry of event types: name, payload, owner, one sentence.

A payload is a frozen struct. Its name in the journal is `dev.farmctl.<name>.v<N>`; additive
changes keep N, others add N+1 and an upcaster. Nothing is ever taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any, TypeVar

from msgspec import Struct

from farmctl.model.codec import Json, decode, plain

PREFIX = "dev.farmctl."
P = TypeVar("P")


class EventType(Struct, frozen=True, dict=True):
    """One row of the registry.

    Args:
        name: `run.started`.
        version: N of `.vN`.
        payload: The struct of its data.
        subject: A template over the payload's fields, `run/{run}`.
        owner: The room that appends it.
        meaning: One sentence.
    """

    name: str
    version: int
    payload: type[Any]
    subject: str
    owner: str
    meaning: str

    @cached_property
    def full_name(self) -> str:
        """Return `dev.farmctl.run.started.v1`."""
        return f"{PREFIX}{self.name}.v{self.version}"


_BY_NAME: dict[str, EventType] = {}
_BY_PAYLOAD: dict[type[Any], EventType] = {}


def fact(
    name: str, *, subject: str, owner: str = "control", version: int = 1
) -> Callable[[type[P]], type[P]]:
    """Register a payload under `name`; its docstring's first line is the sentence of the docs."""

    def register(payload: type[P]) -> type[P]:
        meaning = (payload.__doc__ or "").strip().splitlines()[0]
        row = EventType(name, version, payload, subject, owner, meaning)
        if row.full_name in _BY_NAME:
            raise ValueError(f"{row.full_name} is registered twice")
        _BY_NAME[row.full_name] = row
        _BY_PAYLOAD[payload] = row
        return payload

    return register


def event_types() -> Iterator[EventType]:
    """Yield every row, by name."""
    return iter(sorted(_BY_NAME.values(), key=lambda row: row.full_name))


def is_known(full_name: str) -> bool:
    """Return whether this farmctl knows the event type."""
    return full_name in _BY_NAME


def type_of(payload: object) -> EventType:
    """Return the row of a payload."""
    return _BY_PAYLOAD[type(payload)]


def subject_of(payload: object) -> str:
    """Return `run/run-17`."""
    return _with_fields_of_first(type_of(payload).subject).format(payload)


@cache
def _with_fields_of_first(template: str) -> str:
    """Return `run/{0.run}` of `run/{run}`."""
    return template.replace("{", "{0.")


def data_of(payload: object) -> dict[str, Json]:
    """Return the payload in dicts, lists and tuples, as the journal takes it."""
    data: dict[str, Any] = plain(payload)
    return data


def payload_of(full_name: str, data: Json) -> object:
    """Return the typed payload of a stored event. Raises KeyError, Undecodable."""
    payload: object = decode(_BY_NAME[full_name].payload, data)
    return payload
