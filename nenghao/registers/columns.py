"""What each column of a register file may hold: one parser a column, one reason a refusal."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from stdnum.cn import uscc

from nenghao.domain.periods import FIRST_DAY, SHANGHAI
from nenghao.domain.quantities import UNITS
from nenghao.errors import DataRefused

#: A cell after parsing. Dates without a time are Shanghai days.
Cell: TypeAlias = str | int | Decimal | date | datetime | None


#: Decimal itself takes 1_000, １００ and 1e400000.
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")


class CellRefused(DataRefused):
    """A cell does not hold what its column asks for; the message is a label key below `register.reason`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a register file."""

    name: str
    parse: Callable[[str], Cell]
    is_required: bool = True


def unit_code(text: str) -> str:
    """统一社会信用代码 with a right check digit. Source: GB 32100-2015."""
    if not uscc.is_valid(text) or text != uscc.compact(text):
        raise CellRefused("credit_code")
    return text


def pattern(expression: str, reason: str) -> Callable[[str], str]:
    """A parser for text that matches `expression` as a whole."""
    compiled = re.compile(expression)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise CellRefused(reason)
        return text

    return parse


def one_of(*values: str) -> Callable[[str], str]:
    """A parser for one word of a closed list."""

    def parse(text: str) -> str:
        if text not in values:
            raise CellRefused("not_in_list")
        return text

    return parse


def name(text: str) -> str:
    """Any text of at most 200 characters without control characters, which neither database nor spreadsheet takes."""
    if any(character < " " or character == "\x7f" for character in text):
        raise CellRefused("not_printable")
    if len(text) > 200:
        raise CellRefused("too_long")
    return text


def measure_unit(text: str) -> str:
    """A unit code of nenghao.domain.quantities."""
    if text not in UNITS:
        raise CellRefused("unit_unknown")
    return text


def positive_decimal(text: str) -> Decimal:
    """A decimal above zero, with a point and without thousands separators; as long as some meter's is."""
    if not _DECIMAL.fullmatch(text):
        raise CellRefused("not_decimal")
    value = Decimal(text)
    if value <= 0:
        raise CellRefused("not_positive")
    return value


def whole_number(smallest: int, largest: int) -> Callable[[str], int]:
    """A parser for a whole number in a closed range."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not smallest <= int(text) <= largest:
            raise CellRefused("not_in_range")
        return int(text)

    return parse


def day(text: str) -> date:
    """A day as 2026-10-01, not before 1992."""
    try:
        value = date.fromisoformat(text)
    except ValueError:
        raise CellRefused("not_date") from None
    if value < FIRST_DAY:
        raise CellRefused("before_1992")
    return value


def instant(text: str) -> datetime:
    """An instant as 2026-10-01T00:00:00+08:00, or a day, which means its start in Shanghai."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise CellRefused("not_instant") from None
    if len(text) == len("2026-10-01"):
        value = value.replace(tzinfo=SHANGHAI)
    if value.tzinfo is None:
        raise CellRefused("no_zone")
    if value.date() < FIRST_DAY:
        raise CellRefused("before_1992")
    return value
