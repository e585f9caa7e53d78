"""Reminders on the real database: opened, aged and ended as filings, outages, inquiries and meters change."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from typer.testing import CliRunner

from nenghao.cli.deadlines import app
from nenghao.cli.installation_checks import check_deadlines
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.deadlines import Reminder, open_reminders
from nenghao.domain.periods import SHANGHAI
from nenghao.jobs.remind import Reminded, remind, sync_calendar
from nenghao.stack import Stack
from nenghao.stack.environment import variables_of

UNIT = "91110000000000013A"
OTHER = "91110000000000021X"
NOTHING = Reminded(0, 0, 0, 0, 0)


def on(day: int, hour: int = 7, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


class Bureau:
    """A database with two units, of which one is in the survey, and what happens to them."""

    def __init__(self, settings: Settings, superuser: str) -> None:
        self.settings = settings
        self._superuser = superuser
        with connect(settings, Role.JOBS) as conn:
            sync_calendar(conn)
        for code, duty in ((UNIT, "survey"), (OTHER, "online_monitoring")):
            self.execute(
                "INSERT INTO unit"
                " (unit_code, name, division_code, industry_code, field, collected_under, registered_at)"
                f" VALUES ('{code}', 'Plant', '110000', 'C25', 'industry', '{duty}', '2026-09-15+08')"
            )

    def execute(self, statement: str) -> None:
        with psycopg.connect(self._superuser, autocommit=True) as conn:
            conn.execute("SET session_replication_role = replica")  # rows that only have to exist
            conn.execute(statement)

    def remind(self, now: datetime) -> Reminded:
        with connect(self.settings, Role.JOBS) as conn:
            found = remind(conn, now)
            assert remind(conn, now) == NOTHING, "a second run changes nothing"
            return found

    def open(self, kind: str) -> list[Reminder]:
        with connect(self.settings, Role.CONSOLE) as conn:
            return [one for one in open_reminders(conn) if one.kind == kind]

    def events(self, kind: str) -> list[str]:
        with connect(self.settings, Role.CONSOLE) as conn:
            return [
                event
                for (event,) in conn.execute(
                    "SELECT e.kind FROM reminder_event AS e JOIN reminder AS r USING (reminder_id) WHERE r.kind = %s"
                    " ORDER BY e.at, e.reminder_id, e.kind",
                    [kind],
                )
            ]


@pytest.fixture
def bureau(stack: Stack, database: Settings) -> Bureau:
    return Bureau(database, stack.superuser_conninfo(database.database_name))


FILING = (
    "INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, filed_at,"
    " collected_under) SELECT unit_id, '2026-09-01', 1, '[]', 'r', 'a', 'b', 'c', '2026-10-09+08', 'survey' FROM unit"
    f" WHERE unit_code = '{UNIT}'"
)
EVENT = (
    "INSERT INTO filing_event (filing_id, state, level, acted_by, acted_at)"
    " SELECT filing_id, 'accepted_{0}', '{0}', 'p', now() FROM filing"
)


def test_a_filing_is_reminded_of_until_it_comes_and_then_its_acceptance(bureau: Bureau) -> None:
    assert bureau.remind(on(4)) == NOTHING
    assert bureau.remind(on(6)).opened == 1
    [reminder] = bureau.open("filing")
    assert (reminder.unit_code, reminder.audience, reminder.subject) == (UNIT, "unit", "205-1")
    assert reminder.due_at == on(10, 12)
    assert bureau.remind(on(10, 13)).overdue == 1
    assert bureau.open("filing")[0].is_overdue
    bureau.execute(FILING)
    assert bureau.remind(on(11)).reached == 1
    assert bureau.open("filing") == []
    assert bureau.events("filing") == ["overdue", "reached"]
    bureau.remind(on(13, 19))
    assert [(one.subject, one.audience) for one in bureau.open("acceptance")] == [
        ("county", "bureau"), ("city", "bureau"),
    ]  # fmt: skip
    bureau.execute(EVENT.format("county"))
    assert bureau.remind(on(13, 20)).reached == 1
    assert [one.subject for one in bureau.open("acceptance")] == ["city"]


def test_a_notice_moves_the_day_and_the_reminder_with_it(bureau: Bureau) -> None:
    bureau.remind(on(6))
    bureau.execute(
        "UPDATE report_calendar SET due_at = '2026-10-12 12:00+08' WHERE month_on = '2026-09-01' AND level = 'unit'"
    )
    moved = bureau.remind(on(8))
    assert (moved.opened, moved.withdrawn) == (1, 1)
    assert [one.due_at for one in bureau.open("filing")] == [on(12, 12)]


def test_the_panel_says_who_owes(bureau: Bureau) -> None:
    bureau.execute(
        "INSERT INTO panel_member (panel_code, unit_id, entered_on, entry_reason)"
        f" SELECT 'p', unit_id, '2026-01-01', 'new' FROM unit WHERE unit_code = '{OTHER}'"
    )
    bureau.remind(on(6))
    assert [one.unit_code for one in bureau.open("filing")] == [OTHER]


def silence(bureau: Bureau, first: int, last: int) -> None:
    """A point with one series, of which nothing comes from one day of October to another."""
    bureau.execute(
        "INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)"
        f" SELECT unit_id, 'p1', '0000000000000001', 'p', '33', 'purchase', 'industrial' FROM unit"
        f" WHERE unit_code = '{UNIT}' ON CONFLICT DO NOTHING"
    )
    bureau.execute(
        "INSERT INTO series (point_id, quantity, kind, period) SELECT point_id, 'active_energy', 'interval', '1h'"
        " FROM point ON CONFLICT DO NOTHING"
    )
    bureau.execute(
        "INSERT INTO series_day (series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality,"
        " method, due_slots, received_slots, measured_energy, content_hash, computed_at)"
        " SELECT series_id, day::date, 60, 'kWh', 0, '{}', 0, '{}', '', '', 24,"
        f" CASE WHEN day::date BETWEEN '2026-10-{first:02}' AND '2026-10-{last:02}' THEN 0 ELSE 24 END, 0, 'h', now()"
        " FROM series, generate_series(date '2026-10-01', date '2026-10-31', '1 day') AS day"
        " ON CONFLICT ON CONSTRAINT series_day_pk DO UPDATE SET received_slots = excluded.received_slots"
    )


@pytest.fixture
def faulty(bureau: Bureau) -> Bureau:
    """The constraint on arrays is not what these tests are about."""
    bureau.execute("ALTER TABLE series_day DROP CONSTRAINT series_day_arrays_fit")
    return bureau


def test_an_outage_that_lasts_is_to_be_filed_within_three_working_days(faulty: Bureau) -> None:
    silence(faulty, 13, 31)  # from Tuesday, 13 October: due by Friday, 16 October
    faulty.remind(on(15, 1))
    assert faulty.open("outage_filing") == []
    faulty.remind(on(16, 1))
    [reminder] = faulty.open("outage_filing")
    assert (reminder.subject, reminder.due_at) == ("p1", datetime(2026, 10, 16, 23, 59, 59, tzinfo=SHANGHAI))
    faulty.remind(on(17))
    assert faulty.open("outage_filing")[0].is_overdue
    faulty.execute(
        "INSERT INTO outage_filing (unit_id, fault_at, cause, filed_at, timeliness)"
        f" SELECT unit_id, '2026-10-13 06:00+08', 'gateway', now(), 'late' FROM unit WHERE unit_code = '{UNIT}'"
    )
    faulty.remind(on(18))
    assert faulty.events("outage_filing") == ["overdue", "reached"]


def test_an_outage_that_is_mended_in_time_needs_no_filing(faulty: Bureau) -> None:
    silence(faulty, 13, 15)
    faulty.remind(on(17))
    assert faulty.open("outage_filing") == []
    silence(faulty, 13, 18)
    faulty.remind(on(20))
    assert len(faulty.open("outage_filing")) == 1, "mended, but after the third working day"


def test_the_bureau_is_reminded_of_balances_that_wait(faulty: Bureau) -> None:
    silence(faulty, 31, 31)
    faulty.execute("INSERT INTO month_mark SELECT unit_id, '2026-09-01' FROM unit")
    faulty.execute(
        "INSERT INTO point_month (point_id, month_on, unit, measured_energy, due_slots, received_slots, known_slots)"
        " SELECT point_id, month_on::date, 'kWh', 0, 1, 0, 0 FROM point,"
        " unnest(ARRAY['2026-08-01', '2026-09-01', '2026-10-01']) AS month_on"
    )
    faulty.remind(on(6))
    [waiting] = faulty.open("monitored_balance")
    assert (waiting.audience, waiting.period_on, waiting.due_at.day) == ("bureau", date(2026, 9, 1), 5)
    faulty.execute("DELETE FROM month_mark")
    faulty.execute(
        "INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition,"
        " content_hash_algorithm, content_hash, computed_at)"
        " SELECT unit_id, '2026-09-01', 1, 'l', 'c', 'sha256', 'h', now() FROM unit LIMIT 1"
    )
    assert faulty.remind(on(7)).reached == 0, "it is built, and not sealed"
    faulty.execute("UPDATE monitored_balance SET month_on = '2020-01-01'")
    assert faulty.remind(on(8)).reached == 1


def test_inquiries_and_cases_have_their_clocks(bureau: Bureau) -> None:
    bureau.execute(
        f"INSERT INTO audit_case (unit_id, level, opened_at) SELECT unit_id, 'doubt', '2026-10-08+08' FROM unit"
        f" WHERE unit_code = '{UNIT}'"
    )
    bureau.remind(on(10))
    assert bureau.open("case_decision") == []
    decision = (
        "INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)"
        " SELECT case_id, '{}', {}, 'r', 'p', '2026-10-{:02}+08' FROM audit_case"
    )
    bureau.execute(decision.format("inquire", "NULL", 12))
    bureau.remind(on(17))
    [asked] = bureau.open("inquiry_answer")
    assert (asked.audience, asked.unit_code) == ("unit", UNIT)
    assert asked.due_at == datetime(2026, 10, 19, 23, 59, 59, tzinfo=SHANGHAI)
    bureau.execute(decision.format("explain", "NULL", 18))
    bureau.remind(on(20))
    assert bureau.events("inquiry_answer") == ["reached"]
    bureau.execute(decision.format("dismiss", "'explainable'", 20))
    bureau.execute(decision.format("reopen", "NULL", 21))
    bureau.remind(on(6, month=11))
    [waiting] = bureau.open("case_decision")
    assert waiting.audience == "bureau"


def test_a_meter_s_verification_is_reached_by_the_next_one(bureau: Bureau) -> None:
    bureau.execute(
        "INSERT INTO meter (unit_id, meter_no, model, accuracy_class, verified_on, next_verification_on, state)"
        " SELECT unit_id, unit_code || '-' || state, 'DTZ', '0.5S', '2025-10-20', '2026-10-20', state FROM unit,"
        " unnest(ARRAY['qualified', 'stopped']) AS state"
    )
    bureau.remind(on(1))
    assert [one.unit_code for one in bureau.open("meter_verification")] == [UNIT, OTHER]
    bureau.execute(
        "INSERT INTO meter_verification"
        " (meter_id, verified_on, next_verification_on, verified_by, certificate_no, result)"
        " SELECT meter_id, '2026-10-10', '2027-10-10', 'p', 'n', 'passed' FROM meter WHERE meter_id = 1"
    )
    assert bureau.remind(on(22)).reached == 1
    assert [one.unit_code for one in bureau.open("meter_verification")] == [OTHER]


def test_a_unit_sees_its_own_reminders_and_nobody_else_s(bureau: Bureau) -> None:
    bureau.execute("UPDATE unit SET collected_under = 'survey'")
    bureau.execute(FILING)
    bureau.remind(on(13, 19))
    with connect(bureau.settings, Role.JOBS) as conn:
        assert conn.execute("SELECT count(*) FROM reminder_open").fetchone() == (3,)  # one filing, two acceptances
    with psycopg.connect(bureau._superuser) as conn:
        conn.execute("SET ROLE nenghao_unit")
        assert conn.execute("SELECT kind FROM own_reminder").fetchall() == []
        conn.execute("SELECT set_config('nenghao.unit_id', '2', true)")
        assert conn.execute("SELECT kind FROM own_reminder").fetchall() == [("filing",)]
        assert conn.execute("SELECT count(*) FROM reminder").fetchone() == (0,)  # who asks is no unit's person


def test_the_command_counts_all_and_lists_the_most_urgent(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    bureau.execute(
        "INSERT INTO meter (unit_id, meter_no, model, accuracy_class, next_verification_on, state)"
        " SELECT unit_id, 'm' || n, 'DTZ', '0.5S', '2020-01-01', 'qualified' FROM unit, generate_series(1, 20) AS n"
    )
    bureau.remind(datetime.now(UTC) - timedelta(minutes=1))
    for name, value in (variables_of(bureau.settings) | {"NENGHAO_LANGUAGE": "en"}).items():
        monkeypatch.setenv(name, value)
    shown = CliRunner().invoke(app, []).output
    assert "verification of a meter: open 40, late 40" in shown
    assert "(--all)" in shown
    of_unit = CliRunner().invoke(app, ["--unit", OTHER]).output.splitlines()
    assert of_unit[0] == "open 20, late 20"
    assert sum("LATE" in line for line in of_unit) == 20
    own = CliRunner().invoke(app, ["--unit", OTHER, "--own"]).output.splitlines()
    assert own == of_unit
    assert CliRunner().invoke(app, ["--own"]).exit_code == 2
    assert CliRunner().invoke(app, ["check"]).exit_code == 0
    with connect(bureau.settings, Role.JOBS) as conn:
        assert check_deadlines(conn).values["overdue"] >= 40
