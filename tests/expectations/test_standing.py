"""Standing rules run over all units as they stand: again and a day later they tell nothing twice."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

from expectations.catalogue import RULES_DIR, load_rules
from expectations.standing import audit_standing, bounds
from nenghao.config import Role, Settings
from nenghao.db.connection import conninfo
from nenghao.db.standing import STANDING_BATCHES
from tests.expectations.scenario import lay_out, read_case

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
SINCE_ON = date(2026, 8, 3)
CASES = (
    "undeclared_change/cases/configuration_changed_and_nobody_said.toml",
    "expired_verification/cases/gate_meter_overdue.toml",
    "filed_against_metered/cases/a_tenth_less_filed.toml",
)


def test_what_stands_is_told_once_and_opens_a_case_each(database: Settings, tmp_path: Path) -> None:
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    assert audit_standing(settings, NOW).checks == 0
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        for number, name in enumerate(CASES):
            lay_out(conn, read_case(RULES_DIR / name), number)
    first = audit_standing(settings, NOW, since_on=SINCE_ON)
    assert (first.findings, first.cases, first.not_run) == (len(CASES), len(CASES), 0)
    assert first.checks == sum(rule.batch in STANDING_BATCHES for rule in load_rules())
    again = audit_standing(settings, NOW, since_on=SINCE_ON)
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        assert conn.execute("SELECT count(*) FROM audit_run").fetchall() == [(1,)]
    next_day = audit_standing(settings, NOW + timedelta(days=1), since_on=SINCE_ON)
    assert [(each.violations, each.findings, each.cases) for each in (again, next_day)] == [(len(CASES), 0, 0)] * 2


def test_months_are_judged_for_a_quarter_and_read_for_two_years() -> None:
    asked = bounds(datetime(2026, 1, 15, tzinfo=UTC), date(2025, 12, 26))
    months = [asked[name] for name in ("history_month_on", "judged_month_on", "end_month_on")]
    assert months == [date(2023, 10, 1), date(2025, 10, 1), date(2026, 1, 1)]
    assert asked["workdays"][0] == date(2025, 12, 26)
