"""What lies beside filings and suppliers' statements, as rows that rules judge: each pair aligned, or why it is not.

Before: filings, statements, days of points. After: rules filed_against_metered and grid_settlement
(`expectations.standing`), whose thresholds say how far beyond its tolerance a pair may lie.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from nenghao.db import comparisons as db
from nenghao.db.comparisons import AskedSpan, PointSpanRow, StatementRow
from nenghao.db.connection import Connection
from nenghao.db.returns import JudgedReturn, figures_of
from nenghao.domain.comparison import NotComparable, Side, hold
from nenghao.domain.filed_cells import PURCHASE, TOTAL
from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import exact_text
from nenghao.filing.comparison import SETTLED_ROWS, in_form_unit, monitored_side, sides_beside
from nenghao.reference.comparison import load_uncertainty
from nenghao.reference.varieties import load_varieties


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledBeside:
    """A filed cumulative figure beside the meters over the same days; `reason` where they are not comparable."""

    filing_id: int
    unit_id: int
    month_on: date
    row_code: str
    column_code: str
    filed: Decimal
    metered: Decimal | None = None
    first_on: date | None = None
    end_on: date | None = None
    difference: Decimal | None = None
    tolerance: Decimal | None = None
    reason: NotComparable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledBeside:
    """What suppliers settled over one cycle beside the purchase meters over the same days."""

    unit_id: int
    row_code: str
    accounts: str
    documents: str
    from_on: date
    to_on: date
    settled: Decimal | None
    metered: Decimal | None = None
    difference: Decimal | None = None
    tolerance: Decimal | None = None
    reason: NotComparable | None = None


def filed_beside(conn: Connection, returns: Sequence[JudgedReturn]) -> Iterator[FiledBeside]:
    """Purchases and uses of gas, heat and electricity as filed, beside what meters say of the same days."""
    filed = figures_of(conn, "filing", [one.return_id for one in returns], SETTLED_ROWS, (PURCHASE, TOTAL))
    for one, sides in zip(returns, sides_beside(conn, returns, filed), strict=True):
        for key, figure in sorted(filed.get(one.return_id, {}).items()):
            side = sides["monitored", key]
            about = {
                "filing_id": one.return_id, "unit_id": one.unit_id, "month_on": one.month_on, "row_code": key[1],
                "column_code": key[2], "filed": figure,
            }  # fmt: skip
            if not isinstance(side, Side):
                yield FiledBeside(**about, reason=side)  # type: ignore[arg-type]
                continue
            verdict = hold(figure, side, load_uncertainty())
            yield FiledBeside(
                **about,  # type: ignore[arg-type]
                metered=side.quantity,
                first_on=side.first_on,
                end_on=side.end_on,
                difference=verdict.difference if verdict else None,
                tolerance=verdict.tolerance if verdict else None,
            )


def settled_beside(conn: Connection, unit_ids: Sequence[int], first_on: date, end_on: date) -> Iterator[SettledBeside]:
    """Every cycle that ends in a span of days, all accounts of a row together, beside the row's purchase meters."""
    cycles: defaultdict[tuple[int, str, date, date], list[StatementRow]] = defaultdict(list)
    for row in db.statements(conn, unit_ids, first_on, end_on):
        if row.variety_code in SETTLED_ROWS:
            cycles[row.unit_id, row.variety_code, row.from_on, row.to_on].append(row)
    asked = [AskedSpan(*cycle) for cycle in cycles]
    points: defaultdict[int, list[PointSpanRow]] = defaultdict(list)
    for point in db.point_spans(conn, asked, ["purchase"]):
        points[point.place].append(point)
    accounts = db.accounts(conn, unit_ids, first_on, end_on)
    for place, (span, rows) in enumerate(zip(asked, cycles.values(), strict=True)):
        held = [
            one
            for one in accounts
            if (one.unit_id, one.variety_code) == (span.unit_id, span.variety_code)
            and one.valid_from < span.end_on
            and (one.valid_to is None or one.valid_to > span.first_on)
        ]
        yield _hold_cycle(span, rows, {one.account_no for one in held}, points[place])


def as_json(rows: Iterator[FiledBeside] | Iterator[SettledBeside]) -> list[dict[str, Any]]:
    """Rows as the batch query takes them, decimals as text."""
    return [{name: _plain(value) for name, value in asdict(row).items()} for row in rows]


def _hold_cycle(
    span: AskedSpan, rows: Sequence[StatementRow], held: set[str], points: Sequence[PointSpanRow]
) -> SettledBeside:
    form_unit = load_varieties().by_code[span.variety_code].form_unit
    quantities = [in_form_unit(row.quantity, row.unit, form_unit) for row in rows]
    about: dict[str, Any] = {
        "unit_id": span.unit_id, "row_code": span.variety_code, "from_on": span.first_on, "to_on": span.end_on,
        "accounts": " ".join(sorted({row.account_no for row in rows})),
        "documents": " ".join(sorted({row.document_no for row in rows})),
        "settled": None,
    }  # fmt: skip
    if any(quantity is None for quantity in quantities):
        return SettledBeside(**about, reason="unit_unknown")
    with localcontext(EXACT):
        about["settled"] = sum((quantity for quantity in quantities if quantity is not None), Decimal(0))
    if held != {row.account_no for row in rows}:
        # Another account of the row settles by other days, or has no statement: its energy passes the same meters.
        return SettledBeside(**about, reason="cycles_differ")
    side = monitored_side(points, span)
    if not isinstance(side, Side):
        return SettledBeside(**about, reason=side)
    shares = load_uncertainty()
    with localcontext(prec=28):
        supplier = shares.statement_percent / 100 / Decimal(3).sqrt()
        both = (side.uncertainty**2 + supplier**2).sqrt()
    beside = Side(quantity=side.quantity, first_on=span.first_on, end_on=span.end_on, uncertainty=both)
    verdict = hold(about["settled"], beside, shares)
    return SettledBeside(
        **about,
        metered=side.quantity,
        difference=verdict.difference if verdict else None,
        tolerance=verdict.tolerance if verdict else None,
    )


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return exact_text(value)
        case date():
            return value.isoformat()
        case _:
            return value
