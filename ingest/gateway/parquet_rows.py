"""Rows of a Parquet file, by the optional pyarrow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nenghao.errors import ConfigError

EXTRA: Final = "gateway-parquet"
ROWS_AT_ONCE: Final = 10_000


def parquet_rows(path: Path) -> tuple[list[str], Iterator[dict[str, object]]]:
    """The names of the columns, and the rows as Python values.

    Raises: ConfigError where pyarrow is not installed, or the file is not a Parquet file.
    """
    try:  # here, because a gateway that replays no Parquet files does without its 150 MB
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise ConfigError(f"{path}: reading Parquet needs pyarrow; install nenghao[{EXTRA}]") from error
    try:
        file = ParquetFile(path)
    except (ArrowException, OSError) as error:
        raise ConfigError(f"{path}: {error}") from error
    rows = (row for batch in file.iter_batches(ROWS_AT_ONCE) for row in batch.to_pylist())
    return list(file.schema_arrow.names), rows
