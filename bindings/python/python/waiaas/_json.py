"""JSON without floats: amounts and prices are exact or they are refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .errors import UsageError


def dumps(value: object) -> str:
    """The JSON text of a value. A `Decimal` becomes a number, digit by digit; a float is refused."""
    parts: list[str] = []
    _write(value, "", parts)
    return "".join(parts)


def loads(text: str | bytes) -> Any:
    """Reads JSON; numbers with a fraction become `Decimal`."""
    return json.loads(text, parse_float=Decimal)


def no_float(value: object, place: str) -> None:
    """Refuses a float, and what Python counts among the integers without it being one."""
    if isinstance(value, float):
        raise UsageError(
            f"{place or 'the value'} is a float ({value!r}), and floats are not exact: "
            "write it as text, as int or as decimal.Decimal"
        )


def amount(value: object, place: str, *, whole_units: bool = False) -> str:
    """An amount as the API has it: text. Integers are written out, floats are refused.

    A `Decimal` counts whole units, so it is refused where smallest units are meant: `Decimal(1)` looks like one wei.
    """
    no_float(value, place)
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if whole_units and isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    unit = "whole units: text, int or Decimal" if whole_units else "smallest units: int or text of digits"
    raise UsageError(f"{place} is in {unit}, not {type(value).__name__}")


def _write(value: object, place: str, parts: list[str]) -> None:
    no_float(value, place)
    if value is None or isinstance(value, (bool, str)):
        parts.append(json.dumps(value))
    elif isinstance(value, int):
        parts.append(str(value))
    elif isinstance(value, Decimal) and value.is_finite():
        parts.append(format(value, "f"))
    elif isinstance(value, Mapping):
        _write_members(value, place, parts)
    elif isinstance(value, (list, tuple)):
        parts.append("[")
        for index, entry in enumerate(value):
            parts.append("," if index else "")
            _write(entry, f"{place}.{index}".lstrip("."), parts)
        parts.append("]")
    else:
        raise UsageError(f"{place or 'the value'} has no JSON form: {type(value).__name__}")


def _write_members(value: Mapping[Any, object], place: str, parts: list[str]) -> None:
    parts.append("{")
    for index, (key, entry) in enumerate(value.items()):
        if not isinstance(key, str):
            raise UsageError(f"{place or 'the value'} has a key that is no text: {key!r}")
        parts.append("," if index else "")
        parts.append(f"{json.dumps(key)}:")
        _write(entry, f"{place}.{key}".lstrip("."), parts)
    parts.append("}")
