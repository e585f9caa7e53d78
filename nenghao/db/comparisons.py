"""What lies beside a filing: suppliers' statements, points over a span of days, the register of production."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("comparisons")


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A supplier's statement as it was registered."""

    unit_id: int
    variety_code: str
    account_no: str
    provider: str
    from_on: date
    to_on: date
    quantity: Decimal
    unit: str
    amount_yuan: Decimal | None
    document_no: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with the day on which its cycle ends, and the days that it holds for: `[valid_from, valid_to)`."""

    unit_id: int
    variety_code: str
    account_no: str
    settlement_day: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class AskedSpan:
    """A unit's variety over [first_on, end_on)."""

    unit_id: int
    variety_code: str
    first_on: date
    end_on: date


@dataclass(frozen=True, slots=True)
class PointSpanRow:
    """A point over an asked span, in its own unit; `place` is the span's place in the question."""

    place: int
    point_id: int
    flow: str
    unit: str | None
    energy: Decimal | None
    measured_energy: Decimal
    days: int
    due_slots: int
    known_slots: int
    accuracy_class: str


def statements(conn: Connection, unit_ids: Sequence[int], first_on: date, end_on: date) -> list[StatementRow]:
    """Statements that end after `first_on` and by `end_on`."""
    columns = {"unit_ids": list(unit_ids), "first_on": first_on, "end_on": end_on}
    return [StatementRow(*row) for row in conn.execute(_QUERIES["statements"], columns)]


def accounts(conn: Connection, unit_ids: Sequence[int], first_on: date, end_on: date) -> list[AccountRow]:
    """Accounts that hold in a span."""
    columns = {"unit_ids": list(unit_ids), "first_on": first_on, "end_on": end_on}
    return [AccountRow(*row) for row in conn.execute(_QUERIES["accounts"], columns)]


def point_spans(conn: Connection, spans: Sequence[AskedSpan], flows: Sequence[str]) -> list[PointSpanRow]:
    """The points of each span that enter the form by one of the flows, with their sums."""
    columns = {
        "places": list(range(len(spans))),
        "unit_ids": [span.unit_id for span in spans],
        "varieties": [span.variety_code for span in spans],
        "first_days": [span.first_on for span in spans],
        "end_days": [span.end_on for span in spans],
        "flows": list(flows),
    }
    return [PointSpanRow(*row) for row in conn.execute(_QUERIES["point_spans"], columns)]


def production(
    conn: Connection, unit_ids: Sequence[int], first_on: date, end_on: date
) -> list[tuple[int, str, date, Decimal]]:
    """(unit, product, month, quantity) of the register of production."""
    columns = {"unit_ids": list(unit_ids), "first_on": first_on, "end_on": end_on}
    return list(conn.execute(_QUERIES["production"], columns))
