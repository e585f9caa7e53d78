"""Monitored balances: months on the list, what they are built from, their versions and cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.balance import Cell, PointMonth

_QUERIES = load_queries("balances")

#: A unit and the first day of a month.
UnitMonth = tuple[int, date]


@dataclass(frozen=True, slots=True)
class BalanceVersion:
    """A version of a unit's month."""

    balance_id: int
    version: int
    content_hash: bytes


def mark_other_editions(conn: Connection, *, layout_edition: str, coefficient_edition: str) -> None:
    """Ask for every newest balance of other editions that is not sealed."""
    columns = {"layout_edition": layout_edition, "coefficient_edition": coefficient_edition}
    conn.execute(_QUERIES["mark_other_editions"], columns)


def next_months(conn: Connection, *, before_on: date, max_months: int) -> list[UnitMonth]:
    """Unit months on the list that begin before a day."""
    rows = conn.execute(_QUERIES["next_month_marks"], {"before_on": before_on, "max_months": max_months})
    return [(unit_id, month_on) for unit_id, month_on in rows]


def take_months(conn: Connection, months: Sequence[UnitMonth]) -> None:
    """Take all marks of the unit months."""
    columns = {"unit_ids": [unit_id for unit_id, _ in months], "months": [month_on for _, month_on in months]}
    conn.execute(_QUERIES["take_month_marks"], columns)


def lock_unit_month(conn: Connection, unit_month: UnitMonth) -> None:
    """Make this transaction the only one that builds or seals the month."""
    conn.execute(_QUERIES["lock_unit_month"], _month_columns(unit_month))


def load_point_months(conn: Connection, unit_month: UnitMonth) -> list[PointMonth]:
    """A unit's points that measure energy, with their totals of the month."""
    return [
        PointMonth(
            point_id=row[0],
            variety_code=row[1],
            flow=row[2],
            use=row[3],
            is_inside_non_industrial=row[4],
            unit=row[5],
            energy=row[6],
            measured_energy=row[7],
            due_slots=row[8],
            received_slots=row[9],
            known_slots=row[10],
        )
        for row in conn.execute(_QUERIES["point_months"], _month_columns(unit_month))
    ]


def newest_balance(conn: Connection, unit_month: UnitMonth) -> BalanceVersion | None:
    """The newest version of the month."""
    row = conn.execute(_QUERIES["newest_balance"], _month_columns(unit_month)).fetchone()
    return BalanceVersion(*row) if row else None


def insert_balance(
    conn: Connection,
    unit_month: UnitMonth,
    cells: Sequence[Cell],
    *,
    version: int,
    layout_edition: str,
    coefficient_edition: str,
    content_hash_algorithm: str,
    content_hash: bytes,
    computed_at: datetime,
) -> int:
    """Write a new version with its cells; returns its id."""
    columns = {
        **_month_columns(unit_month),
        "version": version,
        "layout_edition": layout_edition,
        "coefficient_edition": coefficient_edition,
        "content_hash_algorithm": content_hash_algorithm,
        "content_hash": content_hash,
        "computed_at": computed_at,
    }
    row = conn.execute(_QUERIES["insert_balance"], columns).fetchone()
    if row is None:
        raise RuntimeError("INSERT ... RETURNING returned nothing")
    balance_id = int(row[0])
    with conn.cursor() as cursor:
        cursor.executemany(
            _QUERIES["insert_cell"],
            [
                {
                    "balance_id": balance_id,
                    "row_code": cell.row_code,
                    "column_code": cell.column_code,
                    "value": cell.value,
                    "unit": cell.unit,
                    "completeness": cell.completeness,
                    "known_share": cell.known_share,
                    "measured_share": cell.measured_share,
                    "coefficient_code": cell.coefficient_code,
                    "source_point_ids": list(cell.source_point_ids),
                }
                for cell in cells
            ],
        )
    return balance_id


def load_cells(conn: Connection, balance_id: int) -> list[Cell]:
    """The cells of a balance, by row and column."""
    return [
        Cell(
            row_code=row[0],
            column_code=row[1],
            value=row[2],
            unit=row[3],
            completeness=row[4],
            known_share=row[5],
            measured_share=row[6],
            coefficient_code=row[7],
            source_point_ids=tuple(row[8]),
        )
        for row in conn.execute(_QUERIES["balance_cells"], {"balance_id": balance_id})
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCell:
    """A cell of a newest balance and the coefficient row it used."""

    unit_code: str
    version: int
    value: Decimal
    unit: str
    completeness: Decimal
    known_share: Decimal | None
    measured_share: Decimal | None
    point_ids: tuple[int, ...]
    #: code, value, form unit, source, confidence; None where the cell used none.
    coefficient: tuple[str, Decimal, str, str, str] | None


def explain_cell(
    conn: Connection, *, unit_code: str, month_on: date, row_code: str, column_code: str
) -> ExplainedCell | None:
    """The cell of the newest balance of a unit's month."""
    columns = {"unit_code": unit_code, "month_on": month_on, "row_code": row_code, "column_code": column_code}
    row = conn.execute(_QUERIES["explained_cell"], columns).fetchone()
    if row is None:
        return None
    return ExplainedCell(
        unit_code=row[0],
        version=row[1],
        value=row[2],
        unit=row[3],
        completeness=row[4],
        known_share=row[5],
        measured_share=row[6],
        point_ids=tuple(row[7]),
        coefficient=(row[8], row[9], row[10], row[11], row[12]) if row[8] else None,
    )


def explain_points(conn: Connection, point_ids: Sequence[int], month_on: date) -> list[tuple[Any, ...]]:
    """(point id, code, flow, energy, unit, due, received, known slots) of the points behind a cell."""
    columns = {"point_ids": list(point_ids), "month_on": month_on}
    return conn.execute(_QUERIES["explained_points"], columns).fetchall()


def explain_days(conn: Connection, point_id: int, first_on: date, end_on: date) -> list[tuple[Any, ...]]:
    """(day, series id, its kind, energy, unit, measured energy, quality letters) of a point's days."""
    columns = {"point_id": point_id, "first_on": first_on, "end_on": end_on}
    return conn.execute(_QUERIES["explained_days"], columns).fetchall()


def explain_messages(conn: Connection, series_id: int, begin_at: datetime, end_at: datetime) -> list[tuple[Any, ...]]:
    """(message id, number of readings, hash algorithm, hash, assurance) of the messages behind a span, ends included.

    A message with values of two levels has two rows.
    """
    columns = {"series_id": series_id, "begin_at": begin_at, "end_at": end_at}
    return conn.execute(_QUERIES["explained_messages"], columns).fetchall()


def _month_columns(unit_month: UnitMonth) -> dict[str, object]:
    return {"unit_id": unit_month[0], "month_on": unit_month[1]}
