"""A committer in a process of its own, and several workers: whoever dies, nothing is lost and somebody goes on."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nenghao.db.locks import SHARD_LEASE_CLASS
from tests.ingest.conftest import UNIT, Plant
from tests.ingest.test_health import get, wait_page
from tests.ingest.wire import message, reading


def children(pid: int) -> list[int]:
    """The direct children of a process that run a spawned function of ours."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    threads = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    pids = {int(one) for one in " ".join([text, *threads]).split()}
    return sorted(one for one in pids if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes())


def wait_for(what: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def two_shards(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """A second gateway, in another shard, and a host that serves both."""
    shards = (plant.shard, plant.shard + 400)
    plant.execute(
        "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)"
        f" SELECT unit_id, 'gw2', {shards[1]}, '2026-09-01T00:00:00+08:00' FROM unit"
    )
    variables = plant.environment() | {"NENGHAO_SHARDS": ",".join(map(str, shards))}
    monkeypatch.setattr(Plant, "environment", lambda _self: dict(variables))
    return shards


def leases(plant: Plant) -> dict[int, int]:
    """The backend that holds each leased shard."""
    return dict(
        plant.rows(
            "SELECT objid::int, pid FROM pg_locks JOIN pg_database ON oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND classid::int = %s",
            SHARD_LEASE_CLASS,
        )
    )


@pytest.fixture
def is_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next collector commits in a process of its own."""
    monkeypatch.setenv("NENGHAO_IS_COMMIT_APART", "true")


@pytest.mark.usefixtures("is_apart")
def test_a_committer_apart_stores_and_ends_with_its_reader(plant: Plant, boot_id: str) -> None:
    collector = plant.start()
    (committer,) = children(collector.pid)
    with plant.publisher() as publish:
        for seq in range(20):
            publish(message(boot_id, seq, reading(f"{seq}", step=seq)))
        plant.wait_count("reading", 20)
        collector.kill()
        collector.wait()
        wait_for(lambda: not Path(f"/proc/{committer}").exists())
        publish(message(boot_id, 20, reading("20", step=20)))
        assert plant.stop(plant.start()) == 0
    assert plant.count("reading") == plant.count("message") == 21


@pytest.mark.usefixtures("is_apart")
def test_a_committer_that_is_killed_is_started_again(plant: Plant, boot_id: str) -> None:
    collector = plant.start()
    with plant.publisher() as publish:
        for seq in range(60):
            publish(message(boot_id, seq, reading(f"{seq}", step=seq)))
            if seq % 20 == 10:
                lines = plant.log.read_text().count("\n")
                (committer,) = children(collector.pid)
                os.kill(committer, signal.SIGKILL)
                plant.wait_log("collects again", after_line=lines, seconds=60)
        plant.wait_count("reading", 60)
    assert plant.count("message") == 60
    assert plant.log.read_text().count("the committer ended") == 3
    assert plant.stop(collector) == 0


def test_two_workers_killed_in_turn_lose_nothing(plant: Plant, boot_id: str, two_shards: tuple[int, int]) -> None:
    parent = plant.start("run", "--workers", "2")
    wait_for(lambda: len(leases(plant)) == 2)
    topics = [plant.topic(), f"nenghao/v1/{two_shards[1]}/{UNIT}/gw2/readings"]
    with plant.publisher() as publish:
        for seq in range(90):
            for number, topic in enumerate(topics):
                publish(message(boot_id, seq, reading(f"{seq}", step=seq, point=f"p{number + 1}")), topic=topic)
            if seq in (20, 50):
                before, workers = leases(plant), children(parent.pid)
                assert len(workers) == 2
                os.kill(workers[seq == 50], signal.SIGKILL)
                wait_for(lambda old=before: len(leases(plant).items() - old.items()) >= 1)  # type: ignore[misc]
        plant.wait_count("reading", 180)
        wait_for(lambda: len(leases(plant)) == 2)
    assert plant.count("message") == 180
    assert plant.log.read_text().count("worker ended and is started again") == 2
    assert plant.stop(parent) == 0
    assert leases(plant) == {}


def test_workers_share_shards_evenly_and_go_with_their_parent(plant: Plant, two_shards: tuple[int, int]) -> None:
    first = plant.start()
    wait_for(lambda: set(leases(plant)) == set(two_shards))
    plant.wait_log(f"collects shard={two_shards[1]}")
    held = leases(plant)
    second = plant.start("run", "--workers", "2", is_awaited=False)
    plant.wait_log("shard is left to another worker")
    plant.wait_log("worker stands by")
    wait_for(lambda: set(leases(plant)) == set(two_shards) and len(held.items() & leases(plant).items()) == 1)
    workers = children(second.pid)
    second.kill()
    second.wait()
    wait_for(lambda: not any(Path(f"/proc/{one}").exists() for one in workers))
    wait_for(lambda: set(leases(plant)) == set(two_shards))
    assert plant.stop(first) == 0


def test_the_health_of_all_workers_is_on_one_port(plant: Plant, boot_id: str, port: int) -> None:
    plant.start("run", "--workers", "2")
    wait_page(port, "/readyz", 200)
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1")))
        plant.wait_count("reading", 1)
    wait_for(lambda: 'nenghao_ingest_readings_total{outcome="stored",process="' in get(port, "/metrics")[1])
    lines = get(port, "/metrics")[1].splitlines()
    stored = [line for line in lines if line.startswith('nenghao_ingest_readings_total{outcome="stored"')]
    assert [line.rsplit(" ", 1)[1] for line in stored] == ["1.0"]
    assert {line.split('process="')[1][0] for line in lines if line.startswith("process_cpu_seconds_total")} == {
        "1",
        "2",
    }


def test_workers_that_cannot_work_end_their_parent(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broker_collector").write_text("x")
    variables = plant.environment() | {"NENGHAO_SECRETS_DIR": str(tmp_path)}
    monkeypatch.setattr(Plant, "environment", lambda _self: dict(variables))
    assert plant.start("run", "--workers", "2", is_awaited=False).wait(20) == 3
    assert "nenghao_collector cannot be read" in plant.log.read_text()


def test_events_are_lines_of_json_where_asked(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NENGHAO_LOG_FORMAT", "json")
    assert plant.stop(plant.start()) == 0
    assert plant.stop(plant.start("outbound")) == 0
    events = [json.loads(line) for line in plant.log.read_text().splitlines()]
    assert [one["event"] for one in events] == [
        "shard collects", "collector stopped", "outbound sends", "outbound stopped",
    ]  # fmt: skip
    assert (events[0]["shard"], events[1]["messages"], events[3]["receipted"]) == (plant.shard, 0, 0)
