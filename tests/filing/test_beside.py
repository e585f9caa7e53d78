"""Filed figures beside meters, statements and production: aligned, compared, or said to be not comparable."""

from datetime import date
from decimal import Decimal

import pytest

from expectations.drafts import DraftCheck
from nenghao.config import Role, Settings
from nenghao.db import drafts, filings
from nenghao.db.connection import connect
from nenghao.db.identity import as_unit
from nenghao.db.returns import JudgedReturn
from nenghao.domain.comparison import Side
from nenghao.domain.filed_cells import Key
from nenghao.domain.periods import Month
from nenghao.filing.comparison import Compared, compare, sides_beside
from tests.filing.conftest import OTHER, UNIT, Desk, key

MARCH, APRIL = Month(2026, 3), Month(2026, 4)
BOUGHT, USED = key("33.2"), key("33.4")


def beside(
    settings: Settings, filed: dict[Key, Decimal], month: Month = MARCH, unit: str = UNIT
) -> dict[str, Compared]:
    with connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
        months = drafts.monitored_months(conn, own.unit_id, date(month.year, 1, 1), month.start_on)
        return {
            f"{one.source} {one.key[1]}.{one.key[2]}": one for one in compare(conn, own.unit_id, month, filed, months)
        }


@pytest.mark.parametrize("filed", [590, Decimal("590.5"), 595])
def test_a_unit_that_files_by_calendar_months_is_held_against_them(office: Settings, filed: Decimal) -> None:
    """January and February have 59 days; from settlement to settlement it is 62."""
    found = beside(office, {BOUGHT: Decimal(filed), USED: Decimal(filed)}, Month(2026, 2))
    for name in ("monitored 33.2", "monitored 33.4", "statement 33.2"):
        side, verdict = found[name].side, found[name].verdict
        assert side is not None
        assert verdict is not None
        assert (side.first_on, side.end_on) == (date(2026, 1, 1), date(2026, 3, 1))
        assert side.quantity == 590
        assert verdict.is_within


def test_a_unit_that_files_by_its_supplier_s_cycle_is_held_against_that(office: Settings) -> None:
    # 26 December to 25 April has 121 days, January to April 120.
    found = beside(office, {BOUGHT: Decimal(1210)}, APRIL)
    side = found["monitored 33.2"].side
    assert side is not None
    assert (side.first_on, side.end_on, side.quantity) == (date(2025, 12, 26), date(2026, 4, 26), 1210)
    statement = found["statement 33.2"].side
    assert statement is not None
    assert statement.quantity == 1210


def test_a_figure_far_from_its_meters_is_apart(office: Settings) -> None:
    verdict = beside(office, {BOUGHT: Decimal(990)})["monitored 33.2"].verdict
    assert verdict is not None
    assert verdict.difference == Decimal("0.1")
    assert not verdict.is_within


def test_what_nobody_metered_is_not_comparable(office: Settings) -> None:
    assert beside(office, {key("15.2"): Decimal(1)})["monitored 15.2"].reason == "no_points"
    assert beside(office, {key("01.4"): Decimal(1)})["monitored 01.4"].reason == "not_monitored"
    # The other unit has a point whose days are not there.
    other = beside(office, {BOUGHT: Decimal(1)}, unit=OTHER)
    assert (other["monitored 33.2"].reason, other["statement 33.2"].reason) == ("days_missing", "no_statement")


def test_what_is_monitored_and_not_filed_is_said(office: Settings) -> None:
    assert beside(office, {})["monitored 33.2"].reason == "not_filed"


def test_an_account_without_statements_leaves_nothing_to_compare_with(office: Settings) -> None:
    """A second feeder that nobody has brought a bill of: what was settled for the first is no sum."""
    insert = (
        "INSERT INTO supply_account (unit_id, variety_code, account_no, provider, settlement_day, valid_from, valid_to)"
        " SELECT unit_id, '33', %s, 'G', 25, '2020-01-01', %s FROM unit WHERE unit_code = %s"
    )
    with connect(office, Role.OWNER) as conn, conn.transaction(force_rollback=True):
        unit_id = filings.unit_of_code(conn, UNIT)
        assert unit_id is not None

        def statement_side() -> object:
            (sides,) = sides_beside(conn, [JudgedReturn(0, unit_id, MARCH.start_on)], {})
            return sides["statement", BOUGHT]

        conn.execute(insert, ["A-2", date(2025, 6, 1), UNIT])
        assert isinstance(statement_side(), Side)
        conn.execute(insert, ["A-3", None, UNIT])
        assert statement_side() == "statement_missing"


def test_gas_that_is_settled_by_its_heat_is_not_comparable_and_stops_nobody(office: Settings) -> None:
    with connect(office, Role.OWNER) as conn, conn.transaction(force_rollback=True):
        conn.execute(
            "WITH account AS (INSERT INTO supply_account"
            " (unit_id, variety_code, account_no, provider, settlement_day, valid_from)"
            " SELECT unit_id, '15', 'G-1', 'G', 31, '2020-01-01' FROM unit WHERE unit_code = %s"
            " RETURNING supply_account_id)"
            " INSERT INTO supply_statement"
            " (supply_account_id, from_on, to_on, quantity, unit, amount_yuan, document_no)"
            " SELECT supply_account_id, '2026-01-01', '2026-04-01', 500, 'GJ', 9, 'G' FROM account",
            [UNIT],
        )
        unit_id = filings.unit_of_code(conn, UNIT)
        assert unit_id is not None
        (sides,) = sides_beside(conn, [JudgedReturn(0, unit_id, MARCH.start_on)], {})
    assert sides["statement", key("15.2")] == "unit_unknown"
    assert isinstance(sides["statement", BOUGHT], Side)


def broken(check: DraftCheck) -> set[tuple[str, Key]]:
    return {(one.relation, one.key) for one in check.broken}


def test_relations_hold_a_draft_against_what_lies_beside_it(desk: Desk, office: Settings) -> None:
    with connect(office, Role.OWNER) as conn:
        conn.execute(
            "INSERT INTO production_output (unit_id, product_code, month_on, quantity, unit)"
            " SELECT unit_id, 'P1', m, 100, 't' FROM unit,"
            " generate_series('2026-01-01'::date, '2026-03-01', '1 month') m WHERE unit_code = %s",
            [UNIT],
        )
    desk.prefill(MARCH)
    third = {f"205-3/P1.{name}": value for name, value in (("numerator", 60), ("denominator", 320), ("factor", 1000))}
    desk.put(MARCH, **third, **{"205-3/P1.indicator": "187.5", "33.2": 990})
    found = broken(desk.check(MARCH))
    assert {("A17", BOUGHT), ("A20", BOUGHT), ("A18", ("205-3", "P1", "denominator"))} <= found
    assert "A16" not in {relation for relation, _ in found}
    desk.put(MARCH, **{"33.2": 905, "205-3/P1.denominator": 300, "205-3/P1.indicator": 100})
    found = broken(desk.check(MARCH))
    assert {"A17", "A18", "A20"} & {relation for relation, _ in found} == set()
    assert ("A16", ("205-3", "P1", "indicator")) in found
