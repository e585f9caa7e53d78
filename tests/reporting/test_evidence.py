"""The evidence of a case: what it says, that it holds without the store, and that it can be read on paper."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
import rfc8785
from pypdf import PdfReader
from typer.testing import CliRunner

from expectations import runner
from expectations.catalogue import RULES_DIR
from expectations.recording import plain_piece
from nenghao.cli import case as case_cli
from nenghao.cli.evidence import is_workday_or_weekday
from nenghao.config import PROJECT_ROOT, Role, Settings
from nenghao.crypto import new_signing_key, public_key_of
from nenghao.db.connection import connect, conninfo
from nenghao.errors import ConfigError, DataRefused
from nenghao.labels import Language
from nenghao.reporting.evidence import Evidence, seal_document, write_evidence
from nenghao.reporting.evidence_page import print_document
from nenghao.reporting.evidence_text import recorded_text
from nenghao.reporting.verify_evidence import verify_document
from nenghao.trust import Trust
from tests.expectations.scenario import lay_out, read_case

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
FONT = Settings().pdf_font_file
LAID = {
    "cut": ("register_against_interval", "intervals_cut_after_the_meter"),
    "bridged": ("ratio_step", "transformer_bridged"),
    "stopped": ("register_against_interval", "intervals_cut_after_the_meter"),
    "resent": ("conflicting_value", "lowered_on_resend"),
}
NO_TRUST = Trust(keys={}, validity={})

Document = dict[str, Any]


@dataclass(frozen=True)
class Audited:
    """Units with a case each, by the name of what was laid out."""

    settings: Settings
    cases: dict[str, int]

    def evidence(self, name: str) -> Evidence:
        with connect(self.settings, Role.VERIFIER) as conn:
            return write_evidence(
                conn, self.cases[name], made_by="officer 7", made_at=NOW, is_workday=is_workday_or_weekday
            )

    def document(self, name: str) -> Document:
        made: Document = json.loads(self.evidence(name).file)["document"]
        return made


@pytest.fixture(scope="module")
def audited(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """Four units, judged once; what makes one of them innocent is in the ledger."""
    settings = module_database.model_copy(update={"data_docs_dir": tmp_path_factory.mktemp("docs") / "site"})
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        units = {
            name: lay_out(conn, read_case(RULES_DIR / rule / "cases" / f"{file}.toml"), number)
            for number, (name, (rule, file)) in enumerate(LAID.items(), start=1)
        }
    runner.audit_days(settings, date(2026, 8, 3), date(2026, 9, 13), NOW)
    with psycopg.connect(conninfo(settings, Role.CONSOLE)) as conn:
        # Filed after the audit, so the case is there and its document weighs the event.
        conn.execute(
            "INSERT INTO context_event (unit_id, kind, title, begins_at, ends_at, document_no, filed_at)"
            " VALUES (%s, 'overhaul', %s, '2026-08-10+08', '2026-08-16+08', '检修 7 号', '2026-08-01+08')",
            [units["stopped"], "2 号线 <b>大修</b> \\ (计划)"],
        )
        found = dict(conn.execute("SELECT unit_id, max(case_id) FROM audit_case GROUP BY unit_id").fetchall())
    return Audited(settings=settings, cases={name: found[unit_id] for name, unit_id in units.items()})


def only(rows: list[Document]) -> Document:
    assert len(rows) == 1
    return rows[0]


def checks_of(subject: Document) -> dict[str, str]:
    return {check["check"]: check["result"] for check in subject["checks"]}


@pytest.mark.parametrize("name", LAID)
def test_a_document_is_canonical_fits_its_schema_and_holds_without_the_store(audited: Audited, name: str) -> None:
    made = audited.evidence(name)
    fields = json.loads(made.file)
    schema = json.loads((PROJECT_ROOT / "docs" / "evidence.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.json_path + " " + error.message[:200] for error in validator.iter_errors(fields)] == []
    assert rfc8785.dumps(fields) == made.file
    checks = verify_document(made.file, NO_TRUST)
    assert [check.label_key for check in checks if not check.is_passed] == []
    assert audited.evidence(name).file == made.file


def test_a_register_says_what_should_have_been_reported(audited: Audited) -> None:
    subject = only(audited.document("cut")["subjects"])
    due = subject["due_figure"]
    assert due["witnesses"] == ["register"]
    assert (due["direction"], due["reported"]) == ("under", subject["reported_energy"])
    # The case cuts the intervals of three days to 70 %; two quanta of 0.4 kWh are the register's tolerance.
    low, mid, reported = (Decimal(due[name]) for name in ("low", "mid", "reported"))
    assert mid - low == Decimal("0.8")
    assert Decimal("0.699") < reported / mid < Decimal("0.701")
    assert Decimal(due["least_amount"]) == low - reported
    assert due["band_confidence"] == "unsure"
    coal = subject["standard_coal"]
    assert Decimal(coal["mid"]) == mid / 10_000 * Decimal(coal["tce_per_form_unit"])


def test_the_network_says_it_where_the_meter_has_no_other_channel(audited: Audited) -> None:
    subject = next(one for one in audited.document("bridged")["subjects"] if one["due_figure"])
    due = subject["due_figure"]
    assert due["witnesses"] == ["network"]
    assert Decimal("1.9") < Decimal(due["mid"]) / Decimal(due["reported"]) < Decimal("2.1")
    likely = next(one for one in subject["witnesses"] if one["witness"] == "like_days")
    assert Decimal(due["low"]) <= Decimal(likely["mid"]) <= Decimal(due["high"])
    assert checks_of(subject)["network"] == "excluded"


def test_the_document_has_the_thresholds_in_force_then_and_the_rule_as_it_was(audited: Audited) -> None:
    document = audited.document("cut")
    with psycopg.connect(conninfo(audited.settings, Role.RULES)) as conn:
        conn.execute("UPDATE rule_threshold SET valid_to = now() WHERE rule_code = 'register_against_interval'")
        again = audited.document("cut")
        conn.rollback()
    assert [one["thresholds"] for one in again["findings"]] == [one["thresholds"] for one in document["findings"]]
    finding = document["findings"][0]
    assert finding["thresholds"]["clock_error"].keys() == {"value", "unit", "valid_from"}
    rule = only(document["rules"])
    assert {item["name"] for item in rule["definition"]["thresholds"]} == finding["thresholds"].keys()
    assert "SELECT" in rule["definition"]["query"]


def test_what_is_declared_before_the_fact_supports_innocence(audited: Audited) -> None:
    stopped, cut = audited.document("stopped"), audited.document("cut")
    assert checks_of(only(stopped["subjects"]))["declared_event"] == "supports"
    assert checks_of(only(cut["subjects"]))["declared_event"] == "excluded"
    event = only(stopped["events"])
    assert event["is_filed_before"] is True
    assert only(only(stopped["subjects"])["events"])["applies"] is True
    answers = {one["key"].rpartition(".")[2]: one["result"] for one in stopped["checklist"]}
    # The clock of that gateway is not known, but a filed event may be why; the meter's last digit is fine enough.
    assert (answers["clock"], answers["resolution"], answers["meter_changed"]) == ("supports", "excluded", "excluded")
    assert all(one["ask_for"]["zh"] and one["ask_for"]["en"] for one in stopped["checklist"])


def test_what_was_judged_stays_when_the_day_is_closed_anew(audited: Audited) -> None:
    before = only(audited.document("stopped")["subjects"])
    with psycopg.connect(conninfo(audited.settings, Role.JOBS)) as conn:
        conn.execute(
            "UPDATE series_day SET energy = array_fill(7::bigint, ARRAY[due_slots::integer]), content_hash = '\\x07'"
            " WHERE series_id = %s AND day_on = '2026-08-12'",
            [before["series_id"]],
        )
    after = only(audited.document("stopped")["subjects"])
    assert after["reported_energy"] == before["reported_energy"]
    assert after["days"] == before["days"]
    changed = [now["day_on"] for then, now in zip(before["days_now"], after["days_now"], strict=True) if then != now]
    assert changed == ["2026-08-12"]


def test_a_case_without_a_curve_says_so_and_gives_no_figure(audited: Audited) -> None:
    document = audited.document("resent")
    subject = only(document["subjects"])
    if subject["due_figure"] is None:
        assert subject["why_no_due_figure"]["zh"]
    assert only([one for one in document["recorded"] if one["kind"] == "conflicts"])["text"].startswith("[{")
    assert subject["replaced_values"]


def alter(evidence: Evidence, change: Callable[[Document], None]) -> bytes:
    """The document changed by somebody who can hash."""
    document = json.loads(evidence.file)["document"]
    change(document)
    return seal_document(document).file


def _raise_reported(document: Document) -> None:
    document["subjects"][0]["days"][0]["energy"][3] = "999999"


def _lower_due(document: Document) -> None:
    document["subjects"][0]["due_figure"]["least_amount"] = "1"


def _silence_witness(document: Document) -> None:
    document["subjects"][0]["witnesses"].pop(0)


def _rewrite_piece(document: Document) -> None:
    piece = document["recorded"][0]
    piece["text"] = piece["text"].replace("1", "2", 1)


@pytest.mark.parametrize(
    ("change", "objection"),
    [
        (_raise_reported, "verify_evidence.figures_wrong"),
        (_lower_due, "verify_evidence.figures_wrong"),
        (_silence_witness, "verify_evidence.figures_wrong"),
        (_rewrite_piece, "verify_evidence.piece_wrong"),
    ],
)
def test_a_document_that_contradicts_itself_does_not_pass(
    audited: Audited, change: Callable[[Document], None], objection: str
) -> None:
    checks = verify_document(alter(audited.evidence("cut"), change), NO_TRUST)
    assert [check.label_key for check in checks if not check.is_passed] == [objection]


def test_every_changed_byte_is_seen(audited: Audited) -> None:
    file = audited.evidence("cut").file
    for place in range(0, len(file), len(file) // 150):
        changed = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        assert not all(check.is_passed for check in verify_document(changed, NO_TRUST)), place


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("应报数", "表码走字", "无责清单")), ("en", ("register advance",))]
)
def test_the_page_can_be_read_and_is_the_same_twice(
    audited: Audited, language: Language, words: tuple[str, ...]
) -> None:
    made = audited.evidence("cut")
    page = print_document(made.document, made.digest.hex(), language, FONT)
    assert print_document(made.document, made.digest.hex(), language, FONT) == page
    reader = PdfReader(io.BytesIO(page))
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    reported = f"{Decimal(made.document['subjects'][0]['reported_energy']).normalize():,f}"
    assert [word for word in (*words, reported, made.digest.hex()) if word not in text] == []
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile2" in descriptor
        assert "+" in font["/BaseFont"], "a subset, not the whole font"
    assert len(page) < 200_000


def test_hostile_names_stay_text(audited: Audited) -> None:
    document = json.loads(audited.evidence("stopped").file)["document"]
    hostile = "（)Tj /JS (app.alert) {page} </b> ../../etc/passwd file:///etc/passwd \x00\u202e𠮷" + "长" * 5000
    document["case"]["unit"]["name"] = hostile
    document["subjects"][0]["point"]["point_name"] = hostile
    document["made_by"] = "{hash} {0.__class__} %s"
    page = print_document(document, "00" * 32, "zh", FONT)
    reader = PdfReader(io.BytesIO(page))
    text = "".join(sheet.extract_text() for sheet in reader.pages)
    assert "[U+202E]" in text
    assert "[U+0000]" in text
    assert "{0.__class__} %s" in text
    assert "大修" in text
    assert b"/JS" not in page
    assert b"/URI" not in page
    assert b"root:" not in page
    assert "/Annots" not in reader.pages[0]
    assert len(reader.pages) <= 2


def test_without_a_font_the_page_says_what_is_missing(audited: Audited, tmp_path: Path) -> None:
    made = audited.evidence("cut")
    with pytest.raises(ConfigError, match="NENGHAO_PDF_FONT_FILE"):
        print_document(made.document, "00" * 32, "zh", tmp_path / "none.ttc")
    (tmp_path / "bad.ttc").write_bytes(b"no font")
    with pytest.raises(ConfigError, match="cannot be read"):
        print_document(made.document, "00" * 32, "zh", tmp_path / "bad.ttc")


def test_the_command_writes_prints_and_remembers_and_the_file_verifies(
    audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(audited.settings, name)))
    trusted, run = tmp_path / "trust", CliRunner()
    trusted.mkdir()
    (trusted / "signer.pem").write_text(public_key_of(new_signing_key()))
    file, page = tmp_path / "case.json", tmp_path / "case.pdf"
    number = str(audited.cases["bridged"])
    written = run.invoke(
        case_cli.app, ["evidence", number, "--out", str(file), "--pdf", str(page), "--by", "officer 7"],
        catch_exceptions=False,
    )  # fmt: skip
    assert written.exit_code == 0, written.output
    assert page.read_bytes().startswith(b"%PDF-")
    with psycopg.connect(conninfo(audited.settings, Role.VERIFIER)) as conn:
        kept = conn.execute("SELECT encode(hash, 'hex'), made_by FROM evidence_document").fetchall()
    assert kept == [(json.loads(file.read_bytes())["hash"], "officer 7")]
    again = tmp_path / "again.pdf"
    good = run.invoke(
        case_cli.app,
        ["verify-evidence", str(file), "--trust", str(trusted), "--pdf", str(again)],
        catch_exceptions=False,
    )
    assert good.exit_code == 0, good.output
    assert again.read_bytes() == page.read_bytes()
    file.write_bytes(file.read_bytes().replace(b"officer 7", b"officer 8", 1))
    assert run.invoke(case_cli.app, ["verify-evidence", str(file), "--trust", str(trusted)]).exit_code == 1
    assert audited.document("bridged")["earlier_documents"][0]["made_by"] == "officer 7"


def test_a_case_that_is_not_there_is_refused(audited: Audited) -> None:
    with connect(audited.settings, Role.VERIFIER) as conn, pytest.raises(DataRefused, match="no case 999"):
        write_evidence(conn, 999, made_by="x", made_at=NOW, is_workday=is_workday_or_weekday)


def test_a_case_of_several_units_has_no_document_and_each_unit_its_own(audited: Audited) -> None:
    first, second = audited.cases["cut"], audited.cases["bridged"]
    with connect(audited.settings, Role.OWNER) as conn:
        conn.execute(
            "INSERT INTO case_merge (case_id, into_case_id, cause, audit_run_id, merged_at)"
            " SELECT %s, %s, 'common_cause', max(audit_run_id), now() FROM audit_run",
            [second, first],
        )
        with pytest.raises(DataRefused, match="of 2 units"):
            write_evidence(conn, first, made_by="x", made_at=NOW, is_workday=is_workday_or_weekday)
        own = write_evidence(conn, second, made_by="x", made_at=NOW, is_workday=is_workday_or_weekday)
        assert {row["rule_code"] for row in own.document["findings"]} >= {"ratio_step"}
        conn.rollback()


def test_large_statistics_are_stored_as_the_text_that_was_hashed(audited: Audited) -> None:
    content = plain_piece({"score": 1e16, "more": [1.5e22, -3e300], "least": 1e-9, "none": float("nan"), "one": 1.0})
    with connect(audited.settings, Role.VERIFIER) as conn:
        row = conn.execute("SELECT %s::jsonb", [recorded_text(content)]).fetchone()
    assert row is not None
    assert recorded_text(row[0]) == recorded_text(content)
