"""Results of audit runs as ESS validation reports: the standard's structure, nobody's figures, silence never a pass."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
from typer.testing import CliRunner

from expectations import cli, runner
from expectations.catalogue import RULES_DIR
from nenghao.config import PROJECT_ROOT, Role, Settings
from nenghao.db.connection import conninfo
from nenghao.reporting.validation_report import severity_of, validation_report
from tests.expectations.scenario import lay_out, read_case

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
CASE = RULES_DIR / "register_against_interval" / "cases" / "intervals_cut_after_the_meter.toml"
#: What schema 1.0.1 of the ESS asks of every entry, in our own words.
ESS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "type": {"enum": ["validation", "aggregation"]},
            "event": {"type": "object", "required": ["time", "actor"]},
            "rule": {"type": "object", "required": ["language", "expression", "severity"]},
            "aggregate": {"type": "object", "required": ["language", "expression"]},
            "data": {"type": "object", "required": ["source", "target"]},
            "value": {"type": "string"},
        },
    },
}


@pytest.fixture(scope="module")
def told(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The reports of one run, without and with units, by the command."""
    folder = tmp_path_factory.mktemp("report")
    settings = module_database.model_copy(update={"data_docs_dir": folder / "site"})
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        lay_out(conn, read_case(CASE), 1)
    runner.audit_days(settings, date(2026, 8, 3), date(2026, 8, 16), NOW)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("secrets_dir", "database_host", "database_port", "database_name"):
            patch.setenv(f"NENGHAO_{name.upper()}", str(getattr(settings, name)))
        file, run = folder / "report.json", CliRunner()
        one = run.invoke(cli.app, ["report", "--run", "1", "--out", str(file)], catch_exceptions=False)
        days = ["report", "--from", "2026-08-16", "--to", "2026-08-20", "--units"]
        other = run.invoke(cli.app, days, catch_exceptions=False)
        away = run.invoke(cli.app, ["report", "--run", "77"])
        neither = run.invoke(cli.app, ["report"])
    assert (one.exit_code, other.exit_code) == (0, 0)
    assert "no audit run 77" in str(away.exception)
    assert "say which runs" in str(neither.exception)
    return {"plain": json.loads(file.read_text("utf-8")), "units": json.loads(other.output)}


@pytest.mark.parametrize("which", ["plain", "units"])
def test_a_report_fits_the_standard_and_our_schema(told: dict[str, list[dict[str, Any]]], which: str) -> None:
    jsonschema.validate(told[which], ESS)
    schema = json.loads((PROJECT_ROOT / "docs" / "validation-report.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.message[:300] for error in validator.iter_errors(told[which])] == []
    assert len({entry["id"] for entry in told[which]}) == len(told[which])


def test_each_rule_says_whether_it_holds_and_how_often_not(told: dict[str, list[dict[str, Any]]]) -> None:
    entries = {entry["id"]: entry for entry in told["plain"]}
    broken, count = entries["1/register_against_interval"], entries["1/register_against_interval/count"]
    assert (broken["value"], count["value"]) == ("0", "1")  # three days in a row are one stretch
    assert broken["rule"]["severity"] == "warning"
    assert broken["rule"]["language"] == "nenghao.detection"
    assert broken["rule"]["expression"].endswith(": register_against_interval")  # the pure function that judged
    by_query = entries["1/completeness"]["rule"]
    assert (by_query["language"], "SELECT" in by_query["expression"]) == ("SQL (PostgreSQL)", True)
    assert entries["1/exact_repeat"]["value"] == "1"
    assert entries["1/exact_repeat/count"]["value"] == "0"


def test_units_are_named_only_when_asked_and_figures_never(told: dict[str, list[dict[str, Any]]]) -> None:
    assert "91150200000000001X" not in json.dumps(told["plain"])
    named = [entry for entry in told["units"] if "91150200000000001X/E1" in json.dumps(entry)]
    assert [(entry["value"], entry["rule"]["severity"]) for entry in named] == [("0", "warning")]
    with_figures = ("5730.8", "1718.8", "4012")
    assert not [figure for figure in with_figures if figure in json.dumps(told["units"])]


def test_a_rule_that_did_not_run_is_neither_kept_nor_broken() -> None:
    run = {
        "audit_run_id": 5, "subject": "return", "first_day_on": date(2026, 8, 1), "last_day_on": date(2026, 8, 31),
        "started_at": NOW, "finished_at": NOW, "summary": {"not_run": {"frozen": "timeout"}},
    }  # fmt: skip
    rule = {
        "audit_run_id": 5, "rule_code": "frozen", "version": None, "definition": None, "content_hash": None,
        "violation_count": 0, "failure": "timeout",
    }  # fmt: skip
    entries = validation_report([run], [rule], [], language="en")
    assert [(entry["type"], entry["value"]) for entry in entries] == [("validation", "NA")]
    assert entries[0]["rule"]["explanation"] == "timeout"


def test_a_mandatory_relation_is_an_error_a_doubt_a_warning_a_lead_information() -> None:
    assert severity_of("lead", "mandatory") == "error"
    assert severity_of("doubt", None) == "warning"
    assert severity_of("lead", "explanatory") == "information"


def test_the_document_names_its_schemas() -> None:
    text = (PROJECT_ROOT / "docs" / "evidence.md").read_text("utf-8")
    assert all(
        Path(PROJECT_ROOT / "docs" / name).exists() and name in text
        for name in ("validation-report.schema.json", "evidence.schema.json")
    )
