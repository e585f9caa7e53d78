"""A registered plant, a collector process of its own, and a plain publisher."""

import itertools
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from nenghao.config import Settings
from nenghao.stack import Stack
from nenghao.stack.environment import variables_of
from nenghao.stack.ports import _draw

PROGRAMS = Path(sys.executable).parent
UNIT = "91110000000000013A"
GATEWAY = "gw1"
POINTS = ("p1", "p2", "p3")

_shards = itertools.count(1)


@dataclass(frozen=True)
class Plant:
    """One unit with one gateway and three meters, in a database and a shard of the test's own."""

    settings: Settings
    superuser: str
    shard: int
    log: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def topic(self, kind: str = "readings", unit: str = UNIT, gateway: str = GATEWAY) -> str:
        return f"nenghao/v1/{self.shard}/{unit}/{gateway}/{kind}"

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.superuser, autocommit=True) as conn:
            return conn.execute(query, parameters).fetchall()

    def execute(self, query: str) -> None:
        with psycopg.connect(self.superuser, autocommit=True) as conn:
            conn.execute(query)

    def count(self, table: str, where: str = "true") -> int:
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def wait_count(self, table: str, expected: int, where: str = "true", seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while (found := self.count(table, where)) != expected:
            assert time.monotonic() < deadline, f"{table}: {found} rows, not {expected}"
            time.sleep(0.05)

    def wait_at_least(self, table: str, expected: int, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while (found := self.count(table)) < expected:
            assert time.monotonic() < deadline, f"{table}: {found} rows, not {expected}"
            time.sleep(0.01)

    def start(self, command: str = "run", *options: str, is_awaited: bool = True) -> "subprocess.Popen[bytes]":
        """The collector, or another command, as a process of its own."""
        log = self.log
        lines = log.read_text().count("\n") if log.exists() else 0
        with log.open("ab") as file:
            variables = self.environment()
            if command == "outbound":
                del variables["NENGHAO_SHARDS"]  # it receipts every shard, whatever its host collects
            process = subprocess.Popen([PROGRAMS / "nenghao-ingest", command, *options], env=variables, stderr=file)
        self.started.append(process)
        if is_awaited:
            self.wait_log("collects" if command == "run" else "sends", after_line=lines)
        return process

    def wait_log(self, text: str, *, after_line: int = 0, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not any(text in line for line in self.log.read_text().splitlines()[after_line:]):
            assert time.monotonic() < deadline, f"no {text!r} in\n{self.log.read_text()}"
            time.sleep(0.02)

    def environment(self) -> dict[str, str]:
        return (
            os.environ
            | variables_of(self.settings)
            | {
                "NENGHAO_SHARDS": str(self.shard),
                "NENGHAO_BATCH_MAX_AGE_S": "0.05",
                "NENGHAO_RECEIPT_INTERVAL_S": "0.2",
            }
        )

    def run(self, program: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [PROGRAMS / program, *arguments], env=self.environment(), text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done

    def stop(self, process: "subprocess.Popen[bytes]") -> int:
        process.terminate()
        return process.wait(15)

    @contextmanager
    def publisher(self, user: str | None = None, password: str | None = None) -> Iterator[Callable[..., None]]:
        """A function that publishes and waits for the PUBACK."""
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        client.username_pw_set(user or self.settings.broker_user, password or self.settings.secret("broker_collector"))
        client.connect(self.settings.broker_host, self.settings.broker_port)
        client.loop_start()
        wait_connected(client)

        def publish(payload: bytes, kind: str = "readings", topic: str | None = None, retain: bool = False) -> None:
            client.publish(topic or self.topic(kind), payload, qos=1, retain=retain).wait_for_publish(10)

        yield publish
        client.disconnect()
        client.loop_stop()


def wait_connected(client: Client) -> None:
    deadline = time.monotonic() + 10
    while not client.is_connected():
        assert time.monotonic() < deadline, "the broker does not answer"
        time.sleep(0.01)


@pytest.fixture
def plant(stack: Stack, database: Settings, tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(
        settings=database,
        superuser=stack.superuser_conninfo(database.database_name),
        shard=next(_shards),
        log=tmp_path / "ingest.log",
    )
    register(plant)
    yield plant
    for process in plant.started:
        if process.poll() is None:
            process.kill()
            process.wait()


def register(plant: Plant) -> None:
    with psycopg.connect(plant.superuser, autocommit=True) as conn:
        conn.execute("SET ROLE nenghao_owner")
        conn.execute(
            "INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)"
            " VALUES (%s, 'Plant', '110000', 'C25', 'industry', 'online_monitoring')",
            [UNIT],
        )
        conn.execute(
            "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)"
            " SELECT unit_id, %s, %s, '2026-09-01T00:00:00+08:00' FROM unit",
            [GATEWAY, plant.shard],
        )
        for number, point in enumerate(POINTS, 1):
            conn.execute(
                "INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)"
                " SELECT unit_id, %s, 'DTZ', '0.5S', 'qualified' FROM unit",
                [f"m{number}"],
            )
            conn.execute(
                "INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)"
                " SELECT unit_id, %s, %s, %s, '33', 'purchase', 'industrial' FROM unit",
                [point, f"{number:016d}", point],
            )
            conn.execute(
                "INSERT INTO series (point_id, quantity, kind, period)"
                " SELECT point_id, 'active_energy', 'register', 'instant' FROM point WHERE point_code = %s",
                [point],
            )
        conn.execute(
            "INSERT INTO series_version"
            " (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals)"
            " SELECT series_id, '[2026-01-01 00:00+08,)', meter_id, 'kWh', 15, 80, 'platform', 3"
            " FROM series NATURAL JOIN point JOIN meter ON meter_no = 'm' || right(point_code, 1)"
        )


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A free port, which the next process is told to answer at."""
    port = _draw(taken=set())
    monkeypatch.setenv("NENGHAO_HEALTH_PORT", str(port))
    return port


@pytest.fixture
def boot_id() -> str:
    import uuid

    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))
