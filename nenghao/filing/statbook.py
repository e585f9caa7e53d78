"""The statistical ledger (统计台账) of a variety: each month, its cumulative, and the vouchers behind the purchases.

Before: accepted filings and suppliers' statements. After: the unit keeps it (originals two years, summaries ten).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from nenghao.db import comparisons, filings
from nenghao.db.connection import Connection
from nenghao.domain.filed_cells import (
    CLOSING,
    COEFFICIENT,
    FORM_1,
    INDUSTRIAL,
    MATERIAL,
    MONEY,
    NON_INDUSTRIAL,
    OPENING,
    PURCHASE,
    TOTAL,
    TRANSPORT,
    Key,
    month_figures,
    parse_cells,
    values,
)
from nenghao.domain.periods import Month

#: Columns of the ledger, in its order.
LEDGER_COLUMNS: Final = (
    OPENING, PURCHASE, "outside_province", MONEY, TOTAL, INDUSTRIAL, MATERIAL, NON_INDUSTRIAL, TRANSPORT, CLOSING,
    COEFFICIENT,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A supplier's statement that ends in the month."""

    account_no: str
    provider: str
    from_on: date
    to_on: date
    quantity: Decimal
    unit: str
    amount_yuan: Decimal | None
    document_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMonth:
    """A month of the ledger by column: itself and from the year's start. None where no filing says it."""

    month: Month
    #: The accepted filing it is read from; None where none is accepted yet.
    filing_id: int | None
    of_month: Mapping[str, Decimal]
    cumulative: Mapping[str, Decimal]
    vouchers: Sequence[Voucher]


def build_statbook(conn: Connection, unit_id: int, year: int, row: str) -> list[LedgerMonth]:
    """The ledger of one variety over a year, from accepted cumulatives; a month may be negative (practice 3)."""
    first_on, last_on = date(year, 1, 1), date(year, 12, 1)
    accepted = filings.accepted_months(conn, unit_id, first_on, last_on)
    vouchers = comparisons.statements(conn, [unit_id], first_on, date(year + 1, 1, 1))
    earlier: dict[Key, Decimal] | None = None
    is_next = True
    book = []
    for number in range(1, 13):
        month = Month(year, number)
        filing_id = accepted.get(month.start_on)
        cumulative: dict[Key, Decimal] = {}
        if filing_id is not None and (filing := filings.load_filing(conn, filing_id)) is not None:
            cumulative = values(parse_cells(filing.content))
        # Between two cumulatives that are not of following months lie several: none of them is this month's.
        of_month = month_figures(cumulative, earlier if is_next else {})
        book.append(
            LedgerMonth(
                month=month,
                filing_id=filing_id,
                of_month=_of_row(of_month, row),
                cumulative=_of_row(cumulative, row),
                vouchers=[
                    Voucher(
                        account_no=one.account_no,
                        provider=one.provider,
                        from_on=one.from_on,
                        to_on=one.to_on,
                        quantity=one.quantity,
                        unit=one.unit,
                        amount_yuan=one.amount_yuan,
                        document_no=one.document_no,
                    )
                    for one in vouchers
                    if one.variety_code == row and Month.of(one.to_on - timedelta(days=1)) == month
                ],
            )
        )
        if filing_id is not None:
            earlier, is_next = cumulative, True
        else:
            calendar = filings.calendar(conn, FORM_1, month.start_on, "unit")
            is_next = is_next and calendar is not None and not calendar.is_surveyed
    return book


def _of_row(cells: Mapping[Key, Decimal], row: str) -> dict[str, Decimal]:
    return {column: cells[FORM_1, row, column] for column in LEDGER_COLUMNS if (FORM_1, row, column) in cells}
