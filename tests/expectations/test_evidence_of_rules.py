"""The evidence of whatever a rule finds can be written, checked without the store and printed."""

from datetime import UTC, datetime
from decimal import Decimal

from nenghao.cli.evidence import is_workday_or_weekday
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.reporting.evidence import write_evidence
from nenghao.reporting.evidence_page import print_document
from nenghao.reporting.verify_evidence import verify_document
from nenghao.trust import Trust
from tests.expectations.conftest import Judged

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def test_every_rule_that_found_anything_gives_evidence(judged: Judged) -> None:
    font = Settings().pdf_font_file
    with connect(judged.settings, Role.VERIFIER) as conn:
        cases = conn.execute(
            "SELECT a.rule_code, min(n.case_id) FROM alert AS a INNER JOIN case_root AS r ON a.case_id = r.case_id"
            " INNER JOIN case_now AS n ON r.root_case_id = n.case_id GROUP BY a.rule_code ORDER BY a.rule_code"
        ).fetchall()
        assert len(cases) > 5
        for rule_code, case_id in cases:
            made = write_evidence(conn, case_id, made_by="officer 7", made_at=NOW, is_workday=is_workday_or_weekday)
            failed = [check for check in verify_document(made.file, Trust(keys={}, validity={})) if not check.is_passed]
            assert failed == [], rule_code
            if rule_code == "filed_against_metered":
                (row,) = made.document["documents"]
                due = row["due_figure"]
                # 218.7 filed for 243 metered, ± 1.07 %: the least that was left out.
                assert (due["witnesses"], due["direction"], row["unit"]) == (["metered"], "under", "10^4kWh")
                assert Decimal(due["least_amount"]) == Decimal(243) * (1 - Decimal("0.0107")) - Decimal("218.7")
                assert Decimal(row["standard_coal"]["mid"]) == Decimal(243) * Decimal("1.229")
            assert rule_code in {finding["rule_code"] for finding in made.document["findings"]}
            page = print_document(made.document, made.digest.hex(), "zh", font)
            assert page.startswith(b"%PDF-"), rule_code
