"""Rows in Parquet files and back, exactly: the one module of the archive that knows pyarrow."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from nenghao.archive.relations import Columns, ColumnType
from nenghao.errors import ConfigError, SealBroken

EXTRA: Final = "archive"
ROWS_AT_ONCE: Final = 20_000

Row = Sequence[Any]


def write_rows(path: Path, columns: Columns, rows: Iterable[Row]) -> int:
    """Write rows into a new file, batch by batch; returns how many.

    Raises: ConfigError where pyarrow is not installed.
    """
    arrow, parquet = _arrow(), _parquet()
    types = {
        "integer": arrow.int64(),
        "text": arrow.string(),
        "instant": arrow.timestamp("us", tz="UTC"),
        "bytes": arrow.binary(),
        "decimal": arrow.string(),
        "uuid": arrow.string(),
    }
    schema = arrow.schema([(name, types[kind]) for name, kind in columns.items()])
    count, source = 0, iter(rows)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(source, ROWS_AT_ONCE)):
            count += len(batch)
            by_column = zip(*batch, strict=True)
            values = [_plain(kind, column) for kind, column in zip(columns.values(), by_column, strict=True)]
            arrays = [arrow.array(one, field.type) for one, field in zip(values, schema, strict=True)]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))
    return count


def read_rows(path: Path, columns: Columns) -> Iterator[tuple[Any, ...]]:
    """The rows of a file, in the order in which they were written.

    Raises: ConfigError where pyarrow is not installed; SealBroken where the file is not one of ours.
    """
    arrow, parquet = _arrow(), _parquet()
    try:
        with parquet.ParquetFile(path) as file:
            if file.schema_arrow.names != list(columns):
                raise SealBroken(f"{path}: columns {', '.join(file.schema_arrow.names)}")
            for batch in file.iter_batches(ROWS_AT_ONCE):
                values = [_exact(kind, array.to_pylist()) for kind, array in zip(columns.values(), batch, strict=True)]
                yield from zip(*values, strict=True)
    except (arrow.ArrowException, OSError) as error:
        raise SealBroken(f"{path}: {error}") from error


def _plain(kind: ColumnType, values: Sequence[Any]) -> Sequence[Any]:
    match kind:
        case "decimal":
            return [None if value is None else f"{value:f}" for value in values]
        case "uuid":
            return [None if value is None else str(value) for value in values]
        case _:
            return values


def _exact(kind: ColumnType, values: Sequence[Any]) -> Sequence[Any]:
    match kind:
        case "decimal":
            return [None if value is None else Decimal(value) for value in values]
        case "uuid":
            return [None if value is None else UUID(value) for value in values]
        case _:
            return values


def _arrow() -> Any:
    try:  # here, because a host that archives nothing does without its 150 MB
        import pyarrow
    except ImportError as error:
        raise ConfigError(f"the archive needs pyarrow; install nenghao[{EXTRA}]") from error
    return pyarrow


def _parquet() -> Any:
    _arrow()
    import pyarrow.parquet

    return pyarrow.parquet
