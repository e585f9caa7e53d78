"""Monitored balances: months on the list, what they are built from, their versions and cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.balance import Cell

_QUERIES = load_queries("balances")

#: A unit and the first day of a month.
UnitMonth = tuple[int, date]
#: Types of the columns of copy_cells.
_CELL_TYPES: Final = [
    "int8", "text", "text", "text", "numeric", "text", "numeric", "numeric", "numeric", "text", "int4[]", "text[]",
    "int4[]",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class BalanceVersion:
    """A version of a unit's month."""

    balance_id: int
    version: int
    content_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBalance:
    """A version to be written: its cells, what they were computed from, and what makes two versions equal."""

    unit_month: UnitMonth
    version: int
    layout_edition: str
    coefficient_edition: str
    content_hash: bytes
    inputs: bytes
    engine_version: str
    cells: Sequence[Cell]


def mark_other_editions(
    conn: Connection,
    *,
    layout_editions: Sequence[tuple[str, date]],
    coefficient_editions: Sequence[tuple[str, date, date | None]],
    engine_version: str,
    unit_ids: Sequence[int] | None,
) -> None:
    """Ask for every newest balance that is not sealed and not of its month's editions, (edition, from, to) each."""
    columns = {
        "layouts": [edition for edition, _ in layout_editions],
        "layouts_from": [valid_from for _, valid_from in layout_editions],
        "editions": [edition for edition, _, _ in coefficient_editions],
        "valid_from": [valid_from for _, valid_from, _ in coefficient_editions],
        "valid_to": [valid_to for _, _, valid_to in coefficient_editions],
        "engine_version": engine_version,
        "unit_ids": None if unit_ids is None else list(unit_ids),
    }
    conn.execute(_QUERIES["mark_other_editions"], columns)


def next_months(
    conn: Connection,
    *,
    before_on: date,
    max_months: int,
    after: UnitMonth | None = None,
    unit_ids: Sequence[int] | None = None,
) -> list[UnitMonth]:
    """Unit months on the list that begin before a day, by month and unit, those behind `after` only."""
    after_unit_id, after_month_on = after or (0, date.min)
    columns = {
        "before_on": before_on,
        "max_months": max_months,
        "after_unit_id": after_unit_id,
        "after_month_on": after_month_on,
        "unit_ids": None if unit_ids is None else list(unit_ids),
    }
    rows = conn.execute(_QUERIES["next_month_marks"], columns)
    return [(unit_id, month_on) for unit_id, month_on in rows]


def take_months(conn: Connection, months: Sequence[UnitMonth]) -> None:
    """Take all marks of the unit months."""
    conn.execute(_QUERIES["take_month_marks"], pair_columns(months))


def lock_unit_month(conn: Connection, unit_month: UnitMonth) -> None:
    """Make this transaction the only one that builds or seals the month."""
    conn.execute(_QUERIES["lock_unit_month"], {"unit_id": unit_month[0], "month_on": unit_month[1]})


def lock_unit_months(conn: Connection, months: Sequence[UnitMonth]) -> None:
    """Make this transaction the only one that builds or seals these months."""
    conn.execute(_QUERIES["lock_unit_months"], pair_columns(months))


def newest_balances(conn: Connection, months: Sequence[UnitMonth]) -> dict[UnitMonth, BalanceVersion]:
    """The newest version of each of the months that has one."""
    rows = conn.execute(_QUERIES["newest_balances"], pair_columns(months))
    return {(row[0], row[1]): BalanceVersion(*row[2:]) for row in rows}


def insert_balances(
    conn: Connection, balances: Sequence[NewBalance], *, content_hash_algorithm: str, computed_at: datetime
) -> list[int]:
    """Write new versions with their cells; returns their ids in the order given."""
    columns = {
        **pair_columns([balance.unit_month for balance in balances]),
        "versions": [balance.version for balance in balances],
        "layout_editions": [balance.layout_edition for balance in balances],
        "coefficient_editions": [balance.coefficient_edition for balance in balances],
        "content_hashes": [balance.content_hash for balance in balances],
        "inputs": [balance.inputs for balance in balances],
        "engine_versions": [balance.engine_version for balance in balances],
        "content_hash_algorithm": content_hash_algorithm,
        "computed_at": computed_at,
    }
    rows = conn.execute(_QUERIES["insert_balances"], columns)
    ids = {(unit_id, month_on): int(balance_id) for balance_id, unit_id, month_on in rows}
    with conn.cursor().copy(_QUERIES["copy_cells"]) as copy:
        copy.set_types(_CELL_TYPES)
        for balance in balances:
            for cell in balance.cells:
                copy.write_row(_cell_row(ids[balance.unit_month], cell))
    return [ids[balance.unit_month] for balance in balances]


def _cell_row(balance_id: int, cell: Cell) -> tuple[object, ...]:
    return (
        balance_id, cell.form_code, cell.row_code, cell.column_code, cell.value, cell.unit, cell.completeness,
        cell.known_share, cell.measured_share, cell.coefficient_code, list(cell.source_point_ids),
        list(cell.coefficient_codes) or None, list(cell.heating_value_ids) or None,
    )  # fmt: skip


def load_cells(conn: Connection, balance_id: int, form_code: str | None = None) -> list[Cell]:
    """The cells of a balance, of one form or of all, by form, row and column."""
    return [
        Cell(
            form_code=row[0],
            row_code=row[1],
            column_code=row[2],
            value=row[3],
            unit=row[4],
            completeness=row[5],
            known_share=row[6],
            measured_share=row[7],
            coefficient_code=row[8],
            source_point_ids=tuple(row[9]),
            coefficient_codes=tuple(row[10] or ()),
            heating_value_ids=tuple(row[11] or ()),
        )
        for row in conn.execute(_QUERIES["balance_cells"], {"balance_id": balance_id, "form_code": form_code})
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellMark:
    """A span of a point that a decision took out, at a cell that rests on the point."""

    form_code: str
    row_code: str
    column_code: str
    point_code: str
    begin_at: datetime
    end_at: datetime
    decision_id: int
    case_id: int


def load_marks(conn: Connection, balance_id: int) -> list[CellMark]:
    """What decisions took out of the cells of a balance, in order."""
    with conn.cursor(row_factory=class_row(CellMark)) as cursor:
        return cursor.execute(_QUERIES["cell_marks"], {"balance_id": balance_id}).fetchall()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBalance:
    """A version of a unit's month, as people are told of it."""

    balance_id: int
    unit_code: str
    unit_name: str
    month_on: date
    version: int
    layout_edition: str
    coefficient_edition: str
    #: None in balances of before it was kept.
    engine_version: str | None
    computed_at: datetime


def find_balances(
    conn: Connection, unit_code: str, first_on: date, last_on: date, version: int | None = None
) -> list[ShownBalance]:
    """The newest balances of a unit's months from one to another, or the given version of the last, by month."""
    columns = {"unit_code": unit_code, "first_on": first_on, "last_on": last_on, "version": version}
    return [
        ShownBalance(
            balance_id=row[0],
            unit_code=row[1],
            unit_name=row[2],
            month_on=row[3],
            version=row[4],
            layout_edition=row[5],
            coefficient_edition=row[6],
            engine_version=row[7],
            computed_at=row[8],
        )
        for row in conn.execute(_QUERIES["shown_balances"], columns)
    ]


def find_unit(conn: Connection, unit_code: str) -> int | None:
    """The id of a unit."""
    row = conn.execute(_QUERIES["find_unit"], {"unit_code": unit_code}).fetchone()
    return None if row is None else int(row[0])


def coefficient_sources(conn: Connection, codes: Sequence[str]) -> list[tuple[str, Decimal, str, str, str]]:
    """(code, value, unit of the form, source, confidence) of reference rows."""
    return conn.execute(_QUERIES["coefficient_sources"], {"codes": list(codes)}).fetchall()


def pair_columns(months: Sequence[UnitMonth]) -> dict[str, object]:
    """Unit months as the two arrays that queries take."""
    return {"unit_ids": [unit_id for unit_id, _ in months], "months": [month_on for _, month_on in months]}
