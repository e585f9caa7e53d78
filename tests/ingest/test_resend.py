"""What the store has lost is found, asked for once, and sent again by the gateway, to the same rows."""

from datetime import timedelta
from pathlib import Path

import psycopg

from ingest.gateway import GatewayAccount, Spool, send
from ingest.gateway_accounts import enrol_gateway
from tests.ingest.conftest import GATEWAY, UNIT, Plant
from tests.ingest.wire import FIRST_AT, reading

LOST = "DELETE FROM {} WHERE message_id IN (SELECT message_id FROM message WHERE seq BETWEEN 3 AND 6)"


def test_messages_that_the_store_has_lost_come_again(plant: Plant, tmp_path: Path) -> None:
    password = enrol_gateway(
        plant.settings, unit_code=UNIT, gateway_code=GATEWAY, shard=plant.shard,
        backfill_from=FIRST_AT - timedelta(days=30),
    )  # fmt: skip
    account = GatewayAccount(
        host=plant.settings.broker_host, port=plant.settings.broker_port, unit_code=UNIT, gateway_code=GATEWAY,
        shard=plant.shard, password=password,
    )  # fmt: skip
    plant.run("nenghao-ingest", "broker-sync")
    plant.start()
    plant.start("outbound")
    spool = Spool(tmp_path / "spool.db")
    spool.append_all([[reading(str(step), step=step)] for step in range(10)])
    assert send(spool, account, timeout_s=30).is_complete
    plant.wait_count("message", 10)
    kept = plant.rows("SELECT series_id, at, value FROM reading ORDER BY at")
    lose(plant)
    assert (plant.count("message"), plant.count("reading")) == (6, 6)

    plant.wait_at_least("gateway_state", 1)
    tried = plant.run("nenghao", "resend", "--dry-run").stdout
    assert "3-6" in tried
    assert plant.count("resend_request") == plant.count("outbound") == 0
    asked = plant.run("nenghao", "resend", "--unit", UNIT, "--gateway", GATEWAY).stdout
    assert "3-6" in asked
    plant.run("nenghao", "resend")
    assert plant.rows("SELECT first_seq, last_seq FROM resend_request") == [(3, 6)]
    assert plant.count("outbound") == 1

    plant.wait_count("outbound", 1, "sent_at IS NOT NULL")
    spool.append([reading("10", step=10)])
    assert send(spool, account, timeout_s=60).is_complete
    plant.wait_count("message", 11)
    found = plant.rows("SELECT series_id, at, value FROM reading ORDER BY at")
    assert found[:10] == kept
    assert plant.count("reading_conflict") == 0


def lose(plant: Plant) -> None:
    """As a restore does it: rows are gone, and no trigger knew."""
    with psycopg.connect(plant.superuser, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        for table in ("reading", "message_raw", "message"):
            conn.execute(LOST.format(table))
