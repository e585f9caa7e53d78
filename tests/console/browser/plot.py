"""What the story of the browser tests happens to: a month of readings, closed, judged and built by the real jobs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from expectations import runner
from expectations.returns import audit_return
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI, Month, day_start
from nenghao.jobs.build_months import build_months
from nenghao.jobs.clock_entry import run_close_decided, run_restate
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.entry import run_build_months
from nenghao.jobs.remind import sync_calendar
from tests.console.seed import UNIT_A, UNIT_B

SQL = Path(__file__).parent / "plot.sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """The month, and the case that the rules opened in it for each unit, by its code."""

    month: Month
    cases: dict[str, int]


def latest_month(now: datetime) -> Month:
    """The latest month that is over and surveyed: January is not."""
    month = Month.of(Month.of(now.astimezone(SHANGHAI).date()).start_on - timedelta(days=1))
    return month if month.start_on.month != 1 else Month.of(month.start_on - timedelta(days=1))


def lay_plot(settings: Settings, now: datetime | None = None) -> Plot:
    """Readings in, by the jobs: series days, a case, the month's balance."""
    now = now or datetime.now(UTC)
    month = latest_month(now)
    slots = (month.end_on - month.start_on) // timedelta(minutes=15)
    with connect(settings, Role.OWNER) as conn:
        for name, value in {
            "starts_at": day_start(month.start_on).isoformat(),
            "slots": str(slots),
        }.items():
            conn.execute("SELECT set_config('story.' || %s, %s, true)", [name, value])
        conn.execute(SQL.read_bytes())
    with connect(settings, Role.JOBS) as conn:
        sync_calendar(conn)
        close_changed_days(conn, now)
    runner.audit_days(settings, month.start_on, month.end_on, now)
    with connect(settings, Role.JOBS) as conn:
        build_months(conn, now)
    with connect(settings, Role.OWNER) as conn:
        found = conn.execute(
            "SELECT unit_code, case_id FROM audit_case JOIN unit USING (unit_id) WHERE level = 'doubt'"
        ).fetchall()
    assert {str(code) for code, _ in found} == {UNIT_A, UNIT_B}
    return Plot(month=month, cases={str(code): int(case_id) for code, case_id in found})


def let_late_readings_come(settings: Settings, unit_code: str) -> None:
    """The hour that never came arrives after all, as a back-fill, for one unit."""
    with connect(settings, Role.OWNER) as conn:
        (message_id,) = conn.execute(
            "INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome,"
            " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count,"
            " collected_under) VALUES (nextval('message_id_seq'), 0, 'story', 'json_v1', 'SHA-256',"
            " decode(md5(random()::text), 'hex'), clock_timestamp(), 'accepted', 8, 8, 0, 0, 0, 0, 'metering')"
            " RETURNING message_id"
        ).fetchone() or (0,)
        conn.execute(
            "WITH late AS (SELECT l.* FROM story_late AS l JOIN series USING (series_id) JOIN point USING (point_id)"
            " JOIN unit USING (unit_id) WHERE unit_code = %s), stored AS ("
            " INSERT INTO reading (series_id, at, value, message_id, ordinal, source)"
            " SELECT series_id, at, value, %s, 0, 'b' FROM late RETURNING series_id, at)"
            " INSERT INTO changed_mark (series_id, day_on)"
            " SELECT DISTINCT series_id, (at AT TIME ZONE 'Asia/Shanghai')::date FROM stored",
            [unit_code, message_id],
        )


def run_the_clock(settings: Settings) -> None:
    """What Airflow does within minutes of an act: close, build, hold against the relations, seal."""
    rows = run_close_decided(settings)
    run_build_months(settings)
    audit_return(settings, datetime.now(UTC))
    run_restate(rows, settings)
