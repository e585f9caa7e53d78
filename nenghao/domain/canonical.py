"""Canonical bytes: one sequence of bytes for one value, so that it can be hashed and signed.

Source: RFC 8785 (JSON Canonicalization Scheme), for the values that the project seals. Numbers are whole; a decimal
is a string, because JSON numbers are binary floats to most readers.
"""

import json
from typing import Final

Canonical = str | int | bool | None | list["Canonical"] | dict[str, "Canonical"]

#: RFC 8785 writes numbers as ECMAScript does, which is exact up to here (I-JSON, RFC 7493 clause 2.2).
MAX_INTEGER: Final = 2**53 - 1


def canonical_bytes(value: object) -> bytes:
    """The RFC 8785 form of a value: keys by UTF-16 code units, no white space, UTF-8.

    >>> canonical_bytes({"b": [1, True, None], "a": "能"}).decode()
    '{"a":"能","b":[1,true,null]}'

    Raises: TypeError for floats, Decimals and everything else that JSON has no exact form for; ValueError for whole
    numbers beyond 2**53 and for lone surrogates.
    """
    # Keys in ASCII have one order only, which the standard library's own writer keeps, at ten times the pace.
    is_plain = _check(value)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True) if is_plain else _write(value)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("a lone surrogate has no UTF-8 form") from error


def _check(value: object) -> bool:
    """Refuse what has no exact form; says whether every key is in ASCII."""
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError(f"{value} has no exact form in JSON: write it as a string")
        return True
    if isinstance(value, list | tuple):
        return all([_check(item) for item in value])  # noqa: C419 - all of them are checked
    if isinstance(value, dict):
        return all([_check_key(key) & _check(item) for key, item in value.items()])  # noqa: C419 - the same
    raise TypeError(f"{type(value).__name__} has no canonical form: write it as a string")


def _check_key(key: object) -> bool:
    if not isinstance(key, str):
        raise TypeError(f"a key is a string, not {type(key).__name__}")
    return key.isascii()


def _write(value: object) -> str:
    """The same for checked values with keys of any kind: ordered by UTF-16 code units."""
    match value:
        case list() | tuple():
            return f"[{','.join(_write(item) for item in value)}]"
        case dict():
            return f"{{{','.join(f'{_dump(key)}:{_write(value[key])}' for key in sorted(value, key=_utf16))}}}"
        case _:
            return _dump(value)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")
