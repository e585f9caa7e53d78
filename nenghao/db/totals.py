"""Day and month totals of points, made in the database from series days; hours are the view `point_hour` over both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.totals import PointSeries, base_unit_factors

_QUERIES = load_queries("totals")

#: A (point, day) or (point, first day of a month) pair.
PointOn = tuple[int, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSeriesRow:
    """A series of a point, with the point's unit and variety."""

    point_id: int
    unit_id: int
    variety_code: str
    series_id: int
    quantity: str
    kind: str
    period: str


def points_of_series(conn: Connection, series_ids: Iterable[int]) -> list[PointSeriesRow]:
    """Every series of the points that the given series belong to."""
    return [
        PointSeriesRow(
            point_id=row[0],
            unit_id=row[1],
            variety_code=row[2],
            series_id=row[3],
            quantity=row[4],
            kind=row[5],
            period=row[6],
        )
        for row in conn.execute(_QUERIES["points_of_series"], {"series_ids": list(series_ids)})
    ]


def write_point_days(
    conn: Connection, pairs: Sequence[PointOn], candidates: Mapping[int, Sequence[PointSeries]]
) -> list[PointOn]:
    """Write day totals; `candidates` are a point's series, the best first.

    Returns the pairs that changed.
    """
    ranked = [
        (point_id, one.series_id, place) for point_id, series in candidates.items() for place, one in enumerate(series)
    ]
    columns = {
        **_pair_columns(pairs, "days"),
        **_unit_columns(),
        "candidate_point_ids": [point_id for point_id, _, _ in ranked],
        "candidate_series_ids": [series_id for _, series_id, _ in ranked],
        "candidate_ranks": [place for _, _, place in ranked],
    }
    changed = conn.execute(_QUERIES["write_point_days"], columns).fetchall()
    return [(point_id, day_on) for point_id, day_on in changed]


def write_point_months(conn: Connection, pairs: Sequence[PointOn]) -> list[PointOn]:
    """Write month totals; returns the pairs that changed."""
    return [
        (point_id, month_on)
        for point_id, month_on in conn.execute(_QUERIES["write_point_months"], _pair_columns(pairs, "months"))
    ]


def mark_months(conn: Connection, unit_months: Sequence[tuple[int, date]]) -> None:
    """Ask for new balances of the unit months."""
    conn.execute(
        _QUERIES["mark_months"],
        {"unit_ids": [unit_id for unit_id, _ in unit_months], "months": [month_on for _, month_on in unit_months]},
    )


def _pair_columns(pairs: Sequence[PointOn], second: str) -> dict[str, object]:
    return {"point_ids": [point_id for point_id, _ in pairs], second: [on for _, on in pairs]}


def _unit_columns() -> dict[str, object]:
    factors = base_unit_factors()
    return {
        "units": [unit for unit, _, _ in factors],
        "base_units": [base_unit for _, base_unit, _ in factors],
        "factors": [factor for _, _, factor in factors],
    }
