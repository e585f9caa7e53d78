"""Monthly random samples of units: the queries of sql/queries/samples.sql."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.sampling import Chance

_QUERIES: Final = load_queries("samples")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A sample that was announced; the tree of its seed's day where that is closed, and its seed once it was drawn."""

    sample_plan_id: int
    month_on: date
    unit_count: int
    seed_day_on: date
    announced_by: str
    announced_at: datetime
    tree_no: int | None
    root: bytes | None
    hash_algorithm: str | None
    closed_at: datetime | None
    seed: bytes | None
    drawn_by: str | None
    drawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameUnit:
    """A unit that chance might name; its size is None where no balance tells it."""

    unit_id: int
    unit_code: str
    size_tce: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledUnit:
    """A unit of the frame as it was recorded, and what officers found there, where they were."""

    unit_id: int
    unit_code: str
    name: str
    size_tce: Decimal | None
    probability_numerator: Decimal
    probability_denominator: Decimal
    is_drawn: bool
    reported_tce: Decimal | None
    checked_tce: Decimal | None
    document_no: str | None
    checked_by: str | None
    also_checked_by: str | None

    @property
    def probability(self) -> Fraction:
        """How probable it was that chance names it."""
        return Fraction(int(self.probability_numerator), int(self.probability_denominator))


def insert_plan(
    conn: Connection,
    *,
    month_on: date,
    unit_count: int,
    seed_day_on: date,
    announced_by: str,
    announced_at: datetime,
) -> int:
    """Announce a sample and return its id."""
    ((plan_id,),) = conn.execute(
        _QUERIES["insert_plan"],
        {
            "month_on": month_on,
            "unit_count": unit_count,
            "seed_day_on": seed_day_on,
            "announced_by": announced_by,
            "announced_at": announced_at,
        },
    ).fetchall()
    return int(plan_id)


def plan_of(conn: Connection, month_on: date) -> Plan | None:
    """The plan of a month."""
    with conn.cursor(row_factory=class_row(Plan)) as cursor:
        return cursor.execute(_QUERIES["plan_of"], {"month_on": month_on}).fetchone()


def is_tree_closed(conn: Connection, day_on: date) -> bool:
    """Whether the tree of a day or of a later one is closed."""
    ((closed,),) = conn.execute(_QUERIES["is_tree_closed"], {"day_on": day_on}).fetchall()
    return bool(closed)


def frame(conn: Connection, month_on: date, size_cell: tuple[str, str, str]) -> list[FrameUnit]:
    """Units with a metered point in a month, with their size by a cell (form, row, column) of their balance."""
    parameters: dict[str, Any] = {"month_on": month_on}
    parameters |= dict(zip(("form_code", "row_code", "column_code"), size_cell, strict=True))
    with conn.cursor(row_factory=class_row(FrameUnit)) as cursor:
        return cursor.execute(_QUERIES["frame"], parameters).fetchall()


def insert_draw(
    conn: Connection,
    plan: Plan,
    chances: Sequence[Chance],
    unsized_ids: Sequence[int],
    drawn_by: str,
    drawn_at: datetime,
) -> None:
    """Record a draw with its whole frame; units without a size cannot have been drawn."""
    conn.execute(
        _QUERIES["insert_draw"],
        {
            "sample_plan_id": plan.sample_plan_id,
            "tree_no": plan.tree_no,
            "seed": plan.root,
            "seed_algorithm": plan.hash_algorithm,
            "drawn_by": drawn_by,
            "drawn_at": drawn_at,
        },
    )
    rows = sorted(
        [(one.unit_id, one.size, *one.probability.as_integer_ratio(), one.is_drawn) for one in chances]
        + [(unit_id, None, 0, 1, False) for unit_id in unsized_ids]
    )
    columns = [list(column) for column in zip(*rows, strict=True)]
    names = ("unit_ids", "sizes_tce", "numerators", "denominators", "drawn")
    conn.execute(
        _QUERIES["insert_units"], {"sample_plan_id": plan.sample_plan_id, **dict(zip(names, columns, strict=True))}
    )


def sampled_units(conn: Connection, sample_plan_id: int) -> list[SampledUnit]:
    """The frame of a plan with what was found at its units."""
    with conn.cursor(row_factory=class_row(SampledUnit)) as cursor:
        return cursor.execute(_QUERIES["sampled_units"], {"sample_plan_id": sample_plan_id}).fetchall()


def insert_result(
    conn: Connection,
    *,
    sample_plan_id: int,
    unit_id: int,
    reported_tce: Decimal,
    checked_tce: Decimal,
    document_no: str,
    checked_by: str,
    also_checked_by: str,
    recorded_at: datetime,
) -> None:
    """Record what officers found."""
    conn.execute(
        _QUERIES["insert_result"],
        {
            "sample_plan_id": sample_plan_id,
            "unit_id": unit_id,
            "reported_tce": reported_tce,
            "checked_tce": checked_tce,
            "document_no": document_no,
            "checked_by": checked_by,
            "also_checked_by": also_checked_by,
            "recorded_at": recorded_at,
        },
    )
