"""A try to file during an outage: the signer's receipt stops the clock, for these figures and no others."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from nenghao.config import Role, Settings
from nenghao.db import filings
from nenghao.db.connection import connect
from nenghao.domain.filed_cells import parse_cells
from nenghao.domain.periods import Month
from nenghao.errors import ConfigError, SealBroken
from nenghao.filing.attempts import ask_receipt, read_attempt
from nenghao.filing.refusals import FilingRefused
from nenghao.signer.client import ATTEMPTS_TOKEN, HEADS_TOKEN, SignerClient
from nenghao.signer.statements import attempt_body, attempt_topic
from nenghao.trust import load_trust
from tests.filing.conftest import NOW, UNIT, Desk
from tests.signing import running_signer

FEBRUARY = Month(2026, 2)
TRIED = NOW - timedelta(days=90)


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    path = tmp_path / "figures.csv"
    path.write_text("form,row,column,value\n205-1,33,4,590\n205-1,33,5,590\n", encoding="utf-8")
    return path


@pytest.fixture
def receipt(office: Settings, tmp_path: Path, figures: Path) -> bytes:
    with running_signer(office, tmp_path / "signer", lambda: TRIED) as server:
        settings = office.model_copy(update={"signer_port": server.server_address[1]})
        with SignerClient(settings, ATTEMPTS_TOKEN) as signer:
            return ask_receipt(signer, UNIT, FEBRUARY, figures.read_bytes(), TRIED)


def test_a_filing_with_a_receipt_counts_from_the_attempt(
    desk: Desk, office: Settings, receipt: bytes, figures: Path
) -> None:
    attempt = read_attempt(receipt, figures, load_trust(office.trust_dir))
    assert (attempt.unit_code, attempt.month, attempt.attempted_at) == (UNIT, "2026-02", TRIED)
    desk.prefill(FEBRUARY)
    assert desk.check(FEBRUARY).broken == []
    desk.sign(FEBRUARY)
    filed = desk.file(FEBRUARY, attempt=attempt)
    with connect(office, Role.CONSOLE) as conn:
        (line,) = filings.list_filings(conn, month_on=FEBRUARY.start_on)
        stored = filings.load_filing(conn, filed.filing_id)
    assert line.counted_at == TRIED
    assert stored is not None
    assert stored.filed_at == NOW + timedelta(hours=1)


def test_a_receipt_is_for_its_figures_its_unit_and_its_month(
    desk: Desk, office: Settings, receipt: bytes, figures: Path
) -> None:
    trust = load_trust(office.trust_dir)
    attempt = read_attempt(receipt, figures, trust)
    cells = parse_cells([{"form": "205-1", "row": "33", "column": "4", "value": "591", "source": "meter"}])
    for unit, month, key in ((UNIT, FEBRUARY, "attempt_differs"), (UNIT, Month(2026, 3), "attempt_of_another")):
        with pytest.raises(FilingRefused) as caught:
            attempt.refuse_other(unit, month, cells)
        assert caught.value.key == key
    # What was not in the file was not tried, but for what meters say.
    tried = [{"form": "205-1", "row": "33", "column": column, "value": "590", "source": "meter"} for column in "45"]
    later = {"form": "205-1", "row": "02", "column": "5", "value": "60"}
    attempt.refuse_other(UNIT, FEBRUARY, parse_cells([*tried, {**later, "source": "meter"}]))
    with pytest.raises(FilingRefused) as caught:
        attempt.refuse_other(UNIT, FEBRUARY, parse_cells([*tried, {**later, "source": "manual"}]))
    assert (caught.value.key, caught.value.values["row"]) == ("attempt_differs", "02")
    figures.write_text("form,row,column,value\n205-1,33,4,600\n", encoding="utf-8")
    with pytest.raises(FilingRefused) as caught:
        read_attempt(receipt, figures, trust)
    assert caught.value.key == "attempt_of_another_file"


def test_an_empty_file_stops_no_clock(office: Settings, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("form,row,column,value\n", encoding="utf-8")
    with running_signer(office, tmp_path / "other", lambda: TRIED) as server:
        settings = office.model_copy(update={"signer_port": server.server_address[1]})
        with SignerClient(settings, ATTEMPTS_TOKEN) as signer:
            receipt = ask_receipt(signer, UNIT, FEBRUARY, empty.read_bytes(), TRIED)
    with pytest.raises(FilingRefused) as caught:
        read_attempt(receipt, empty, load_trust(office.trust_dir))
    assert caught.value.key == "attempt_of_another_file"


@pytest.mark.parametrize("wrong", [b"", b"{}", b"nenghao-signed/1 ed25519 0123456789abcdef AAAA\n{}"])
def test_what_nobody_signed_is_no_receipt(office: Settings, figures: Path, receipt: bytes, wrong: bytes) -> None:
    trust = load_trust(office.trust_dir)
    for payload in (wrong, receipt.replace(b"2026-02", b"2026-03"), receipt.replace(UNIT.encode(), b"9" * 18)):
        with pytest.raises(FilingRefused) as caught:
            read_attempt(payload, figures, trust)
        assert caught.value.key == "attempt_not_signed"


def test_the_signer_signs_attempts_of_now_for_who_may_ask(office: Settings, tmp_path: Path) -> None:
    with running_signer(office, tmp_path / "signer", lambda: NOW) as server:
        settings = office.model_copy(update={"signer_port": server.server_address[1]})
        with SignerClient(settings, ATTEMPTS_TOKEN) as signer:
            with pytest.raises(SealBroken, match="not now"):
                ask_receipt(signer, UNIT, FEBRUARY, b"figures", NOW - timedelta(days=1))
            body = attempt_body(UNIT, "2026-02", "sha256", b"\0" * 32, NOW)
            with pytest.raises(SealBroken, match="another unit"):
                signer.sign_attempt(attempt_topic("911502000000000025"), body)
            with pytest.raises(SealBroken, match="not the receipt"):
                signer.sign_attempt(attempt_topic(UNIT), b"{}")
        with SignerClient(settings, HEADS_TOKEN) as signer, pytest.raises(ConfigError, match="403"):
            signer.sign_attempt(attempt_topic(UNIT), body)
        assert datetime.fromisoformat(NOW.isoformat()) == NOW
