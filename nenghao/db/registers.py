"""Rows of registers in the database: read, added, and filled in, sheet by sheet."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from psycopg.rows import dict_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("registers")
_ROWS = load_queries("register_rows")

#: Sheets with hundreds of rows a unit: a statement takes thousands, so that their leaves are written at once, too.
_MANY: Final = {"meters", "points", "series", "network", "supply_statements"}
_AT_ONCE: Final = 5000

#: A register row by column, as its sheet names them.
Cells: TypeAlias = Mapping[str, str | int | Decimal | date | datetime | None]


def lock_registers(conn: Connection) -> None:
    """Make this transaction the only one that imports registers."""
    conn.execute(_QUERIES["lock_registers"])


def load_rows(
    conn: Connection, sheet_name: str, unit_codes: Sequence[str] | None, *, has_public: bool = True
) -> list[Cells]:
    """Rows of one sheet of some units, or of all; with the public ones, where the sheet has such."""
    cursor = conn.cursor(row_factory=dict_row)
    return list(cursor.execute(_ROWS[sheet_name], {"unit_codes": unit_codes, "has_public": has_public}))


def gateway_keys(conn: Connection, unit_codes: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Gateways of some units as (unit code, gateway code)."""
    return frozenset(conn.execute(_QUERIES["gateway_keys"], {"unit_codes": unit_codes}).fetchall())


def variety_codes(conn: Connection) -> frozenset[str]:
    """Codes of the varieties that reference data knows."""
    return frozenset(code for (code,) in conn.execute(_QUERIES["variety_codes"]))


def add_rows(conn: Connection, sheet_name: str, rows: Sequence[Cells]) -> None:
    """Add new rows of one sheet.

    Raises: LookupError where a row names something that is not there, though it was judged before.
    """
    query = _QUERIES[f"add_{sheet_name}"]
    with conn.cursor() as cursor:
        if sheet_name in _MANY:
            for first in range(0, len(rows), _AT_ONCE):
                chunk = rows[first : first + _AT_ONCE]
                as_json = {"rows": json.dumps([dict(row) for row in chunk], default=str)}
                if sheet_name == "series":
                    cursor.execute(_QUERIES["name_series"], as_json)
                cursor.execute(query, as_json)
                _require(cursor.rowcount, len(chunk), sheet_name)
        else:
            cursor.executemany(query, rows)
            _require(cursor.rowcount, len(rows), sheet_name)


def _require(added: int, wanted: int, sheet_name: str) -> None:
    if added != wanted:
        raise LookupError(f"{sheet_name}: {added} of {wanted} rows found what they name")


def fill_rows(conn: Connection, sheet_name: str, rows: Sequence[Cells]) -> None:
    """Fill empty cells of rows that stand; cells that hold something are left alone."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES[f"fill_{sheet_name}"], rows)


def keep_first_versions(conn: Connection, unit_codes: Sequence[str]) -> None:
    """Keep what units are now as their first version, where they have none yet."""
    conn.execute(_QUERIES["keep_first_version"], {"unit_codes": list(unit_codes)})


def follow_newest_versions(conn: Connection, unit_codes: Sequence[str]) -> None:
    """Bring units to their newest version."""
    conn.execute(_QUERIES["follow_newest_version"], {"unit_codes": list(unit_codes)})


def add_boundary_registers(conn: Connection, rows: Sequence[Cells]) -> None:
    """Add register values at the sides of declared changes."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["add_boundary_register"], rows)


def mark_series(conn: Connection, rows: Sequence[Cells]) -> None:
    """Put days of series on the changed list, from an instant on."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["mark_series_from"], rows)


def mark_gaps(conn: Connection, rows: Sequence[Cells]) -> None:
    """Put days of points that have gaps on the changed list, from a day on."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["mark_gaps"], rows)


def mark_stops(conn: Connection, rows: Sequence[Cells]) -> None:
    """Put days that documented stops touch on the changed list."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["mark_stops"], rows)


def mark_meter_states(conn: Connection, rows: Sequence[Cells]) -> None:
    """Put days of meters on the changed list, from a change of state to the next one."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["mark_meter_state"], rows)


def mark_months(conn: Connection, rows: Sequence[Cells]) -> None:
    """Ask for balances anew: of a unit, from a day to before another."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["mark_months"], rows)


def mark_equal_values(conn: Connection, rows: Sequence[Cells]) -> None:
    """Ask for balances anew that equal values of a region and year convert."""
    with conn.cursor() as cursor:
        cursor.executemany(_QUERIES["mark_equal_value"], rows)
