"""Imports a register folder: all rows or none."""

from dataclasses import dataclass
from pathlib import Path

from nenghao.db import registers as db
from nenghao.db.connection import Connection
from nenghao.registers.checks import check
from nenghao.registers.layout import SHEETS
from nenghao.registers.reader import Fault, Key, Row, read_folder


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: rows that were new and rows that stood so already, by sheet; or its faults alone."""

    added: dict[str, int]
    unchanged: dict[str, int]
    faults: tuple[Fault, ...]


def import_folder(conn: Connection, folder: Path) -> Imported:
    """Validate every row of every file, then add all in one transaction; with one fault nothing is added.

    A row that differs from what is registered is a fault: registers have history, they are not overwritten.

    Raises: ConfigError where the folder holds no register file.
    """
    reading = read_folder(folder)
    registered: dict[str, set[Key]] = {name: set(keys) for name, keys in db.registered_keys(conn).items()}
    faults = reading.faults + check(reading, registered, db.variety_codes(conn))
    counts: dict[str, tuple[int, int]] = {}
    if not faults:
        try:
            with conn.transaction():
                counts = {sheet.name: _add(conn, reading.rows[sheet.name], faults) for sheet in SHEETS}
                if faults:
                    raise _NothingAdded
        except _NothingAdded:
            counts = {}
    return Imported(
        {name: added for name, (added, _) in counts.items()},
        {name: unchanged for name, (_, unchanged) in counts.items()},
        tuple(sorted(faults)),
    )


class _NothingAdded(Exception):  # noqa: N818 - not an error: it rolls the transaction back
    """Undoes what was added before the first fault."""


def _add(conn: Connection, rows: list[Row], faults: list[Fault]) -> tuple[int, int]:
    """Add the rows of one sheet; rows that differ from what is registered become faults. Returns (new, unchanged)."""
    outcomes = [(row, db.add_row(conn, row.sheet.name, row.cells)) for row in rows]
    faults += [row.fault(row.sheet.key[-1], "differs") for row, is_new in outcomes if is_new is None]
    return sum(is_new is True for _, is_new in outcomes), sum(is_new is False for _, is_new in outcomes)
