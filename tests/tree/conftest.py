"""A registered plant whose messages are stored by the product's own code, and a signer with a clock of the test's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from ingest.pipeline import Arrival, SizeLimits, read_arrival
from ingest.storing import BatchStore
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.jobs.close_tree import TreeClosed, close_tree
from nenghao.reporting.store_report import Kept, StoreReport
from nenghao.reporting.verify_store import verify_store
from nenghao.signer.client import HEADS_TOKEN, SignerClient
from nenghao.signer.service import SignerServer
from nenghao.stack import Stack, postgres
from nenghao.trust import load_trust
from tests.ingest.conftest import Plant, plant, register
from tests.ingest.wire import message, reading
from tests.signing import running_signer

__all__ = ["plant"]

BOOT = "7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11"
#: Ten past midnight in Shanghai on the day after that of the readings.
CLOSING = datetime(2026, 10, 3, 16, 10, tzinfo=UTC)
DAY = timedelta(days=1)
LIMITS = SizeLimits(message_bytes=262_144, message_readings=100)


@dataclass
class Store:
    """The store of one plant, the signer beside it, and the clock of both."""

    plant: Plant
    server: SignerServer
    settings: Settings
    now: datetime = CLOSING

    def send(self, *payloads: bytes) -> None:
        """Messages that come in one batch."""
        store = BatchStore(self.settings, self.plant.shard)
        store.open()
        arrivals = [
            Arrival(topic=self.plant.topic(), payload=payload, received_at=CLOSING, is_replay=False)
            for payload in payloads
        ]
        store.store([read_arrival(one, LIMITS) for one in arrivals])
        store.close()

    def send_a_bit_of_everything(self) -> None:
        """Three batches: values, a duplicate, a conflict, a correction, refused readings and a refused message."""
        self.send(
            message(BOOT, 0, reading(), reading("7.25", point="p2")),
            message(BOOT, 1, reading("101.5", step=1), reading("1,5", point="p3", step=1)),
        )
        self.send(
            message(BOOT, 2, reading(), reading("8.25", point="p2")),
            message(BOOT, 3, reading("102.5", step=1, corrects={"value": "101.5", "reason": "typed wrongly"})),
            b"no message",
        )
        self.send(message(BOOT, 4, reading("103.5", step=2)), message(BOOT, 5, reading("104.5", step=3)))

    def close_tree(self, resume_reason: str | None = None, settings: Settings | None = None) -> TreeClosed:
        """Close the tree of the day before now."""
        used = settings or self.settings
        with connect(used, Role.JOBS, autocommit=True) as conn, SignerClient(self.settings, HEADS_TOKEN) as signer:
            return close_tree(conn, signer, self.now, resume_reason=resume_reason)

    def verify(self, *kept: Kept, settings: Settings | None = None) -> StoreReport:
        """What `verify store` finds."""
        trust = load_trust(self.settings.trust_dir)
        with connect(settings or self.settings, Role.VERIFIER, autocommit=True) as conn:
            return verify_store(conn, trust, kept)

    def heads(self) -> list[Kept]:
        """All heads, as somebody outside keeps them."""
        return [Kept(topic, payload) for topic, payload in self.server.signer.payloads()]

    def as_superuser(self, *statements: str, settings: Settings | None = None) -> None:
        """Change the store behind its own back: without triggers, guards and row leaves."""
        database = (settings or self.settings).database_name
        with psycopg.connect(self.plant.superuser, dbname=database) as conn:
            conn.execute("SET session_replication_role = replica")
            for statement in statements:
                conn.execute(statement)

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self.plant.rows(query, *parameters)


@pytest.fixture
def store(plant: Plant, tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own."""
    with opened(plant, tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def closed_store(stack: Stack, module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with two closed days and messages after them, for tests that change copies of it only."""
    folder = tmp_path_factory.mktemp("closed")
    superuser = stack.superuser_conninfo(module_database.database_name)
    plant = Plant(settings=module_database, superuser=superuser, shard=1, log=folder / "log")
    register(plant)
    with opened(plant, folder) as one:
        close_twice(one)
        yield one


def close_twice(store: Store) -> None:
    """Two days with their trees, and a message after them."""
    store.send_a_bit_of_everything()
    with connect(store.settings, Role.COLLECTOR) as conn:
        conn.execute(
            "INSERT INTO gateway_state (gateway_id, received_at, online, buffered_count)"
            " SELECT gateway_id, now(), true, 7 FROM gateway"
        )
    store.close_tree()
    store.now += DAY
    store.send(message(BOOT, 6, reading("105.5", step=4)))
    store.close_tree()
    store.send(message(BOOT, 7, reading("106.5", step=5)))


@contextmanager
def copy_of(stack: Stack, settings: Settings) -> Iterator[Settings]:
    """The database as it is now, in another one: what a base backup holds."""
    layout, port, name = stack.layout, stack.ports.postgres, f"{settings.database_name}_copy"
    with psycopg.connect(stack.superuser_conninfo(), autocommit=True) as conn:
        # TimescaleDB's scheduler sits in every database, and one that somebody sits in cannot be copied.
        source = sql.Identifier(settings.database_name)
        conn.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(source))
        conn.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [settings.database_name]
        )
        postgres.create_database(layout, port, name, owner=Role.OWNER, template=settings.database_name)
        conn.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(source))
    postgres.grant_access(layout, port, name)
    yield settings.model_copy(update={"database_name": name})
    postgres.drop_database(layout, port, name)


@contextmanager
def opened(plant: Plant, folder: Path) -> Iterator[Store]:
    """The plant's store with a signer that remembers nothing yet."""
    with running_signer(plant.settings, folder / "signer", lambda: one.now) as server:
        one = Store(plant, server, plant.settings.model_copy(update={"signer_port": server.server_address[1]}))
        yield one
