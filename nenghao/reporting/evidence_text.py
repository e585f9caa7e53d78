"""Values and words of an evidence document: exact values as JSON holds them, words in both languages.

Before: rows and figures. After: `nenghao.reporting.evidence`. A document is read long after labels have moved on, so
the words stand in it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, Final, get_args
from uuid import UUID

from nenghao.domain.canonical import MAX_INTEGER
from nenghao.domain.innocence import Checked
from nenghao.domain.periods import SHANGHAI
from nenghao.labels import Language, label, load_labels

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


def plain(value: Any) -> Any:
    """A value as canonical JSON holds it: decimals and floats as text, instants in Shanghai time, bytes in hex.

    Raises: TypeError for what has no form in a document.
    """
    if value is None or isinstance(value, bool):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    for kind, write in _FORMS:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"{type(value).__name__} has no form in a document")


#: A datetime is a date, so it comes first.
_FORMS: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (str, str),
    (int, lambda value: value if abs(value) <= MAX_INTEGER else str(value)),
    (float, lambda value: format(Decimal(repr(value)), "f") if isfinite(value) else None),
    (Decimal, lambda value: format(value, "f")),
    (datetime, lambda value: value.astimezone(SHANGHAI).isoformat()),
    (date, date.isoformat),
    (bytes, bytes.hex),
    (UUID, str),
)


def recorded_text(content: Any) -> str:
    """The text that `expectations.recording` hashed of a piece, made again from what is stored."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def both(key: str) -> dict[str, str]:
    """A text in both languages; the key itself where a language has none (a rule of an older edition)."""
    return {language: load_labels(language).get(key, key) for language in LANGUAGES}


def title_of_rule(code: str) -> dict[str, str]:
    """The title of a rule in both languages."""
    return both(f"rule.{code}.title")


def texts_of_check(checked: Checked) -> dict[str, str]:
    """What a check saw, in both languages."""
    key = f"evidence.check.{checked.check}.{checked.outcome}"
    return {language: label(key, language, **checked.values) for language in LANGUAGES}
