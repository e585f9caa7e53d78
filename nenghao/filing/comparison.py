"""What lies beside filed figures, its cycles aligned: the monitored side, suppliers' statements, production.

Before: filings or drafts. After: relations A17, A18 and A20 (`expectations.returns`), `nenghao compare`. Whoever asks
is shown what the role may see: a unit its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Final

from nenghao.db import comparisons as db
from nenghao.db.comparisons import AccountRow, AskedSpan, PointSpanRow
from nenghao.db.connection import Connection
from nenghao.db.returns import BesideCell, Judged, JudgedReturn, figures_of
from nenghao.domain.balance import SIGN_IN_TOTAL
from nenghao.domain.comparison import (
    NotComparable,
    PointSpan,
    Side,
    Statement,
    Verdict,
    cycle_span,
    hold,
    monitored,
    settled,
)
from nenghao.domain.filed_cells import FORM_1, PURCHASE, TOTAL, Key
from nenghao.domain.periods import Month
from nenghao.domain.quantities import EXACT, UnitMismatch, convert
from nenghao.reference.comparison import load_uncertainty
from nenghao.reference.varieties import load_varieties

#: Rows that suppliers meter and settle by cycles of their own: gas, heat, electricity.
SETTLED_ROWS: Final = ("15", "32", "33")
#: Form of the register of production, as relation A18 names it.
PRODUCTION_FORM: Final = "B204-1"

Beside = Side | NotComparable


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A filed figure beside another source: both, and whether they agree, or why they cannot be compared."""

    key: Key
    #: `monitored` or `statement`.
    source: str
    filed: Decimal | None
    side: Side | None
    verdict: Verdict | None
    reason: NotComparable | None


def beside_cells(conn: Connection, judged: Judged, returns: Sequence[JudgedReturn]) -> list[BesideCell]:
    """What is comparable beside each return, as cells that relations read."""
    filed = figures_of(conn, judged, [one.return_id for one in returns], SETTLED_ROWS, (PURCHASE, TOTAL))
    aligned = [
        BesideCell(
            return_id=one.return_id,
            of_return=source,
            form_code=key[0],
            row_code=key[1],
            column_code=key[2],
            value=side.quantity,
        )
        for one, sides in zip(returns, sides_beside(conn, returns, filed), strict=True)
        for (source, key), side in sides.items()
        if isinstance(side, Side)
    ]
    return [*aligned, *_produced(conn, returns)]


def compare(
    conn: Connection,
    unit_id: int,
    month: Month,
    filed: Mapping[Key, Decimal],
    months: Mapping[date, Mapping[Key, Decimal]],
) -> list[Compared]:
    """Every figure that has another source, side by side.

    Gas, heat and electricity are aligned with the suppliers' cycles; the other rows with calendar months (`months`:
    monitored cells by month), every one of which has to be there.
    """
    (sides,) = sides_beside(conn, [JudgedReturn(0, unit_id, month.start_on)], {0: filed})
    compared = [
        _compared(key, source, filed.get(key), side)
        for (source, key), side in sides.items()
        if key in filed or side not in ("no_points", "no_statement")
    ]
    calendar = [months.get(Month(month.year, number).start_on) for number in range(1, month.month + 1)]
    keys = set(filed).union(*(cells for cells in calendar if cells))
    return compared + [
        _compared(key, "monitored", filed.get(key), _calendar_side(key, calendar, month))
        for key in sorted(keys)
        if key[1] not in SETTLED_ROWS and key[0] == FORM_1 and key[2] in (PURCHASE, TOTAL)
    ]


def _calendar_side(key: Key, calendar: Sequence[Mapping[Key, Decimal] | None], month: Month) -> Beside:
    """The months of a cell that no supplier's cycle moves; uncertain as the class that is assumed."""
    there = [cells.get(key) if cells else None for cells in calendar]
    known = [value for value in there if value is not None]
    if len(known) < len(there):
        return "month_missing" if known else "not_monitored"
    return Side(
        quantity=sum(known, Decimal(0)),
        first_on=date(month.year, 1, 1),
        end_on=month.end_on,
        uncertainty=load_uncertainty().class_without_number / 100,
    )


def sides_beside(
    conn: Connection, returns: Sequence[JudgedReturn], filed: Mapping[int, Mapping[Key, Decimal]]
) -> list[dict[tuple[str, Key], Beside]]:
    """For each return by (source, cell) the aligned side, or why there is none; for many returns in three queries.

    Nobody declares whether a unit files by calendar months or by its supplier's cycle, so both are made, and what is
    filed (`filed`, by return) is held against the nearer: an edge of five days is no difference of energy.
    """
    statements, accounts = _statements(conn, returns), _accounts(conn, returns)
    asked: list[AskedSpan] = []
    for one in returns:
        for row in SETTLED_ROWS:
            asked += [AskedSpan(one.unit_id, row, *span) for span in _spans(one, row, statements, accounts)]
    points: defaultdict[AskedSpan, list[PointSpanRow]] = defaultdict(list)
    for point in db.point_spans(conn, asked, list(SIGN_IN_TOTAL)):
        points[asked[point.place]].append(point)
    found: list[dict[tuple[str, Key], Beside]] = []
    for one in returns:
        sides: dict[tuple[str, Key], Beside] = {}
        figures = filed.get(one.return_id, {})
        for row in SETTLED_ROWS:
            spans = [AskedSpan(one.unit_id, row, *span) for span in _spans(one, row, statements, accounts)]
            bought, used = (FORM_1, row, PURCHASE), (FORM_1, row, TOTAL)
            purchases = [monitored_side([p for p in points[span] if p.flow == "purchase"], span) for span in spans]
            sides["monitored", bought] = _nearest(figures.get(bought), purchases)
            sides["monitored", used] = _nearest(
                figures.get(used), [monitored_side(points[span], span) for span in spans]
            )
            settled_side = _settled(one, row, statements, accounts)
            sides["statement", bought] = _nearest(
                figures.get(bought), [settled_side, *_to_calendar(settled_side, purchases)]
            )
        found.append(sides)
    return found


def _spans(
    one: JudgedReturn,
    row: str,
    statements: Mapping[tuple[int, str], Sequence[Statement]],
    accounts: Mapping[tuple[int, str], Sequence[AccountRow]],
) -> list[tuple[date, date]]:
    """Calendar months, and beside them the days that were settled, or the one cycle of the accounts."""
    month = Month.of(one.month_on)
    calendar = (date(month.year, 1, 1), month.end_on)
    side = _settled(one, row, statements, accounts)
    days = {account.settlement_day for account in accounts.get((one.unit_id, row), ())}
    if isinstance(side, Side):
        return list(dict.fromkeys([calendar, (side.first_on, side.end_on)]))
    return list(dict.fromkeys([calendar, *(cycle_span(month, day) for day in days if len(days) == 1)]))


def _settled(
    one: JudgedReturn,
    row: str,
    statements: Mapping[tuple[int, str], Sequence[Statement]],
    accounts: Mapping[tuple[int, str], Sequence[AccountRow]],
) -> Beside:
    month = Month.of(one.month_on)
    held = {
        account.account_no
        for account in accounts.get((one.unit_id, row), ())
        if account.valid_from < month.end_on and (account.valid_to is None or account.valid_to > date(month.year, 1, 1))
    }
    return settled(statements.get((one.unit_id, row), ()), month, load_uncertainty(), held)


def _nearest(figure: Decimal | None, candidates: Sequence[Beside]) -> Beside:
    """The side that is nearest to a figure; without a figure, or without a side, the first."""
    there = [side for side in candidates if isinstance(side, Side)]
    if not there or figure is None:
        return there[0] if there else candidates[0]
    return min(there, key=lambda side: abs(side.quantity - figure))


def _to_calendar(settled_side: Beside, purchases: Sequence[Beside]) -> list[Side]:
    """What was settled, moved to calendar months by what the meters say of the days between."""
    if len(purchases) != 2 or not isinstance(settled_side, Side):
        return []
    calendar, cycle = purchases
    if not isinstance(calendar, Side) or not isinstance(cycle, Side):
        return []
    moved = EXACT.subtract(calendar.quantity, cycle.quantity)
    quantity = EXACT.add(settled_side.quantity, moved)
    with localcontext(prec=28):
        edges = calendar.uncertainty * abs(moved / quantity) if quantity else Decimal(0)
        share = (settled_side.uncertainty**2 + edges**2).sqrt()
    return [Side(quantity=quantity, first_on=calendar.first_on, end_on=calendar.end_on, uncertainty=share)]


def _statements(conn: Connection, returns: Sequence[JudgedReturn]) -> dict[tuple[int, str], list[Statement]]:
    """Statements of the years of the returns by unit and row, in the form's unit."""
    varieties = load_varieties().by_code
    first_on = min(date(one.month_on.year, 1, 1) for one in returns)
    end_on = max(Month.of(one.month_on).end_on for one in returns)
    found: defaultdict[tuple[int, str], list[Statement]] = defaultdict(list)
    for row in db.statements(conn, [one.unit_id for one in returns], first_on, end_on):
        if row.variety_code in SETTLED_ROWS:
            found[row.unit_id, row.variety_code].append(
                Statement(
                    account_no=row.account_no,
                    from_on=row.from_on,
                    to_on=row.to_on,
                    quantity=in_form_unit(row.quantity, row.unit, varieties[row.variety_code].form_unit),
                )
            )
    return found


def in_form_unit(quantity: Decimal, unit: str, form_unit: str) -> Decimal | None:
    """None where gas is settled by its heat: how much volume that is depends on the gas."""
    try:
        return convert(quantity, unit, form_unit)
    except UnitMismatch:
        return None


def _accounts(conn: Connection, returns: Sequence[JudgedReturn]) -> dict[tuple[int, str], list[AccountRow]]:
    """The accounts by unit and row."""
    first_on = min(date(one.month_on.year, 1, 1) for one in returns)
    end_on = max(Month.of(one.month_on).end_on for one in returns)
    found: defaultdict[tuple[int, str], list[AccountRow]] = defaultdict(list)
    for row in db.accounts(conn, [one.unit_id for one in returns], first_on, end_on):
        found[row.unit_id, row.variety_code].append(row)
    return found


def monitored_side(points: Sequence[PointSpanRow], asked: AskedSpan) -> Beside:
    """What points of a unit measured over a span, in the form's unit, or why that cannot be said."""
    unit = load_varieties().by_code[asked.variety_code].form_unit
    try:
        spans = [
            PointSpan(
                sign=SIGN_IN_TOTAL[point.flow],
                energy=None if point.energy is None or point.unit is None else convert(point.energy, point.unit, unit),
                measured=Decimal(0) if point.unit is None else convert(point.measured_energy, point.unit, unit),
                days=point.days,
                due_slots=point.due_slots,
                known_slots=point.known_slots,
                accuracy_class=point.accuracy_class,
            )
            for point in points
        ]
    except UnitMismatch:
        return "unit_unknown"
    return monitored(spans, (asked.first_on, asked.end_on), load_uncertainty())


def _produced(conn: Connection, returns: Sequence[JudgedReturn]) -> Iterator[BesideCell]:
    """Output of each product from the year's start to the month, where every month of it is registered."""
    first_on = min(date(one.month_on.year, 1, 1) for one in returns)
    end_on = max(Month.of(one.month_on).end_on for one in returns)
    months: defaultdict[tuple[int, str], dict[date, Decimal]] = defaultdict(dict)
    for unit_id, product, month_on, quantity in db.production(conn, [one.unit_id for one in returns], first_on, end_on):
        months[unit_id, product][month_on] = quantity
    for one in returns:
        wanted = [Month(one.month_on.year, number).start_on for number in range(1, one.month_on.month + 1)]
        for (unit_id, product), by_month in months.items():
            if unit_id == one.unit_id and all(month_on in by_month for month_on in wanted):
                yield BesideCell(
                    return_id=one.return_id,
                    of_return="production",
                    form_code=PRODUCTION_FORM,
                    row_code=product,
                    column_code="output",
                    value=sum((by_month[month_on] for month_on in wanted), Decimal(0)),
                )


def _compared(key: Key, source: str, filed: Decimal | None, side: Beside) -> Compared:
    if not isinstance(side, Side):
        return Compared(key=key, source=source, filed=filed, side=None, verdict=None, reason=side)
    if filed is None:
        return Compared(key=key, source=source, filed=None, side=side, verdict=None, reason="not_filed")
    return Compared(
        key=key, source=source, filed=filed, side=side, verdict=hold(filed, side, load_uncertainty()), reason=None
    )
