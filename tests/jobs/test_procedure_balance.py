"""After the review of a case the monitored balance rests on the estimate, and the filing stays what the unit filed."""

from datetime import timedelta
from decimal import Decimal

from psycopg.types.json import Jsonb

from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.domain.periods import day_start
from nenghao.jobs.build_months import build_months
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.sync_reference import sync_reference
from nenghao.review import procedure
from nenghao.review.standing import standing
from tests.jobs.plant import DAY, NOW, Plant, table_rows
from tests.review.desk import BAO, CHEN, SAID, SITE, UNIT, ask, turn

FIRST = DAY.replace(day=1)
LATER = NOW + timedelta(days=1)
FILED = ("filing", "filing_event", "filing_note")
#: Three days of October on which intervals say less than half.
CUT = (day_start(FIRST + timedelta(days=19)), day_start(FIRST + timedelta(days=22)))


def used(jobs: Connection, unit_id: int) -> list[Decimal]:
    """Electricity used in the month by version of the monitored balance, in 10 000 kWh."""
    rows = jobs.execute(
        "SELECT c.value FROM monitored_balance AS b JOIN balance_cell AS c USING (balance_id)"
        " WHERE b.unit_id = %s AND c.row_code = '33' AND c.column_code = '4' ORDER BY b.version",
        [unit_id],
    )
    return [row[0] for row in rows]


def case_over(owner: Connection, unit_id: int, series_id: int) -> int:
    """A doubt about the days that were cut."""
    row = owner.execute(
        "WITH r AS (INSERT INTO rule_version (rule_code, version, content_hash, definition)"
        " VALUES ('half', 1, 'half', '{\"exclusion\": \"series\"}') RETURNING rule_code),"
        " c AS (INSERT INTO audit_case (unit_id, level, opened_at) VALUES (%(unit)s, 'doubt', now())"
        " RETURNING case_id),"
        " a AS (INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)"
        " VALUES ('days', '2026-10-01', '2026-10-31', now(), now(), '{}') RETURNING audit_run_id),"
        " f AS (INSERT INTO finding (audit_run_id, rule_code, rule_version, fingerprint, unit_id, series_id, span,"
        " level, evidence, thresholds, evidence_hash_algorithm, evidence_hash, found_at)"
        " SELECT audit_run_id, rule_code, 1, 'half', %(unit)s, %(series)s, tstzrange(%(begin)s, %(end)s), 'doubt',"
        " '{}', '{}', 'sha256', '', now() FROM a, r RETURNING finding_id)"
        " INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)"
        " SELECT 'half', case_id, 'half', finding_id, now() FROM c, f RETURNING case_id",
        {"unit": unit_id, "series": series_id, "begin": CUT[0], "end": CUT[1]},
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_the_balance_takes_the_estimate_after_review_and_the_filing_stays_the_units(
    plant: Plant, jobs: Connection, module_database: Settings
) -> None:
    sync_reference(jobs)
    unit_id = plant.unit()
    series_id = plant.series(plant.point(unit_id), kind="interval", period="1h", versions=({"slot": 60},))
    hours = [day_start(FIRST) + timedelta(hours=n) for n in range(31 * 24)]
    plant.readings(series_id, {at: 400 if CUT[0] <= at < CUT[1] else 1000 for at in hours})
    close_changed_days(jobs, NOW)
    build_months(jobs, NOW)
    assert used(jobs, unit_id) == [Decimal("70.08")]
    plant.owner.execute(
        "INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head,"
        " filed_at, collected_under) VALUES (%s, %s, 1, %s, 'r', 'a', 'b', 'c', %s, 'survey')",
        [unit_id, FIRST, Jsonb([{"form": "205-1", "row": "33", "column": "4", "source": "t", "value": "70.08"}]), NOW],
    )
    filed = table_rows(plant.owner, *FILED)
    assert filed["filing"]
    case_id = case_over(plant.owner, unit_id, series_id)

    with connect(module_database, Role.CONSOLE) as conn:
        ask(conn, case_id)
        procedure.explain(conn, case_id, turn(UNIT), SAID)
        procedure.verify(conn, case_id, turn(BAO), "表码与平台不符", SITE)
    close_changed_days(jobs, LATER)
    assert build_months(jobs, LATER) == []  # asked, explained, verified: nothing moves before the review
    with connect(module_database, Role.CONSOLE) as conn:
        procedure.review(conn, case_id, turn(CHEN), "按正常日推算", agrees=True)
        assert standing(conn, case_id, LATER).stage == "decided"
    close_changed_days(jobs, LATER)
    build_months(jobs, LATER + timedelta(minutes=1))

    assert used(jobs, unit_id) == [Decimal("70.08"), Decimal("74.4")]
    assert table_rows(plant.owner, *FILED) == filed
