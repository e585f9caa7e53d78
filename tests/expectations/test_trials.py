"""Trials write nothing: files, other thresholds on stored days, and rules in the shadow."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
import pytest
from typer.testing import CliRunner

from expectations import runner
from expectations.backtest_files import backtest_files, write_findings
from expectations.backtest_store import backtest_store
from expectations.catalogue import RULES_DIR, Threshold, load_rules
from expectations.cli import app
from nenghao.config import Role, Settings
from nenghao.db import audit
from nenghao.db.connection import connect, conninfo
from nenghao.errors import ConfigError
from tests.expectations.scenario import lay_out, read_case
from tests.expectations.senders import FIRST_ON

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
LAST_ON = FIRST_ON + timedelta(days=27)


@pytest.fixture
def site(database: Settings, tmp_path: Path) -> Settings:
    """A site whose intervals were cut on three days."""
    settings = database.model_copy(update={"data_docs_dir": tmp_path / "site"})
    folder = RULES_DIR / "register_against_interval" / "cases"
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        lay_out(conn, read_case(folder / "intervals_cut_after_the_meter.toml"), 1)
    return settings


def counts(settings: Settings) -> dict[str, int]:
    tables = ("finding", "alert", "candidate", "rule_threshold", "audit_run")
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        return {table: conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # type: ignore[index]


def test_thresholds_are_tried_on_stored_days_and_nothing_is_written(site: Settings) -> None:
    runner.audit_days(site, FIRST_ON, LAST_ON, NOW)
    before = counts(site)
    codes = ["register_against_interval", "completeness"]
    names = [f"register_against_interval.{threshold}" for threshold in thresholds(site, "register_against_interval")]
    tried = dict.fromkeys(names, Decimal(10**9)) | {"completeness.received_share_min": Decimal("1.01")}
    register, completeness = sorted(
        backtest_store(site, FIRST_ON, LAST_ON, codes, tried), key=lambda trial: trial.rule != codes[0]
    )
    assert register.in_force >= 1
    assert (register.tried, len(register.gained), len(register.lost)) == (0, 0, register.in_force)
    assert completeness.in_force == 0
    assert len(completeness.gained) == completeness.tried > 0
    assert counts(site) == before
    same = backtest_store(site, FIRST_ON, LAST_ON, codes, {})
    assert all(trial.in_force == trial.tried and not trial.gained and not trial.lost for trial in same)


def thresholds(settings: Settings, code: str) -> list[str]:
    with connect(settings, Role.RULES) as conn:
        return sorted(audit.thresholds_now(conn, code))


def test_trial_thresholds_hold_in_read_only_transactions_alone(site: Settings) -> None:
    runner.sync_rules(site)
    question = "SELECT value FROM rule_threshold_now WHERE threshold_name = 'received_share_min'"
    trial = '{"completeness.received_share_min": "0.5"}'
    for is_read_only, expected in ((True, Decimal("0.5")), (False, Decimal("0.9"))):
        with connect(site, Role.RULES) as conn:
            conn.read_only = is_read_only
            conn.execute("SELECT set_config('nenghao.trial_thresholds', %s, false)", [trial])
            assert conn.execute(question).fetchone() == (expected,)


def test_a_trial_of_what_is_not_there_is_refused(site: Settings) -> None:
    runner.sync_rules(site)
    with pytest.raises(ConfigError, match="no threshold 'completeness.x'"):
        backtest_store(site, FIRST_ON, LAST_ON, [], {"completeness.x": Decimal(1)})
    with pytest.raises(ConfigError, match="no rule over days is called 'x'"):
        backtest_store(site, FIRST_ON, LAST_ON, ["x"], {})


def test_in_the_shadow_findings_are_stored_and_open_no_alert(site: Settings) -> None:
    with connect(site, Role.RULES) as conn:
        for code in ("register_against_interval", "level_shift", "frozen", "exact_repeat", "completeness"):
            audit.insert_rule_mode(conn, code, "shadow", "tried", set_by="auditor", set_at=NOW)
    summary = runner.audit_days(site, FIRST_ON, LAST_ON, NOW)
    assert summary.by_rule["register_against_interval"] >= 1
    with psycopg.connect(conninfo(site, Role.CONSOLE)) as conn:
        modes = conn.execute(
            "SELECT DISTINCT f.mode, a.alert_id IS NULL FROM finding AS f LEFT JOIN alert AS a USING (fingerprint)"
            " WHERE f.rule_code = 'register_against_interval'"
        ).fetchall()
    assert modes == [("shadow", True)]


def test_a_file_is_judged_end_to_end(tmp_path: Path) -> None:
    """Intervals halved after the meter for a week: the register beside them says so."""
    rng = np.random.default_rng(5)
    steps = np.rint(400 * (1 + 0.4 * np.sin(np.arange(42 * 96) / 96 * 6.28)) + rng.normal(0, 30, 42 * 96)).clip(0)
    told = steps.copy()
    told[30 * 96 : 37 * 96] = np.rint(told[30 * 96 : 37 * 96] / 2)
    faces = np.concatenate([[0], np.cumsum(steps)[:-1]])
    stamps = np.datetime64("2026-03-02T00:00") + np.arange(42 * 96) * np.timedelta64(15, "m")
    readings, out = tmp_path / "r.csv", tmp_path / "found.csv"
    readings.write_text(
        "register,value,ts,meter\n"
        + "".join(
            f"{face / 100:.2f},{value / 100:.2f},{str(stamp).replace('T', ' ')},A\n"
            for face, value, stamp in zip(faces, told, stamps, strict=True)
        )
    )
    numbers = {
        "excess_min": 1, "quanta_of_advance": 2, "quanta_a_slot": 1, "share_of_energy": "0.001", "clock_error": 60,
        "highest_slots": 5,
    }  # fmt: skip
    rule = replace(
        next(rule for rule in load_rules() if rule.code == "register_against_interval"),
        detector="register_against_interval",
        thresholds=tuple(
            Threshold(name=name, value=Decimal(number), unit="1", reason="r") for name, number in numbers.items()
        ),
    )
    rules = {rule.code: rule}
    found = backtest_files(readings, rules=rules, language="en", zone=ZoneInfo("Asia/Shanghai"), processes=1)
    write_findings(out, found, rules)
    assert found.meters == 1
    assert found.meter_days == 42
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    caught = [row for row in rows if row["start"] < "2026-04-08" and row["end"] > "2026-04-01"]
    assert {(row["meter"], row["kind"]) for row in caught} == {("A", "scale")}
    assert date.fromisoformat(caught[0]["start"][:10]) == date(2026, 4, 1)
    expected, observed = (sum(float(row[name]) for row in caught) for name in ("expected", "observed"))
    assert observed / expected == pytest.approx(0.5, abs=0.02)


def test_a_file_that_cannot_be_read_leaves_no_findings(tmp_path: Path) -> None:
    readings, out = tmp_path / "r.csv", tmp_path / "found.csv"
    readings.write_text("meter,ts,value\nA,2026-03-02 00:00,x\n")
    result = CliRunner().invoke(app, ["backtest", "--readings", str(readings), "--out", str(out)])
    assert result.exit_code != 0
    assert "r.csv" in str(result.exception)
    assert not list(tmp_path.glob("*found*"))
