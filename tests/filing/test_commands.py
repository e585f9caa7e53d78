"""The commands of a unit's month and of the bureau, from prefill to lock, as people type them."""

import csv
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from expectations.draft_cli import app as draft
from nenghao.cli import comparison, filing
from nenghao.config import Settings
from nenghao.labels import label
from tests.filing.conftest import UNIT

RUN = CliRunner()
MONTH = "2026-02"
SIGNERS = (("filler", "Li"), ("statistics_head", "Wang"), ("unit_head", "Zhao"))


@pytest.fixture
def environment(office: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(office, name)))
    monkeypatch.setenv("NENGHAO_LANGUAGE", "en")
    return tmp_path


def run(app: Typer, *words: str, code: int = 0) -> str:
    result = RUN.invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def single(function: object) -> Typer:
    app = Typer()
    app.command()(function)  # type: ignore[type-var]
    return app


def test_a_month_by_commands(environment: Path) -> None:
    template, receipt = environment / "template.xlsx", environment / "transcript.csv"
    assert "no draft" in run(draft, "show", UNIT, MONTH, code=1)
    run(draft, "prefill", UNIT, MONTH, "--by", "Li")
    assert "not reported by itself" in run(draft, "prefill", UNIT, "2026-01", "--by", "Li", code=1)
    run(draft, "set", UNIT, MONTH, "02.1=100", "02.2=50", "02.3=40", "02.5=60", "02.9=95", "--by", "Li")
    run(draft, "template", UNIT, MONTH, "--to", str(template))
    assert "holds no new figure" in run(draft, "import", UNIT, MONTH, str(template), "--by", "Li", code=1)
    entries = environment / "figures.csv"
    entries.write_text("form,row,column,value\n205-1,02,8,5\n", encoding="utf-8")
    assert "1 new figures" in run(draft, "import", UNIT, MONTH, str(entries), "--by", "Li")
    entries.write_text("form,row,column,value\n205-1,02,8,five\n", encoding="utf-8")
    assert "not a decimal number" in run(draft, "import", UNIT, MONTH, str(entries), "--by", "Li", code=1)
    assert "check it first" in run(filing.app, "file", UNIT, MONTH, code=1)

    # Closing stock is five tonnes more than the book says: explanatory, in tonnes and in standard coal.
    told = run(draft, "check", UNIT, MONTH, code=1)
    assert "A6" in told
    assert "3 explanatory ones without explanation" in told
    why = ("--cause", "盘点盘盈", "--quantity", "5 t", "--document", "盘点表 2026-02")
    for relation, cell in (("A6", "01.9"), ("A6", "02.9"), ("A21", "40.4")):
        run(draft, "note", UNIT, MONTH, relation, cell, *why, "--by", "Li")
    assert "holds at 33.4" in run(draft, "note", UNIT, MONTH, "A1", "33.4", *why, "--by", "Li", code=1)
    run(draft, "check", UNIT, MONTH)
    said = run(draft, "show", UNIT, MONTH)
    assert "盘点盘盈" in said
    for signer, by in SIGNERS:
        run(filing.app, "sign", UNIT, MONTH, "--as", signer, "--by", by)
    number = run(filing.app, "file", UNIT, MONTH).split()[1].rstrip(":")

    assert "filed" in run(filing.app, "list", "--month", MONTH)
    assert "盘点表 2026-02" in run(filing.app, "show", number)
    run(filing.app, "transcript", number, "--to", str(receipt), "--as-unit", UNIT)
    lines = list(csv.reader(receipt.read_text(encoding="utf-8-sig").splitlines()))
    assert ["205-1", "33", "4", "590"] in lines
    query = run(filing.app, "query", number, "--level", "county", "--question", "为何盘盈", "--by", "Sun").split()[1]
    assert "open queries" in run(filing.app, "accept", number, "--level", "county", "--by", "Sun", code=1)
    run(filing.app, "answer", UNIT, query, *why, "--by", "Li")
    for level, by in (("county", "Sun"), ("city", "Zhou"), ("province", "Wu")):
        run(filing.app, "accept", number, "--level", level, "--by", by)
    run(filing.app, "lock", number, "--by", "Zheng")
    assert "locked" in run(filing.app, "list", "--as-unit", UNIT)
    assert "only named corrections" in run(filing.app, "file", UNIT, MONTH, "--reason", "r", code=1)

    ledger = run(single(comparison.statbook), UNIT, "2026", "02", "--format", "csv")
    assert [line.split(",")[0] for line in ledger.splitlines()[1:3]] == ["2026-01", "2026-01"]
    assert "2026-02,cumulative" in ledger
    beside = run(single(comparison.compare_), UNIT, MONTH)
    assert "agree" in beside
    assert beside == run(single(comparison.compare_), UNIT, MONTH, "--bureau")


def test_an_attempt_is_refused_while_the_store_is_there(environment: Path) -> None:
    figures = environment / "figures.csv"
    figures.write_text("form,row,column,value\n205-1,33,4,5\n", encoding="utf-8")
    told = run(filing.app, "attempt", UNIT, MONTH, str(figures), "--to", str(environment / "r"), code=1)
    assert told.strip() == label("filing.refused.in_service", "en")
    assert not (environment / "r").exists()
