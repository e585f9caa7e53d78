"""The query over candidates says what `judging.passes` says."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from expectations.catalogue import RULES_DIR
from nenghao.config import Role, Settings
from nenghao.db import audit, candidates
from nenghao.db.candidates import CandidateRow
from nenghao.db.connection import conninfo
from nenghao.db.queries import load_queries
from nenghao.detection.candidate import Candidate, Kind
from nenghao.detection.judging import passes
from tests.expectations.scenario import lay_out, read_case

AT = datetime(2026, 8, 4, tzinfo=UTC)
QUERY = load_queries("audit")["candidate_violations"].replace("{rule_code}", "r")
NUMBERS = st.one_of(
    st.sampled_from([0.0, 0.35, 1.0, -2.5, float("nan"), float("inf"), float("-inf")]), st.floats(-10, 10)
)
#: Exact in sixteen digits, as thresholds are written.
LIMITS = st.decimals(-10, 10, places=2).map(float)
NAMES = st.sampled_from(["z", "share", "days"])
THRESHOLDS = st.dictionaries(
    st.builds("{}_{}{}".format, NAMES, st.sampled_from(["min", "max"]), st.sampled_from(["", "_rich"])), LIMITS
)


@dataclass(frozen=True, slots=True)
class Case:
    """A candidate's statistics, and whether its meter is more than values alone."""

    statistics: dict[str, float]
    is_rich: bool


CASES = st.lists(st.builds(Case, st.dictionaries(NAMES, NUMBERS), st.booleans()), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def unit_id(module_database: Settings) -> int:
    with psycopg.connect(conninfo(module_database, Role.OWNER)) as conn:
        return lay_out(conn, read_case(RULES_DIR / "frozen" / "cases" / "honest_standby.toml"), 1)


@given(cases=CASES, thresholds=THRESHOLDS)
@example(cases=[Case({"z": float("nan")}, False)], thresholds={"z_min": 0.0})
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_query_passes_what_python_passes(
    module_database: Settings, unit_id: int, cases: list[Case], thresholds: dict[str, float]
) -> None:
    made = [
        Candidate(meter=0, first_day=0, last_day=0, kind=Kind.SCALE, statistics=case.statistics, score=number)
        for number, case in enumerate(cases)
    ]
    expected = {
        one.score for one, case in zip(made, cases, strict=True) if passes(one, thresholds, is_rich=case.is_rich)
    }
    with psycopg.connect(conninfo(module_database, Role.OWNER)) as conn:
        series_id = conn.execute("SELECT min(series_id) FROM series").fetchone()
        assert series_id is not None
        rows = [
            CandidateRow(
                rule_code="r", series_id=series_id[0], span=(AT, AT + timedelta(days=1)), kind=one.kind,
                statistics=one.statistics, score=one.score, expected_energy=None, observed_energy=None,
                energy_unit="kWh", other_series_ids=[], notes={}, is_rich=case.is_rich,
            )
            for one, case in zip(made, cases, strict=True)
        ]  # fmt: skip
        candidates.write_candidates(conn, rows, AT)
        for name, value in thresholds.items():
            conn.execute(
                "INSERT INTO rule_threshold (rule_code, threshold_name, value, unit, reason, valid_from)"
                " VALUES ('r', %s, %s, '1', 'tried', '2026-01-01')",
                [name, str(value)],
            )
        days = {"unit_ids": [unit_id], "from_at": AT, "to_at": AT + timedelta(days=1)}
        batch = audit.literal_query(conn, "batch_candidate", days)
        found = conn.execute(QUERY.replace("{batch}", f"({batch})").encode()).fetchall()
        names = [
            column.name for column in conn.execute(QUERY.replace("{batch}", f"({batch})").encode()).description or ()
        ]
        conn.rollback()
    assert {row[names.index("score")] for row in found} == expected


def test_candidates_are_forgotten_by_unit_and_day(module_database: Settings, unit_id: int) -> None:
    with psycopg.connect(conninfo(module_database, Role.JOBS)) as conn:
        row = conn.execute("SELECT min(series_id) FROM series").fetchone()
        assert row is not None
        made = [
            CandidateRow(
                rule_code="r", series_id=row[0], span=(AT + timedelta(days=day), AT + timedelta(days=day + 1)),
                kind="scale", statistics={"z": 1.0}, score=1, expected_energy=None, observed_energy=None,
                energy_unit="kWh", other_series_ids=[], notes={"why": "x"}, is_rich=False,
            )
            for day in range(3)
        ]  # fmt: skip
        candidates.write_candidates(conn, made, AT)
        candidates.forget_candidates(conn, [unit_id], (AT + timedelta(days=1), AT + timedelta(days=2)))
        left = [row[0] for row in conn.execute("SELECT lower(span)::date FROM candidate ORDER BY 1")]
        candidates.forget_candidates(conn, [unit_id + 1], (AT, AT + timedelta(days=9)))
        assert left == [date(2026, 8, 4), date(2026, 8, 6)]
        assert conn.execute("SELECT count(*) FROM candidate").fetchone() == (2,)
        conn.rollback()
