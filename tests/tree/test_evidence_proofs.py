"""Evidence of readings that a gateway really sent: below signed heads, and nothing of it can be changed unseen."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from expectations import runner
from nenghao.config import Role
from nenghao.db.connection import connect
from nenghao.errors import SealBroken
from nenghao.reporting.evidence import Evidence, seal_document, write_evidence
from nenghao.reporting.verify_evidence import verify_document
from nenghao.trust import load_trust
from tests.tree.conftest import BOOT, DAY, Store, message, reading

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)

Document = dict[str, Any]


@pytest.fixture
def judged(store: Store, tmp_path: Path) -> Store:
    """A meter that was told two values for one instant, judged, its trees closed but for one message."""
    store.send(
        message(BOOT, 0, *(reading(f"{100 + step}.5", step=step) for step in range(4))),
        message(BOOT, 1, reading("150.5", step=4)),
    )
    store.send(message(BOOT, 2, reading("120.5", step=4), reading("160.5", step=5)))
    store.close_tree()
    store.now += DAY
    store.send(message(BOOT, 3, reading("130.5", step=4)))
    settings = store.settings.model_copy(update={"data_docs_dir": tmp_path / "site"})
    runner.audit_days(settings, date(2026, 10, 2), date(2026, 10, 4), NOW)
    return store


def evidence_of(store: Store) -> Evidence:
    with connect(store.settings, Role.VERIFIER) as conn:
        found = conn.execute("SELECT max(a.case_id) FROM alert AS a WHERE a.rule_code = 'conflicting_value'").fetchone()
        assert found is not None
        return write_evidence(
            conn, found[0], made_by="officer 7", made_at=NOW, is_workday=lambda day_on: day_on.weekday() < 5
        )


def failed(store: Store, file: bytes) -> list[str]:
    checks = verify_document(file, load_trust(store.settings.trust_dir))
    return [check.label_key for check in checks if not check.is_passed]


def _reading(document: Document) -> None:
    document["subjects"][0]["readings"][0]["value"] = "99999.5"


def _hash(document: Document) -> None:
    document["messages"][0]["hash"] = "00" * 32


def _leaf(document: Document) -> None:
    proof = next(one for one in document["proofs"]["messages"] if "150.5" in one["leaf"])
    proof["leaf"] = proof["leaf"].replace("150.5", "250.5")
    for row in document["subjects"][0]["readings"]:
        row["value"] = row["value"].replace("150.5", "250.5")


def _batch(document: Document) -> None:
    batch = document["proofs"]["batches"][0]
    batch["leaf"] = batch["leaf"][:-1] + ("0" if batch["leaf"][-1] != "0" else "1")


def _head(document: Document) -> None:
    tree = document["proofs"]["trees"][0]
    tree["head"] = ("A" if tree["head"][0] != "A" else "B") + tree["head"][1:]


def test_readings_are_proven_and_changes_are_seen(judged: Store) -> None:
    made = evidence_of(judged)
    document = json.loads(made.file)["document"]
    assert failed(judged, made.file) == []
    subject = document["subjects"][0]
    assert [row["value"] for row in subject["readings"]]
    proven = {one["message_id"] for one in document["proofs"]["messages"]}
    told = {row["message_id"]: row for row in document["messages"]}
    assert {told[one]["seq"] for one in proven} >= {1}
    assert {told[one["message_id"]]["seq"] for one in document["proofs"]["unproven"]} <= {3}
    assert all(told[row["message_id"]]["received_at"] for row in subject["readings"])
    values = [(row["first_value"], row["later_value"]) for row in subject["replaced_values"]]
    assert ("150.5", "120.5") in values
    changes: list[tuple[Callable[[Document], None], str]] = [
        (_reading, "verify_evidence.leaf_wrong"),
        (_hash, "verify_evidence.leaf_wrong"),
        (_leaf, "verify_evidence.path_wrong"),
        (_batch, "verify_evidence.path_wrong"),
    ]
    for change, objection in changes:
        altered = json.loads(made.file)["document"]
        change(altered)
        assert failed(judged, seal_document(altered).file) == [objection], change.__name__
    altered = json.loads(made.file)["document"]
    _head(altered)
    assert failed(judged, seal_document(altered).file) != []
    # A store that was changed gives no evidence.
    judged.as_superuser("UPDATE reading SET value = value + 1 WHERE value = 150.5")
    with pytest.raises(SealBroken, match="not what its leaf says"):
        evidence_of(judged)
