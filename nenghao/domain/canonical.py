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
    return _write(value).encode("utf-8")


def _write(value: object) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case int():
            if abs(value) > MAX_INTEGER:
                raise ValueError(f"{value} has no exact form in JSON: write it as a string")
            return str(int(value))
        case str():
            return _write_text(value)
        case list() | tuple():
            return f"[{','.join(_write(item) for item in value)}]"
        case dict():
            return f"{{{','.join(f'{_write_text(key)}:{_write(value[key])}' for key in sorted(value, key=_utf16))}}}"
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form: write it as a string")


def _write_text(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"a key is a string, not {type(text).__name__}")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("a lone surrogate has no UTF-8 form")
    return json.dumps(str(text), ensure_ascii=False)


def _utf16(key: object) -> bytes:
    if not isinstance(key, str):
        raise TypeError(f"a key is a string, not {type(key).__name__}")
    return key.encode("utf-16-be", "surrogatepass")
