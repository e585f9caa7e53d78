"""Due days: silence gets a row, so that it can be seen; a day that was not due as a whole gets none."""

from datetime import UTC, date, datetime

from nenghao.config import Role, Settings
from nenghao.db.balances import next_months
from nenghao.db.connection import Connection, connect
from nenghao.db.gateways import close_commissioning
from nenghao.jobs.due_days import mark_due_days

NOW = datetime(2026, 10, 6, 3, tzinfo=UTC)


def register(conn: Connection) -> None:
    """One register series whose multiplier changes at noon of 3 October, a gauge, and daily intervals."""
    conn.execute(
        """
        INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
        VALUES ('911502000000000009', 'u', '150200', 'C3110', 'industry', 'online_monitoring');
        INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)
        SELECT unit_id, 'm', 'm', '1', 'qualified' FROM unit;
        INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
        SELECT unit_id, 'p', '0000000002330010', 'p', '33', 'purchase', 'industrial' FROM unit;
        INSERT INTO series (point_id, quantity, kind, period)
        SELECT point_id, 'active_energy', 'register', 'instant' FROM point;
        INSERT INTO series (point_id, quantity, kind, period)
        SELECT point_id, 'voltage', 'gauge', 'instant' FROM point;
        INSERT INTO series (point_id, quantity, kind, period)
        SELECT point_id, 'active_energy', 'interval', 'day' FROM point;
        INSERT INTO series_version (
            series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals
        )
        SELECT s.series_id, v.valid, m.meter_id, 'kWh', 60, v.multiplier, 'platform', 0
        FROM series AS s, meter AS m, (VALUES
            (tstzrange('2026-10-01T12:00+08', '2026-10-03T12:00+08'), 1),
            (tstzrange('2026-10-03T12:00+08', '2026-10-05T12:00+08'), 2)
        ) AS v (valid, multiplier);
        """
    )


def marked_days(conn: Connection) -> list[date]:
    return [day for (day,) in conn.execute("SELECT DISTINCT day_on FROM changed_mark ORDER BY 1").fetchall()]


def test_silent_days_are_marked_across_a_change_of_version_and_not_at_the_ends(database: Settings) -> None:
    with connect(database, Role.CONSOLE) as conn:
        register(conn)
    with connect(database, Role.JOBS) as conn:
        assert mark_due_days(conn, NOW) == 3
        assert marked_days(conn) == [date(2026, 10, 2), date(2026, 10, 3), date(2026, 10, 4)]


def test_days_before_enrolment_are_left_to_back_fill_until_commissioning_ends(database: Settings) -> None:
    gateway = {"unit_code": "911502000000000009", "gateway_code": "g"}
    with connect(database, Role.CONSOLE) as conn:
        register(conn)
        conn.execute(
            "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from, registered_at)"
            " SELECT unit_id, 'g', 0, '2026-10-01+08', '2026-10-03T15:00+08' FROM unit"
        )
    with connect(database, Role.JOBS) as conn:
        mark_due_days(conn, NOW)
        assert marked_days(conn) == [date(2026, 10, 4)]
        conn.execute("DELETE FROM changed_mark")
    with connect(database, Role.CONSOLE) as conn:
        assert close_commissioning(conn, **gateway, now=NOW) > 0
        assert close_commissioning(conn, **gateway, now=NOW) == 0
    with connect(database, Role.JOBS) as conn:
        assert {date(2026, 10, 2), date(2026, 10, 3), date(2026, 10, 4)} <= set(marked_days(conn))
        conn.execute("DELETE FROM changed_mark")
        mark_due_days(conn, NOW)
        assert marked_days(conn) == [date(2026, 10, 2), date(2026, 10, 3), date(2026, 10, 4)]


def test_a_month_that_is_still_back_filled_waits_for_its_balance(database: Settings) -> None:
    with connect(database, Role.CONSOLE) as conn:
        register(conn)
        conn.execute(
            "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from) SELECT unit_id, 'g', 0, now() FROM unit"
        )
    with connect(database, Role.JOBS) as conn:
        conn.execute("INSERT INTO month_mark (unit_id, month_on) SELECT unit_id, '2026-09-01' FROM unit")
        assert list(next_months(conn, before_on=date(2026, 10, 1), max_months=9)) == []
    with connect(database, Role.CONSOLE) as conn:
        close_commissioning(conn, unit_code="911502000000000009", gateway_code="g", now=datetime.now(UTC))
    with connect(database, Role.JOBS) as conn:
        assert len(next_months(conn, before_on=date(2026, 10, 1), max_months=9)) == 1
