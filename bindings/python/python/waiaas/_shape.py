"""How typed models are read from JSON and written to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from . import _json

Reader = Callable[[Any, str], Any]
_M = TypeVar("_M", bound="Model")


class ShapeError(Exception):
    """JSON of another shape than the model has."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a model."""

    wire: str
    """Its name in JSON."""
    name: str
    """Its name in Python."""
    read: Reader
    required: bool
    """Whether it always stands in the JSON."""


class Model:
    """A JSON object of the API. Members that this version does not know are passed over when reading."""

    __slots__ = ()
    members: ClassVar[tuple[Member, ...]] = ()

    @classmethod
    def from_json(cls: type[_M], value: Any, place: str = "") -> _M:
        """Reads a model; raises `ShapeError` when the value has another shape."""
        if not isinstance(value, Mapping):
            raise ShapeError(f"{place or 'the answer'} is no object")
        found: dict[str, Any] = {}
        for member in cls.members:
            if member.wire in value:
                found[member.name] = member.read(value[member.wire], f"{place}.{member.wire}".lstrip("."))
            elif member.required:
                raise ShapeError(f"{place or 'the answer'} has no `{member.wire}`")
        return cls(**found)

    def to_json(self) -> dict[str, Any]:
        """The JSON object; members that are `None` are left out unless they must be there."""
        found: dict[str, Any] = {}
        for member in self.members:
            value = getattr(self, member.name)
            if value is not None or member.required:
                found[member.wire] = _plain(value, member)
        return found


def _plain(value: Any, member: Member) -> Any:
    if isinstance(value, Model):
        return value.to_json()
    if isinstance(value, (list, tuple)):
        return [_plain(entry, member) for entry in value]
    if member.read is amount:
        return _json.amount(value, member.wire)
    if member.read is human_amount:
        return _json.amount(value, member.wire, whole_units=True)
    return value


def text(value: Any, place: str) -> str:
    """A text."""
    return _expect(value, str, "a text", place)


def amount(value: Any, place: str) -> str:
    """An amount in smallest units: a text here, possibly an integer in Python."""
    return text(value, place)


def human_amount(value: Any, place: str) -> str:
    """An amount in whole units: a text here, possibly a `Decimal` in Python."""
    return text(value, place)


def flag(value: Any, place: str) -> bool:
    """A truth value."""
    return _expect(value, bool, "true or false", place)


def integer(value: Any, place: str) -> int:
    """An integer."""
    if isinstance(value, bool):
        raise ShapeError(f"{place} is no integer")
    return _expect(value, int, "an integer", place)


def number(value: Any, place: str) -> Decimal:
    """A number with or without a fraction."""
    return value if isinstance(value, Decimal) else Decimal(integer(value, place))


def anything(value: Any, _place: str) -> Any:
    """Whatever stands there."""
    return value


def mapping(value: Any, place: str) -> Mapping[str, Any]:
    """An object whose members the API does not name."""
    found: Mapping[str, Any] = _expect(value, dict, "an object", place)
    return found


def nullable(read: Reader) -> Reader:
    """The same or null."""
    return lambda value, place: None if value is None else read(value, place)


def listed(read: Reader) -> Reader:
    """A list of these."""

    def entries(value: Any, place: str) -> tuple[Any, ...]:
        found = _expect(value, list, "a list", place)
        return tuple(read(entry, f"{place}.{index}") for index, entry in enumerate(found))

    return entries


def first_of(*readers: Reader) -> Reader:
    """The first of these that fits."""

    def read(value: Any, place: str) -> Any:
        reasons: list[str] = []
        for reader in readers:
            try:
                return reader(value, place)
            except ShapeError as error:
                reasons.append(str(error))
        raise ShapeError(" or ".join(reasons))

    return read


_T = TypeVar("_T")


def _expect(value: Any, kind: type[_T], name: str, place: str) -> _T:
    if not isinstance(value, kind):
        raise ShapeError(f"{place or 'the answer'} is not {name}")
    return value
