"""Reads a CSV or Parquet file into typed columns; what is no number or no time is refused by file, row and column.

Before: a file that somebody gives to `nenghao-audit backtest`. After: `file_readings`, `file_context`. pyarrow takes a
second to import, so it is imported inside functions.
"""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from nenghao.detection.block import Bools, Floats, Ints
from nenghao.errors import ConfigError, DataRefused
from nenghao.labels import Language, label

if TYPE_CHECKING:
    import pyarrow as pa

#: Written where there is nothing.
BLANKS: Final = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-"]
_NUMBER: Final = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
_OFFSET: Final = r"(?P<sign>[-+])(?P<hours>\d{2}):?(?P<minutes>\d{2})$"
_FORMATS: Final = tuple(
    f"{day}{between}{time}" if time else day
    for day in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y")
    for between, time in ((" ", "%H:%M:%S"), ("T", "%H:%M:%S"), (" ", "%H:%M"), ("T", "%H:%M"), ("", ""))
)
NONE_S: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Column:
    """Names of a text column once each, and the number of the name in each row; -1 where it is blank."""

    names: tuple[str, ...]
    codes: Ints


class TableFile:
    """A file's columns by name, whatever their order; names do not tell upper case from lower."""

    def __init__(self, path: Path, language: Language, zone: ZoneInfo, *, needed: Sequence[str]) -> None:
        """Raises: DataRefused where the file is no table or lacks a needed column; ConfigError without pyarrow."""
        self.path, self.language, self.zone = path, language, zone
        self.delimiter = ","
        self.table = self._read()
        self.columns = [name.strip().lower() for name in self.table.column_names]
        repeated = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if repeated:
            raise self._refuse("repeated_column", column=repeated[0])
        for name in needed:
            if name not in self.columns:
                raise self._refuse("missing_column", column=name, found=", ".join(self.columns))

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def texts(self, name: str) -> Column:
        """A column of names."""
        compute, arrow = _compute(), _arrow()
        array = self._array(name)
        if not arrow.types.is_string(array.type):
            array = array.cast(arrow.string())
        array = compute.utf8_trim_whitespace(array)
        array = compute.if_else(compute.equal(array, ""), None, array)
        coded = compute.dictionary_encode(array)
        coded = coded.combine_chunks() if isinstance(coded, arrow.ChunkedArray) else coded
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return Column(tuple(coded.dictionary.to_pylist()), codes)

    def numbers(self, name: str) -> Floats:
        """A column of numbers, NaN where blank.

        Raises: DataRefused naming the first row that is no number.
        """
        compute, arrow = _compute(), _arrow()
        array = self._array(name)
        if arrow.types.is_string(array.type):
            array = compute.utf8_trim_whitespace(array)
            array = compute.if_else(compute.is_in(array, value_set=arrow.array(BLANKS)), None, array)
            if self.delimiter == ";":
                # Where the list separator is a semicolon, the decimal one is a comma.
                array = compute.replace_substring(array, ",", ".")
            self._refuse_first(name, array, compute.match_substring_regex(array, _NUMBER), "not_a_number")
        elif not (arrow.types.is_floating(array.type) or arrow.types.is_integer(array.type) or _is_exact(array.type)):
            raise self._refuse("not_a_number", row=self._row(0), column=name, text=str(array.type))
        values: Floats = array.cast(arrow.float64(), safe=False).to_numpy().astype(np.float64)
        values[~np.isfinite(values)] = np.nan
        return values

    def is_numeric(self, name: str) -> bool:
        """Whether every cell of a column is a number or blank."""
        try:
            return bool(np.isfinite(self.numbers(name)).any())
        except DataRefused:
            return False

    def seconds(self, name: str, *, is_optional: bool = False) -> Ints:
        """Local wall-clock time as seconds since 1970; stamps with an offset become local ones of the file's zone.

        Raises: DataRefused naming the first row that is no time, or blank where it may not be.
        """
        compute, arrow = _compute(), _arrow()
        array = self._array(name)
        if arrow.types.is_string(array.type):
            array = self._parsed_times(name, array)
        elif arrow.types.is_date(array.type):
            array = array.cast(arrow.timestamp("s"))
        elif not arrow.types.is_timestamp(array.type):
            raise self._refuse("not_a_time", row=self._row(0), column=name, text=str(array.type))
        if array.type.tz is not None:
            array = compute.local_timestamp(array.cast(arrow.timestamp(array.type.unit, tz=self.zone.key)))
        seconds: NDArray[Any] = (
            array.cast(arrow.timestamp("s"), safe=False).cast(arrow.int64()).fill_null(NONE_S).to_numpy()
        )
        blank = seconds == NONE_S
        if blank.any() and not is_optional:
            raise self._refuse("not_a_time", row=self._row(int(blank.argmax())), column=name, text="")
        return seconds.astype(np.int64)

    def text_at(self, name: str, place: int) -> str:
        """One cell as text."""
        value = self._array(name)[place].as_py()
        return "" if value is None else str(value)

    def _parsed_times(self, name: str, array: "pa.ChunkedArray") -> "pa.ChunkedArray":
        compute, arrow = _compute(), _arrow()
        text = compute.utf8_trim_whitespace(array)
        text = compute.if_else(compute.is_in(text, value_set=arrow.array(BLANKS)), None, text)
        plain = compute.replace_substring_regex(text, r"([Zz]|\s*[-+]\d{2}:?\d{2})$", "")
        plain = compute.replace_substring_regex(plain, r"(:\d{2})\.\d+$", r"\1")
        parsed = arrow.chunked_array([arrow.nulls(len(array), arrow.timestamp("s"))])
        for form in _FORMATS:
            waiting = compute.and_(compute.is_null(parsed), compute.is_valid(plain))
            if not compute.any(waiting).as_py():
                break
            found = compute.strptime(compute.if_else(waiting, plain, None), format=form, unit="s", error_is_null=True)
            parsed = compute.coalesce(parsed, found)
        self._refuse_first(name, text, compute.is_valid(parsed), "not_a_time")
        # A stamp of digits and hyphens ends like an offset; only behind a time of day it is one.
        is_shifted = compute.match_substring_regex(text, r":\d{2}(\.\d+)?([Zz]|\s*[-+]\d{2}:?\d{2})$")
        if not compute.any(is_shifted).as_py():
            return parsed
        offset = compute.extract_regex(text, _OFFSET)
        parts = {part: compute.struct_field(offset, part) for part in ("sign", "hours", "minutes")}
        minutes = compute.add(
            compute.multiply(compute.cast(parts["hours"], arrow.int64()), 60),
            compute.cast(parts["minutes"], arrow.int64()),
        )
        signed = compute.if_else(compute.equal(parts["sign"], "-"), compute.negate(minutes), minutes)
        utc = compute.subtract(parsed.cast(arrow.int64()), compute.multiply(compute.coalesce(signed, 0), 60))
        local = compute.local_timestamp(utc.cast(arrow.timestamp("s")).cast(arrow.timestamp("s", tz=self.zone.key)))
        return compute.if_else(is_shifted, local, parsed)

    def _refuse_first(self, name: str, text: "pa.ChunkedArray", is_right: "pa.ChunkedArray", reason: str) -> None:
        compute = _compute()
        wrong = compute.and_(compute.is_valid(text), compute.invert(compute.fill_null(is_right, False)))
        if compute.any(wrong).as_py():
            place = compute.index(wrong, True).as_py()
            raise self._refuse(reason, row=self._row(place), column=name, text=text[place].as_py())

    def _row(self, place: int) -> int:
        """A row's number as its reader sees it: in a CSV file the head is row 1."""
        return place + 2 if self._is_text() else place + 1

    def refuse_row(self, reason: str, place: int, **details: object) -> DataRefused:
        """What is wrong with a row."""
        return self._refuse(reason, row=self._row(place), **details)

    def _refuse(self, reason: str, **details: object) -> DataRefused:
        return DataRefused(label(f"backtest.reason.{reason}", self.language, file=self.path.name, **details))

    def _array(self, name: str) -> "pa.ChunkedArray":
        arrow = _arrow()
        array = self.table.column(self.columns.index(name))
        if arrow.types.is_dictionary(array.type):
            array = array.cast(array.type.value_type)
        if arrow.types.is_large_string(array.type) or arrow.types.is_null(array.type):
            array = array.cast(arrow.string())
        return array

    def _is_text(self) -> bool:
        return self.path.suffix.lower() not in (".parquet", ".pq")

    def _read(self) -> "pa.Table":
        arrow = _arrow()
        try:
            return self._read_text() if self._is_text() else self._read_parquet()
        except OSError as error:
            raise self._refuse("unreadable", text=error.strerror or str(error)) from error
        except UnicodeError as error:
            raise self._refuse("unreadable", text=str(error)) from error
        except arrow.ArrowInvalid as error:
            raise self._refuse("unreadable", text=str(error).splitlines()[0]) from error

    def _read_parquet(self) -> "pa.Table":
        from pyarrow import parquet

        return parquet.read_table(self.path)

    def _read_text(self) -> "pa.Table":
        arrow = _arrow()
        from pyarrow import csv

        encoding = _encoding_of(self.path)
        with self.path.open(encoding=encoding, errors="replace") as file:
            head = file.readline().strip("\ufeff\r\n")
        if not head:
            raise self._refuse("no_rows")
        delimiter = self.delimiter = max(",;\t|", key=head.count)
        names = [name.strip().strip('"') for name in head.split(delimiter)]

        def read(use_threads: bool) -> "pa.Table":
            return csv.read_csv(
                self.path,
                read_options=csv.ReadOptions(
                    column_names=names, skip_rows=1, encoding=encoding, use_threads=use_threads
                ),
                parse_options=csv.ParseOptions(delimiter=delimiter),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(names, arrow.string()), strings_can_be_null=False
                ),
            )

        try:
            return read(use_threads=True)
        except arrow.ArrowInvalid:
            # One thread alone knows the number of the row that it stumbles over.
            return read(use_threads=False)


def _encoding_of(path: Path) -> str:
    """UTF-8 if every byte of the file is, UTF-16 if it says so, else what Chinese Windows writes."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1 << 22):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8"


def _is_exact(of: Any) -> bool:
    arrow = _arrow()
    return bool(arrow.types.is_decimal(of) or arrow.types.is_boolean(of) or arrow.types.is_null(of))


def known(column: Column) -> Bools:
    """Rows that have a name."""
    return np.asarray(column.codes >= 0)


def _arrow() -> Any:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ConfigError("files of readings need pyarrow: install the extra `quality`") from error
    return pa


def _compute() -> Any:
    _arrow()
    import pyarrow.compute

    return pyarrow.compute
