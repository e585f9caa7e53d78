"""Where readings come from: JSON lines, CSV and Parquet, each as readings and rows that are none."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from ingest.gateway.parquet_rows import parquet_rows
from ingest.gateway.reading_rows import Columns, Wrong, WrongRow
from ingest.gateway.spool import Reading
from nenghao.errors import ConfigError

PARQUET: Final = ".parquet"
CSV: Final = ".csv"
#: One reading has some 200 bytes. A message that the broker does not let through would hold up all behind it.
LONGEST_LINE: Final = 100_000


def read_source(path: Path, stdin: BinaryIO, columns: Columns) -> Iterator[Reading | WrongRow]:
    """Readings of a file, whose name tells its form: `.csv`, `.parquet`, all else JSON lines; `-` is stdin.

    Raises: ConfigError where the file cannot be read, or lacks a column.
    """
    try:
        if str(path) == "-":
            yield from read_lines("stdin", stdin)
        elif path.suffix.lower() == PARQUET:
            yield from read_parquet(path, columns)
        else:
            with path.open("rb") as file:
                yield from (
                    read_csv(path.name, file, columns) if path.suffix.lower() == CSV else read_lines(path.name, file)
                )
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error


def read_lines(name: str, lines: Iterable[bytes]) -> Iterator[Reading | WrongRow]:
    """JSON lines, one reading each, with the fields of the protocol.

    Only what a message needs is looked at here: a value that is wrong is the platform's to refuse and account for.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield read_line(name, number, line)


def read_line(name: str, number: int, line: bytes) -> Reading | WrongRow:
    """One line as a reading."""
    reason: Wrong
    if len(line) > LONGEST_LINE:
        return WrongRow(file=name, row=number, field=None, reason=Wrong.TOO_LONG)
    try:
        reading = json.loads(line)
    except UnicodeDecodeError:
        reason = Wrong.NOT_UTF8
    except (ValueError, RecursionError):
        reason = Wrong.NOT_JSON
    else:
        if not isinstance(reading, dict):
            reason = Wrong.NOT_OBJECT
        elif not isinstance(reading.get("at"), str):
            return WrongRow(file=name, row=number, field="at", reason=Wrong.NOT_INSTANT)
        else:
            return reading
    return WrongRow(file=name, row=number, field=None, reason=reason)


def read_csv(name: str, file: BinaryIO, columns: Columns) -> Iterator[Reading | WrongRow]:
    """A CSV file in UTF-8 with a heading; a row is named by its last line."""
    rows = csv.reader(line.decode("utf-8-sig" if number == 0 else "utf-8") for number, line in enumerate(file))
    try:
        heading = next(rows, [])
        columns.check(name, heading)
        for cells in rows:
            if len(cells) == len(heading):
                yield columns.reading(name, rows.line_num, dict(zip(heading, cells, strict=True)))
            elif cells:
                yield WrongRow(file=name, row=rows.line_num, field=None, reason=Wrong.CELL_COUNT)
    except UnicodeDecodeError:
        yield WrongRow(file=name, row=rows.line_num + 1, field=None, reason=Wrong.ENCODING_ENDS)
    except csv.Error:
        yield WrongRow(file=name, row=rows.line_num, field=None, reason=Wrong.CELL_COUNT)


def read_parquet(path: Path, columns: Columns) -> Iterator[Reading | WrongRow]:
    """A Parquet file, whose rows count from 1."""
    heading, rows = parquet_rows(path)
    columns.check(path.name, heading)
    for number, cells in enumerate(rows, 1):
        yield columns.reading(path.name, number, cells)
