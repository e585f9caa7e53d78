"""Frozen dataclasses as canonical values and back, so that what was computed from can be sealed and computed again.

Decimals and days become strings; a field that holds a tuple becomes a list. Reading refuses what writing cannot make.
"""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from nenghao.domain.rounding import exact_text
from nenghao.errors import DataRefused

Record = TypeVar("Record")


def to_plain(value: object) -> Any:
    """The canonical value of a record, a tuple of them, or what they hold.

    Raises: TypeError where something has no canonical form.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return exact_text(value)
        case date():
            return value.isoformat()
        case tuple():
            return [to_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def from_plain(plain: object, record: type[Record]) -> Record:
    """The record that `to_plain` wrote.

    Raises: DataRefused where it is not one: a field is missing, is not known, or holds something else.
    """
    if not isinstance(plain, dict):
        raise DataRefused(f"{record.__name__} is not an object")
    hints = _hints(record)  # type: ignore[arg-type] # a class is hashable
    if plain.keys() != hints.keys():
        raise DataRefused(f"{record.__name__} has other fields: {', '.join(sorted(plain.keys() ^ hints.keys()))}")
    return record(**{name: _read(plain[name], hint, f"{record.__name__}.{name}") for name, hint in hints.items()})


@cache
def _hints(record: type[object]) -> dict[str, Any]:
    hints = get_type_hints(record)
    return {field.name: hints[field.name] for field in fields(record)}  # type: ignore[arg-type] # dataclasses only


def _read(plain: object, hint: Any, where: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        return None if plain is None else _read(plain, next(one for one in arguments if one is not NoneType), where)
    if origin is tuple:
        if not isinstance(plain, list):
            raise DataRefused(f"{where} is not a list")
        return tuple(_read(item, arguments[0], where) for item in plain)
    if origin is Literal:
        if plain not in arguments:
            raise DataRefused(f"{where} is {plain!r}, not one of {', '.join(arguments)}")
        return plain
    if is_dataclass(hint):
        return from_plain(plain, hint)  # type: ignore[arg-type]
    if hint in (Decimal, date):
        return _read_text(plain, hint, where)
    if not isinstance(plain, hint) or (hint is int and isinstance(plain, bool)):
        raise DataRefused(f"{where} is {plain!r}, not {hint.__name__}")
    return plain


def _read_text(plain: object, hint: Any, where: str) -> Any:
    try:
        value = Decimal(str(plain)) if hint is Decimal else date.fromisoformat(str(plain))
    except (InvalidOperation, ValueError):
        raise DataRefused(f"{where} is {plain!r}, not {hint.__name__}") from None
    if to_plain(value) != plain:
        raise DataRefused(f"{where} is {plain!r}, which is not how it is written")
    return value
