"""The list of cases: in the order of the ranking, counted under every filter, current with every decision."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.review.cases import decide
from nenghao.review.listing import SORTS, Filters, count, list_anew, page_of
from nenghao.review.ranking import rank_cases

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
MANY_CASES = Path(__file__).with_name("many_cases.sql")
ALL = 100_000


def seed_many(conn: Connection, *, units: int, alerts: int, days: int) -> None:
    """Lay out cases as an audit would have left them, and list them."""
    for statement in MANY_CASES.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            conn.execute(statement, {"units": units, "alerts": alerts, "days": days})
    list_anew(conn, NOW)


@pytest.fixture(scope="module")
def many(module_database: Settings) -> Settings:
    with connect(module_database, Role.OWNER) as conn:
        seed_many(conn, units=40, alerts=300, days=30)
    return module_database


@pytest.fixture
def officer(many: Settings) -> Iterator[Connection]:
    """A connection whose changes are undone."""
    with connect(many, Role.CONSOLE) as conn:
        yield conn
        conn.rollback()


@pytest.mark.parametrize("states", [("open", "asked"), ("decided",), None])
def test_the_list_is_in_the_order_of_the_ranking(officer: Connection, states: tuple[str, ...] | None) -> None:
    ranked = [one for one in rank_cases(officer, states=states).shown if not one.row["is_common_cause"]]
    listed = page_of(officer, Filters(states=states), row_limit=ALL)
    assert [(one.row["case_id"], one.score, one.effect_tce) for one in ranked] == [
        (row["case_id"], row["score"], row["effect_tce"]) for row in listed
    ]
    assert len(listed) > 20


def test_pages_are_cut_from_the_one_order(officer: Connection) -> None:
    for sort in SORTS:
        whole = [row["case_id"] for row in page_of(officer, Filters(), sort=sort, row_limit=ALL)]
        pages = [
            row["case_id"]
            for first in range(0, len(whole), 50)
            for row in page_of(officer, Filters(), sort=sort, row_offset=first)
        ]
        assert pages == whole


FILTERS = (
    Filters(),
    Filters(states=None),
    Filters(states=None, level="doubt", division_prefix="1502"),
    Filters(family="shape", kind="copy"),
    Filters(states=("decided", "quiet"), text="unit 1"),
    Filters(rule_code="clipped_peak", unit_code="911500000000000003"),
    Filters(states=None, is_common_cause=True),
)


@pytest.mark.parametrize("filters", FILTERS)
def test_counts_are_of_all_cases_that_fit(officer: Connection, filters: Filters) -> None:
    counts = count(officer, filters)
    rows = page_of(officer, filters, row_limit=ALL)
    assert counts.total == len(rows)
    assert counts.by_filter.get("level", {}).get("doubt", 0) == len(
        page_of(officer, replace(filters, level="doubt"), row_limit=ALL)
    )
    kinds = Counter(
        kind for row in page_of(officer, replace(filters, kind=None), row_limit=ALL) for kind in row["kinds"]
    )
    assert counts.by_filter.get("kind", {}) == kinds
    for city, number in counts.by_filter.get("city", {}).items():
        assert number == len(page_of(officer, replace(filters, division_prefix=city), row_limit=ALL))
    for state, number in counts.by_filter.get("state", {}).items():
        assert number == len(page_of(officer, replace(filters, states=(state,)), row_limit=ALL))


@pytest.mark.parametrize("hostile", ["'", "'; DROP TABLE unit; --", "%", "\\", "%(level)s", "{}", "\u202e", "a" * 5000])
def test_what_is_typed_into_a_filter_is_a_value(officer: Connection, hostile: str) -> None:
    for filters in (
        Filters(level=hostile),
        Filters(states=(hostile,)),
        Filters(family=hostile),
        Filters(rule_code=hostile),
        Filters(kind=hostile),
        Filters(unit_code=hostile),
        Filters(division_prefix=hostile),
        Filters(text=hostile),
    ):
        assert page_of(officer, filters) == []
        assert count(officer, filters).total == 0


def test_a_decision_shows_in_the_list_at_once(officer: Connection) -> None:
    first = page_of(officer, Filters())[0]
    before = count(officer, Filters(states=None)).by_filter["state"]
    decide(officer, first["case_id"], "dismiss", "explainable", "overhaul on paper", "auditor", NOW)
    assert first["case_id"] not in [row["case_id"] for row in page_of(officer, Filters(), row_limit=ALL)]
    after = count(officer, Filters(states=None)).by_filter["state"]
    assert (after["decided"], after["open"]) == (before["decided"] + 1, before["open"] - 1)
    decided = next(
        row
        for row in page_of(officer, Filters(states=("decided",)), row_limit=ALL)
        if row["case_id"] == first["case_id"]
    )
    assert (decided["decision"], decided["outcome"]) == ("dismiss", "explainable")


def test_an_audit_lists_what_it_touched_and_nothing_else(many: Settings) -> None:
    with connect(many, Role.RULES) as conn:
        assert list_anew(conn, NOW) == 0
        alert_id, case_id = conn.execute("SELECT alert_id, case_id FROM alert ORDER BY alert_id LIMIT 1").fetchall()[0]
        run = conn.execute(
            "INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)"
            " VALUES ('days', '2026-10-01', '2026-10-02', now(), now(), '{}') RETURNING audit_run_id"
        ).fetchall()[0][0]
        conn.execute(
            "INSERT INTO alert_event (alert_id, finding_id, kind, audit_run_id, at)"
            " SELECT alert_id, first_finding_id, 'quiet', %s, now() FROM alert WHERE alert_id = %s",
            [run, alert_id],
        )
        assert list_anew(conn, NOW, audit_run_ids=[run]) == 1
        assert conn.execute("SELECT state FROM case_listing WHERE case_id = %s", [case_id]).fetchone() == ("quiet",)
        conn.rollback()
