"""The way from marks to cases: nothing lost, nothing doubled, nothing silently passed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from expectations import catalogue, runner
from expectations.catalogue import RULES_DIR
from expectations.returns import audit_return
from nenghao.config import Role, Settings
from nenghao.db import audit
from nenghao.db.connection import conninfo
from nenghao.errors import ConfigError
from nenghao.reference.relations import relation_edition
from nenghao.review.cases import decide
from tests.expectations.scenario import Case, Channel, lay_out, read_case
from tests.expectations.senders import FIRST_ON

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
CUT = RULES_DIR / "register_against_interval" / "cases" / "intervals_cut_after_the_meter.toml"


@pytest.fixture
def site(database: Settings, tmp_path: Path) -> Settings:
    """A site whose intervals were cut on three days, every day marked."""
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        lay_out(conn, read_case(CUT), 1)
        conn.execute("INSERT INTO audit_mark (series_id, day_on) SELECT series_id, day_on FROM series_day")
    return settings


def count(settings: Settings, table: str) -> int:
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        row = conn.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    number: int = row[0]
    return number


def test_pending_takes_the_marks_and_opens_one_case_with_evidence(site: Settings) -> None:
    summary = runner.audit_pending(site, NOW)
    assert (summary.days, summary.findings, summary.cases, summary.not_run) == (14, 1, 1, 0)
    assert count(site, "audit_mark") == 0
    with psycopg.connect(conninfo(site, Role.CONSOLE)) as conn:
        kinds = [row[0] for row in conn.execute("SELECT kind FROM evidence ORDER BY evidence_id LIMIT 6")]
        days = conn.execute("SELECT content FROM evidence WHERE kind = 'days'").fetchall()
        run = conn.execute("SELECT subject, first_day_on, last_day_on FROM audit_run").fetchall()
    assert kinds == ["row", "thresholds", "innocence", "readings", "meters", "days"]
    assert len(days[0][0][0]["energy"]) == 24
    assert len({day["series_id"] for day in days[0][0]}) == 1  # the interval that was found
    assert run == [("days", date(2026, 8, 3), date(2026, 8, 16))]


def test_auditing_the_same_days_again_adds_nothing(site: Settings) -> None:
    runner.audit_pending(site, NOW)
    before = [count(site, table) for table in ("finding", "alert", "audit_case", "evidence")]
    again = runner.audit_days(site, date(2026, 8, 3), date(2026, 8, 16), NOW)
    assert (again.violations, again.findings, again.cases) == (1, 0, 0)
    assert [count(site, table) for table in ("finding", "alert", "audit_case", "evidence")] == before
    assert runner.audit_pending(site, NOW).checks == 0


def test_a_crash_while_writing_keeps_the_marks(site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = count(site, "audit_mark")

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(audit, "insert_finding", crash)
    with pytest.raises(KeyboardInterrupt):
        runner.audit_pending(site, NOW)
    assert (count(site, "audit_mark"), count(site, "finding"), count(site, "audit_run")) == (marks, 0, 0)
    monkeypatch.undo()
    assert runner.audit_pending(site, NOW).findings == 1


def test_marks_of_a_day_that_is_not_over_wait(site: Settings) -> None:
    runner.audit_pending(site, datetime(2026, 8, 10, 4, tzinfo=UTC))
    with psycopg.connect(conninfo(site, Role.RULES)) as conn:
        days = {row[0] for row in conn.execute("SELECT day_on FROM audit_mark")}
    assert days == {date(2026, 8, day) for day in range(10, 17)}


def test_a_rule_that_raises_opens_a_case_and_the_others_still_run(
    site: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = catalogue.load_rules()
    broken = tuple(
        replace(rule, query="SELECT 1 / 0 AS x FROM {batch} AS b CROSS JOIN unit") if rule.code == "frozen" else rule
        for rule in rules
    )
    monkeypatch.setattr(catalogue, "load_rules", lambda: broken)
    summary = runner.audit_pending(site, NOW)
    assert (summary.not_run, summary.findings) == (1, 2)
    with psycopg.connect(conninfo(site, Role.CONSOLE)) as conn:
        rows = conn.execute("SELECT unit_id, evidence FROM finding WHERE rule_code = 'rule_did_not_run'").fetchall()
    assert [row[0] for row in rows] == [None]
    assert rows[0][1]["rule"] == "frozen"
    assert "division by zero" in rows[0][1]["reason"]


def test_a_query_that_writes_or_never_ends_does_not_run(site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = {
        "slot_validation": "SELECT b.*, lo_create(0) FROM {batch} AS b CROSS JOIN unit",
        "completeness": "SELECT b.*, pg_sleep(3) FROM {batch} AS b CROSS JOIN unit",
    }
    broken = tuple(
        replace(rule, query=queries.get(rule.code, rule.query), batch="series_day") if rule.code in queries else rule
        for rule in catalogue.load_rules()
    )
    monkeypatch.setattr(catalogue, "load_rules", lambda: broken)
    summary = runner.audit_pending(site.model_copy(update={"rules_timeout_s": 2}), NOW)
    assert summary.not_run == 2
    with psycopg.connect(conninfo(site, Role.CONSOLE)) as conn:
        told = {
            row[0]["rule"]: row[0]["reason"]
            for row in conn.execute("SELECT evidence FROM finding WHERE rule_code = 'rule_did_not_run'")
        }
    assert "statement timeout" in told["completeness"]
    assert "read-only" in told["slot_validation"]


def test_a_conflict_is_audited_although_it_changed_no_day(database: Settings, tmp_path: Path) -> None:
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    folder = RULES_DIR / "conflicting_value" / "cases"
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        lay_out(conn, read_case(folder / "lowered_on_resend.toml"), 1)
        lay_out(conn, read_case(folder / "honest_fewer_decimals.toml"), 2)
    assert runner.audit_pending(settings, NOW).by_rule["conflicting_value"] == 1
    assert runner.audit_pending(settings, NOW).checks == 0


def test_senders_are_audited_although_they_changed_no_day(database: Settings, tmp_path: Path) -> None:
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    found = {
        "message_integrity": ["unsigned_under_a_signing_gateway", "honest_spool_enrolled_and_replayed"],
        "spool_chain": ["edited_message_comes_late", "honest_old_seqs_late_and_out_of_order"],
    }
    files = [RULES_DIR / rule / "cases" / f"{name}.toml" for rule, names in found.items() for name in names]
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        for number, path in enumerate(files, 1):
            lay_out(conn, read_case(path), number)
    first = runner.audit_pending(settings, NOW)
    assert {code: first.by_rule[code] for code in found} == {"message_integrity": 1, "spool_chain": 1}
    assert (first.not_run, first.cases) == (0, 2)
    assert runner.audit_pending(settings, NOW).checks == 0
    with psycopg.connect(conninfo(settings, Role.CONSOLE)) as conn:
        ((case_id, row),) = conn.execute(
            "SELECT case_id, content FROM evidence WHERE kind = 'row' AND content ? 'unsigned'"
        ).fetchall()
        decided = decide(conn, case_id, "confirm", "communication", "another computer was found", "auditor", NOW)
    assert (decided.exclusions, decided.adoptions) == (0, 0)
    assert (row["unsigned"], len(row["message_hashes"])) == (4, 4)


def test_what_comes_beside_a_decided_case_is_a_new_one_and_what_was_decided_stays_so(
    database: Settings, tmp_path: Path
) -> None:
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    silent: list[int | None] = [None] * (24 * 5)
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        lay_out(conn, Case("completeness", "silent", [Channel(point="E1", values=silent)], set()), 1)
    first_two = FIRST_ON, FIRST_ON + timedelta(days=1)
    assert runner.audit_days(settings, *first_two, NOW).cases == 1
    with psycopg.connect(conninfo(settings, Role.CONSOLE)) as conn:
        decide(conn, 1, "dismiss", "explainable", "power cut, record seen", "auditor", NOW)
    last_on = FIRST_ON + timedelta(days=4)
    added = [runner.audit_days(settings, FIRST_ON, last_on, NOW) for _ in range(2)]
    assert [(each.findings, each.cases) for each in added] == [(3, 1), (0, 0)]


def test_every_offending_row_is_taken(database: Settings, tmp_path: Path) -> None:
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    silent: list[int | None] = [None] * (24 * 260)
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        lay_out(conn, Case("completeness", "silent", [Channel(point="E1", values=silent)], set()), 1)
    last_on = FIRST_ON + timedelta(days=259)
    summary = runner.audit_days(settings, FIRST_ON, last_on, datetime(2027, 12, 1, tzinfo=UTC))
    assert (summary.by_rule["completeness"], summary.cases) == (260, 1)


def test_data_docs_hold_verdicts_and_no_values(site: Settings) -> None:
    runner.audit_pending(site, NOW)
    pages = [path.read_text(encoding="utf-8") for path in site.data_docs_dir.rglob("*.html")]
    assert len(pages) > 1
    with psycopg.connect(conninfo(site, Role.RULES)) as conn:
        rows = conn.execute("SELECT evidence FROM finding").fetchall()
    energies = {str(row[0]["observed_energy"]) for row in rows}
    secret = site.secret(Role.RULES)
    assert energies
    assert not any(value in page for page in pages for value in (*energies, secret))


def test_a_folder_that_holds_something_else_is_never_emptied(site: Settings) -> None:
    runner.audit_pending(site, NOW)
    runner.audit_days(site, FIRST_ON, FIRST_ON, NOW)  # its own pages are made anew
    home = site.model_copy(update={"data_docs_dir": site.data_docs_dir.parent / "home"})
    home.data_docs_dir.mkdir()
    thesis = home.data_docs_dir / "thesis.txt"
    thesis.write_text("ten years of work")
    with pytest.raises(ConfigError, match="NENGHAO_DATA_DOCS_DIR"):
        runner.audit_days(home, FIRST_ON, FIRST_ON, NOW)
    assert thesis.read_text() == "ten years of work"


def test_the_quantum_is_the_coarsest_of_a_day_whoever_multiplies(site: Settings) -> None:
    """A gateway that multiplies sends steps of multiplier x last digit; on a day of change the coarser counts."""
    with psycopg.connect(conninfo(site, Role.OWNER)) as conn:
        conn.execute("UPDATE series_version SET multiplier = 14000, multiplier_applied_by = 'gateway', decimals = 2")
        conn.execute("UPDATE series_version SET valid = tstzrange(lower(valid), '2026-08-05T12:00+08')")
        conn.execute(
            "INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier,"
            " multiplier_applied_by, decimals)"
            " SELECT series_id, tstzrange('2026-08-05T12:00+08', NULL), meter_id, unit, 60, 20000, 'platform', 2"
            " FROM series_version"
        )
        parameters = {"unit_ids": [1], "first_on": FIRST_ON, "last_on": FIRST_ON, "history_on": FIRST_ON}
        query = audit.literal_query(conn, "batch_series_day", {**parameters, "horizon_on": date(2026, 8, 6)})
        found = conn.execute(
            f"SELECT day_on, min(quantum), max(quantum), max(face_quantum) FROM ({query.removesuffix(';')}) AS b"
            " GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert [row[1:] for row in found] == [(140, 140, 140)] * 2 + [(200, 200, 140), (200, 200, Decimal("0.01"))]


def test_plan_keeps_late_units_apart() -> None:
    day = date(2026, 9, 1)
    marks = [
        (1, day),
        (1, day + timedelta(days=1)),
        (2, day),
        (2, day + timedelta(days=1)),
        (3, day + timedelta(days=30)),
    ]
    scopes = list(runner.plan_scopes(marks))
    assert [(scope.first_on, scope.last_on, scope.unit_ids) for scope in scopes] == [
        (day, day + timedelta(days=1), (1, 2)),
        (day + timedelta(days=30), day + timedelta(days=30), (3,)),
    ]


def threshold(conn: psycopg.Connection, code: str, name: str) -> list[tuple[Any, ...]]:
    return conn.execute(
        "SELECT value, valid_to IS NULL FROM rule_threshold WHERE rule_code = %s AND threshold_name = %s"
        " ORDER BY valid_from",
        [code, name],
    ).fetchall()


def test_thresholds_are_versioned_and_a_provinces_own_value_stays(database: Settings) -> None:
    rule = next(rule for rule in catalogue.load_rules() if rule.code == "completeness")
    stricter = replace(
        rule, thresholds=(replace(rule.thresholds[0], value=rule.thresholds[0].value + 1),), content_hash=b"other"
    )
    with psycopg.connect(conninfo(database, Role.RULES), autocommit=True) as conn:
        first = catalogue.sync_rules(conn, [rule])
        assert catalogue.sync_rules(conn, [rule]) == first
        second = catalogue.sync_rules(conn, [stricter])
        assert second["completeness"] == first["completeness"] + 1
        assert [row[1] for row in threshold(conn, rule.code, "received_share_min")] == [False, True]
        conn.execute("UPDATE rule_threshold SET valid_to = now() WHERE valid_to IS NULL AND rule_code = 'completeness'")
        conn.execute(
            "INSERT INTO rule_threshold VALUES ('completeness', 'received_share_min', 0.95, '1', 'own', now(), NULL)"
        )
        catalogue.sync_rules(conn, [rule])
        assert str(audit.thresholds_now(conn, rule.code)["received_share_min"].value) == "0.95"


def test_a_broken_relation_of_a_return_is_a_case_at_its_cell(database: Settings, tmp_path: Path) -> None:
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    definition = {
        "left": [{"row": "*", "column": "4"}],
        "operator": "=",
        "right": [{"row": "*", "column": "5"}, {"row": "*", "column": "7"}],
        "tolerance": "0.5",
        "rows": ["33", "15"],
    }
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        unit_id = lay_out(conn, Case("form_relation", "sum", [Channel(point="E1", values=[1] * 24)], set()), 1)
        conn.execute(
            "INSERT INTO form_relation VALUES (%s, '205-1', 'A1', 'mandatory', %s, 'form', 'known')",
            [relation_edition(), Jsonb(definition)],
        )
        conn.execute(
            "INSERT INTO form_relation VALUES (%s, '205-1', 'A2', 'mandatory', '{}', 'form', 'known')",
            [relation_edition()],
        )
        conn.execute(
            "INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition,"
            " content_hash_algorithm, content_hash, computed_at)"
            " VALUES (%s, '2026-08-01', 1, '2024', '2024', 'SHA-256',"
            " 'x', now())",
            [unit_id],
        )
        for row, column, value in [
            ("33", "4", 10),
            ("33", "5", 7),
            ("33", "7", 3),
            ("15", "4", 9),
            ("15", "5", 5),
            ("15", "7", 1),
        ]:
            conn.execute(
                "INSERT INTO balance_cell VALUES (1, %s, %s, %s, 'kWh', 1, 1, NULL, '{}')", [row, column, value]
            )
    summary = audit_return(settings, NOW)
    assert (summary.not_run, summary.findings, summary.cases) == (1, 2, 2)  # A2 is malformed, and says so
    with psycopg.connect(conninfo(settings, Role.CONSOLE)) as conn:
        rows = conn.execute("SELECT unit_id, evidence FROM finding WHERE rule_code = 'form_relation'").fetchall()
        broken = conn.execute("SELECT summary -> 'mandatory_broken', summary -> 'not_run' FROM audit_run").fetchall()
        checks = conn.execute("SELECT kind, return_id, mandatory_broken, not_run FROM return_check").fetchall()
    assert (len(broken), broken[0][0], set(broken[0][1])) == (1, 1, {"form_relation"})
    assert checks == [("monitored_balance", 1, 1, 1)]
    assert rows[0][0] == unit_id
    assert (rows[0][1]["relation_code"], rows[0][1]["row_code"], rows[0][1]["left_value"]) == ("A1", "15", "9")
    assert audit_return(settings, NOW).checks == 0
    assert audit_return(settings, NOW, balance_id=1).cases == 0
