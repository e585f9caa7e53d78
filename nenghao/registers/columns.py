"""What each column of a register file may hold: one parser a column, one reason a refusal."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import TypeAlias
from unicodedata import category

from stdnum import numdb
from stdnum.cn import uscc

from nenghao.domain.data_code import parse_data_code
from nenghao.domain.periods import FIRST_DAY, LAST_DAY, SHANGHAI, Month
from nenghao.domain.quantities import UNITS
from nenghao.errors import DataRefused
from nenghao.labels import label
from nenghao.reference.industries import load_industries

#: A cell after parsing. Dates without a time are Shanghai days.
Cell: TypeAlias = str | int | Decimal | date | datetime | None


_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
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
    #: Whether a cell that was left empty may be filled in by a later file; what stands is never changed.
    is_fillable: bool = field(default=False, kw_only=True)
    #: The words of a closed list, as they are stored; people may write their labels instead.
    choices: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def kind(self) -> str:
        """What a spreadsheet takes the column for: `date`, `instant`, `number` or `text`."""
        kinds: dict[object, str] = {day: "date", month: "date", instant: "instant"}
        kinds |= dict.fromkeys((decimal, positive_decimal, decimal_from_zero), "number")
        return kinds.get(self.parse, "text")


def choice(name: str, *values: str, is_required: bool = True, is_fillable: bool = False) -> Column:
    """A column that holds one word of a closed list."""
    return Column(name, one_of(*values), is_required, is_fillable=is_fillable, choices=values)


def as_text(cell: Cell) -> str:
    """A cell as its parser reads it again.

    >>> as_text(Decimal("1E+3")), as_text(date(2026, 10, 1)), as_text(None)
    ('1000', '2026-10-01', '')
    """
    match cell:
        case None:
            return ""
        case Decimal():
            return format(cell, "f")
        case datetime():
            return cell.astimezone(SHANGHAI).isoformat()
        case date():
            return cell.isoformat()
    return str(cell)


def unit_code(text: str) -> str:
    """统一社会信用代码 with a right check digit. Source: GB 32100-2015."""
    if not _is_credit_code(text):
        raise CellRefused("credit_code")
    return text


@lru_cache(maxsize=20_000)
def _is_credit_code(text: str) -> bool:
    """Kept, because each of a unit's hundreds of rows names it again."""
    return bool(uscc.is_valid(text)) and text == uscc.compact(text)


def division_code(text: str) -> str:
    """行政区划代码 of a province, city or county that exists or existed. Source: GB/T 2260, as python-stdnum has it."""
    if not re.fullmatch(r"[0-9]{6}", text):
        raise CellRefused("division_form")
    if not _divisions().info(text)[-1][1]:
        raise CellRefused("division_unknown")
    return text


@cache
def _divisions() -> numdb.NumDB:
    return numdb.get("cn/loc")


def industry_code(text: str) -> str:
    """国民经济行业代码: a division of two digits or below, with or without the letter of its section."""
    match = re.fullmatch(r"([A-T]?)([0-9]{2})[0-9]{0,2}", text)
    if not match:
        raise CellRefused("industry_form")
    section = load_industries().section_of.get(match[2])
    if section is None or match[1] not in {"", section}:
        raise CellRefused("industry_unknown")
    return text


def data_code(text: str) -> str:
    """采集数据项编码 as 16 digits; hyphens may be there. A device has a type and a number, or neither."""
    try:
        code = parse_data_code(text)
    except DataRefused:
        raise CellRefused("data_code_form") from None
    if (code.equipment_type == "00") != (code.equipment_no == "00"):
        raise CellRefused("data_code_device")
    return code.digits


def pattern(expression: str, reason: str) -> Callable[[str], str]:
    """A parser for text that matches `expression` as a whole."""
    compiled = re.compile(expression)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise CellRefused(reason)
        return text

    return parse


def one_of(*values: str) -> Callable[[str], str]:
    """A parser for one word of a closed list, as it is stored or by its label in either language."""
    words: dict[str, str] = {}

    def parse(text: str) -> str:
        if text in values:
            return text
        if not words:
            words.update({label(f"register.choice.{v}", language): v for v in values for language in ("zh", "en")})
        if text not in words:
            raise CellRefused("not_in_list")
        return words[text]

    return parse


def name(text: str) -> str:
    """Any text of at most 200 characters, without ones that nobody sees: controls, marks of direction."""
    if any(map(_is_unseen, text)):
        raise CellRefused("not_printable")
    if len(text) > 200:
        raise CellRefused("too_long")
    return text


def _is_unseen(character: str) -> bool:
    """Neither database nor XML takes some of them, and others make two names look like one."""
    code = ord(character)
    return category(character) in {"Cc", "Cf", "Cs"} or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def measure_unit(text: str) -> str:
    """A unit code of nenghao.domain.quantities."""
    if text not in UNITS:
        raise CellRefused("unit_unknown")
    return text


def decimal(text: str) -> Decimal:
    """A decimal with a point and without thousands separators; as long as some meter's is."""
    if not _DECIMAL.fullmatch(text):
        raise CellRefused("not_decimal")
    return Decimal(text)


def positive_decimal(text: str) -> Decimal:
    """A decimal above zero."""
    if (value := decimal(text)) <= 0:
        raise CellRefused("not_positive")
    return value


def decimal_from_zero(text: str) -> Decimal:
    """A decimal that is not negative."""
    if (value := decimal(text)) < 0:
        raise CellRefused("negative")
    return value


def whole_number(smallest: int, largest: int) -> Callable[[str], int]:
    """A parser for a whole number in a closed range."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not smallest <= int(text) <= largest:
            raise CellRefused("not_in_range")
        return int(text)

    return parse


def day(text: str) -> date:
    """A day as 2026-10-01 or, as a Chinese Excel shows it, 2026/10/1; not before 1992."""
    match = _DAY.fullmatch(text)
    try:
        value = date(*map(int, match.groups())) if match else None
    except ValueError:
        value = None
    if value is None:
        raise CellRefused("not_date")
    _refuse_other_times(value)
    return value


def month(text: str) -> date:
    """A month as 2026-10, or as its first day, which it is kept as."""
    try:
        first_on = Month.parse(text[:7]).start_on
    except DataRefused:
        raise CellRefused("not_month") from None
    if text not in {text[:7], first_on.isoformat()}:
        raise CellRefused("not_month")
    _refuse_other_times(first_on)
    return first_on


def instant(text: str) -> datetime:
    """An instant as 2026-10-01T00:00:00+08:00; or Shanghai's time as a spreadsheet shows it, 2026-10-01 08:15; or a
    day, which means its start in Shanghai.
    """
    if _DAY.fullmatch(text):
        return datetime.combine(day(text), time(), SHANGHAI)
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise CellRefused("not_instant") from None
    if " " in text and value.tzinfo is None:
        value = value.replace(tzinfo=SHANGHAI)
    if value.tzinfo is None:
        raise CellRefused("no_zone")
    _refuse_other_times(value.date())
    return value


def _refuse_other_times(day_on: date) -> None:
    if day_on < FIRST_DAY:
        raise CellRefused("before_1992")
    if day_on > LAST_DAY:
        raise CellRefused("after_2199")
