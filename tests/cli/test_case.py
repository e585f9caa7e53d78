"""`nenghao case`, as officers type it, in both languages."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from expectations import runner
from expectations.catalogue import RULES_DIR
from nenghao.cli.case import app
from nenghao.config import Role, Settings
from nenghao.db.connection import conninfo
from nenghao.errors import DataRefused
from nenghao.stack.environment import variables_of
from tests.expectations.scenario import lay_out, read_case

Case = Callable[..., str]
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
CUT = RULES_DIR / "register_against_interval" / "cases" / "intervals_cut_after_the_meter.toml"


@pytest.fixture(scope="module")
def audited(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A site whose intervals were cut on three days, audited."""
    settings = module_database.model_copy(update={"data_docs_dir": tmp_path_factory.mktemp("docs") / "site"})
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        lay_out(conn, read_case(Path(CUT)), 1)
    runner.audit_days(settings, date(2026, 8, 3), date(2026, 8, 16), NOW)
    return settings


@pytest.fixture
def case(audited: Settings, monkeypatch: pytest.MonkeyPatch) -> Case:
    def run(*words: str, language: str = "en") -> str:
        for name, value in variables_of(audited).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NENGHAO_LANGUAGE", language)
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_the_list_shows_what_waits_and_how_much_there_is(case: Case) -> None:
    for language, words in (("en", ("doubt", "1 doubts and 0 leads")), ("zh", ("疑点 1 件", "线索 0 件"))):
        text = case("list", language=language)
        assert all(word in text for word in words), text
    (row,) = json.loads(case("list", "--json"))
    assert (row["level"], row["state"], row["finding_count"]) == (
        "doubt",
        "open",
        1,
    )  # three days in a row are one stretch
    assert json.loads(case("list", "--json", "--level", "lead")) == []
    with pytest.raises(DataRefused, match="none of"):
        case("list", "--state", "guilty")


def test_a_decision_moves_the_precision_and_the_budget(case: Case) -> None:
    assert "0 decided" in case("precision", "register_against_interval")
    case("decide", "1", "--kind", "inquire", "--reason", "please say", "--by", "auditor")
    assert "inquired" in case("list", "--state", "asked")
    case("decide", "1", "--kind", "confirm", "--outcome", "communication", "--reason", "replayed", "--by", "auditor")
    assert "no doubt" not in case("list")
    assert json.loads(case("list", "--json")) == []
    for language, told in (("en", "1 decided, 1 confirmed, precision 100% (21% .. 100%)"), ("zh", "确认 1 件")):
        assert told in case("show", "1", language=language)
    month = f"{datetime.now(UTC):%Y-%m}"
    assert "1 inquiries" in case("budget", "--from", month)


def test_a_rule_is_suppressed_until_a_day(case: Case) -> None:
    case("suppress", "frozen", "--until", "2999-12-31", "--reason", "potline", "--by", "auditor")
    assert "2999-12-31" in case("suppressed")
    case("unsuppress", "1", "--reason", "rebuilt", "--by", "auditor")
    assert case("suppressed") == ""


def test_a_sample_is_announced_and_waits_for_its_seed(case: Case) -> None:
    case("sample", "announce", "--month", "2026-08", "--count", "3", "--seed-day", "2999-01-01", "--by", "auditor")
    assert "not closed yet" in case("sample", "show", "--month", "2026-08")
    assert "尚未封闭" in case("sample", "show", "--month", "2026-08", language="zh")
