"""Rows of a table become readings by a mapping of columns; a row that cannot is named with its field and reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from ingest.gateway.spool import Reading
from nenghao.errors import ConfigError

REQUIRED: Final = ("point", "quantity", "kind", "period", "at", "value", "unit")
OPTIONAL: Final = ("source", "meter", "multiplier")
_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Wrong(StrEnum):
    """Why a row is no reading; the texts are labels below `sender.reason`."""

    EMPTY = "empty"
    NOT_DECIMAL = "not_decimal"
    NOT_FINITE = "not_finite"
    NOT_INSTANT = "not_instant"
    NO_ZONE = "no_zone"
    NOT_JSON = "not_json"
    NOT_OBJECT = "not_object"
    NOT_UTF8 = "not_utf8"
    TOO_LONG = "too_long"
    CELL_COUNT = "cell_count"
    ENCODING_ENDS = "encoding_ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRow:
    """A row that is not sent. Rows count from 1, as an editor shows them; field None means the whole row."""

    file: str
    row: int
    field: str | None
    reason: Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where each field of a reading comes from: a column, or one text for all rows."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    #: The zone of times that have none; without it they are refused, because eight hours are not guessed.
    zone: ZoneInfo | None = None

    def check(self, file: str, heading: list[str]) -> None:
        """See that the file has every column that is needed.

        Raises: ConfigError naming the columns that it lacks.
        """
        missing = [column for field, column in self.columns.items() if column not in heading and field in REQUIRED]
        if missing:
            raise ConfigError(f"{file}: no column {', '.join(missing)}; it has {', '.join(heading)}")

    def reading(self, file: str, row: int, cells: Mapping[str, object]) -> Reading | WrongRow:
        """One row as a reading."""
        reading: dict[str, object] = {}
        for field in (*REQUIRED, *OPTIONAL):
            cell = self.constants[field] if field in self.constants else cells.get(self.columns.get(field, field))
            if cell is None or cell == "":
                if field in REQUIRED:
                    return WrongRow(file=file, row=row, field=field, reason=Wrong.EMPTY)
                continue
            text = self._text(field, cell)
            if isinstance(text, Wrong):
                return WrongRow(file=file, row=row, field=field, reason=text)
            reading[field] = text
        return reading

    def _text(self, field: str, cell: object) -> str | Wrong:
        match field:
            case "at":
                return self._instant(cell)
            case "value" | "multiplier":
                return decimal_text(cell)
            case _:
                return str(cell)

    def _instant(self, cell: object) -> str | Wrong:
        try:
            at = cell if isinstance(cell, datetime) else datetime.fromisoformat(str(cell))
        except ValueError:
            return Wrong.NOT_INSTANT
        if at.tzinfo is None:
            if self.zone is None:
                return Wrong.NO_ZONE
            at = at.replace(tzinfo=self.zone)
        return at.isoformat()


def columns_of(columns: list[str], constants: list[str], zone: str | None) -> Columns:
    """Read a mapping from the words of a command line, FIELD=COLUMN and FIELD=TEXT; a field is else its own column.

    Raises: ConfigError where a word is none of these, or the zone is not known.
    """
    chosen, fixed = dict(map(_pair, columns)), dict(map(_pair, constants))
    try:
        where = None if zone is None else ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(f"--zone {zone}: no such time zone") from error
    fields = [field for field in (*REQUIRED, *OPTIONAL) if field not in fixed]
    return Columns(columns={field: chosen.get(field, field) for field in fields}, constants=fixed, zone=where)


def decimal_text(cell: object) -> str | Wrong:
    """A number as the digits that the file holds; a binary one as the shortest decimal that reads back as the same.

    >>> decimal_text(0.1), decimal_text("1,5"), decimal_text(1e21)
    ('0.1', <Wrong.NOT_DECIMAL: 'not_decimal'>, '1000000000000000000000')
    """
    match cell:
        case str():
            return cell if _DECIMAL.fullmatch(cell) else Wrong.NOT_DECIMAL
        case bool() | date():
            return Wrong.NOT_DECIMAL
        case int() | float() | Decimal():
            number = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
            return f"{number:f}" if number.is_finite() else Wrong.NOT_FINITE
        case _:
            return Wrong.NOT_DECIMAL


def _pair(word: str) -> tuple[str, str]:
    field, separator, text = word.partition("=")
    if not separator or not text or field not in REQUIRED + OPTIONAL:
        raise ConfigError(f"{word}: not FIELD=…; fields are {', '.join(REQUIRED + OPTIONAL)}")
    return field, text
