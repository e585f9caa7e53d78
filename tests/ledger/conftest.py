"""A registered plant whose messages go through the product's own pipeline and store, without broker."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ingest.pipeline import Arrival, SizeLimits, read_arrival
from ingest.refusals_cli import app as refusals_app
from ingest.storing import BatchStore
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.ledger import read_ledger
from nenghao.domain.unit_ledger import UnitLedger
from nenghao.stack import Stack
from nenghao.stack.environment import variables_of
from tests.ingest.conftest import UNIT, Plant, register

DAY = datetime.fromisoformat("2026-10-03T00:00:00+08:00")
BOOT = "7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11"
#: Long after the day, so that all of it is due.
LATER = DAY + timedelta(days=2)
MAX_READINGS = 100
#: A superuser's way round the guards of history: quicker than a database for each test.
EMPTY = """
    SET session_replication_role = replica;
    TRUNCATE message, message_raw, reading, refusal, refusal_replay, reading_conflict, reading_revision, changed_mark,
    receipt_cursor, receipt_again, unit, gateway, meter, point, series, series_version RESTART IDENTITY CASCADE;
    ALTER SEQUENCE message_id_seq RESTART
"""


@dataclass
class Yard:
    """A plant and its store."""

    plant: Plant
    store: BatchStore
    run: Callable[..., str]

    def send(self, payload: bytes, *, at: datetime = DAY + timedelta(hours=23.9), topic: str | None = None) -> None:
        """A message that arrives at an instant."""
        limits = SizeLimits(message_bytes=262_144, message_readings=MAX_READINGS)
        arrival = Arrival(topic=topic or self.plant.topic(), payload=payload, received_at=at, is_replay=False)
        self.store.store([read_arrival(arrival, limits)])

    def ledger(self, now: datetime = LATER, day: datetime = DAY) -> UnitLedger:
        with connect(self.plant.settings, Role.VERIFIER) as conn:
            return read_ledger(conn, UNIT, day.date(), now)

    def replay(self, *options: str) -> dict[str, Any]:
        return dict(json.loads(self.run(refusals_app, "replay", "--json", *options)))

    def state(self) -> list[tuple[Any, ...]]:
        """Everything that a replay could change, as counts."""
        tables = "message message_raw reading refusal reading_conflict reading_revision refusal_replay changed_mark"
        return [(table, self.plant.count(table)) for table in tables.split()]


@pytest.fixture
def yard(stack: Stack, module_database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    plant = Plant(
        settings=module_database,
        superuser=stack.superuser_conninfo(module_database.database_name),
        shard=7,
        log=tmp_path / "unused",
    )
    plant.execute(EMPTY)
    register(plant)
    for name, value in (variables_of(module_database) | {"NENGHAO_LANGUAGE": "en"}).items():
        monkeypatch.setenv(name, value)

    def run(app: typer.Typer, *arguments: str | Path) -> str:
        done = CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    store = BatchStore(module_database, plant.shard)
    store.open()
    yield Yard(plant, store, run)
    store.close()


def reading(slot: float, value: object = 1, **others: object) -> dict[str, object]:
    """A register of p1 at a quarter-hour of the day."""
    at = (DAY + timedelta(minutes=15 * slot)).isoformat()
    base = {
        "point": "p1", "quantity": "active_energy", "kind": "register", "period": "instant",
        "at": at, "value": str(value), "unit": "kWh",
    }  # fmt: skip
    return base | others


def message(seq: int, *readings: dict[str, object], boot_id: str = BOOT) -> bytes:
    envelope = {"schema": "nenghao/1", "boot_id": boot_id, "seq": seq, "sent_at": DAY.isoformat()}
    return json.dumps(envelope | {"readings": readings}).encode()


def boot(number: int) -> str:
    return str(uuid.UUID(int=number))
