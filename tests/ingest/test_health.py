"""What the collector and the outbound sender tell about themselves, asked over HTTP."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Event

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

import ingest.committer
from ingest.collector import ShardCollector
from ingest.health import STALLED_AFTER_S, ProcessHealth
from ingest.health_server import serve_health
from nenghao.db.locks import lock_shard
from nenghao.errors import ConfigError
from nenghao.stack.ports import _draw
from tests.ingest.conftest import Plant
from tests.ingest.wire import message, reading

Samples = dict[tuple[str, ...], float]


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def samples(port: int) -> Samples:
    """Value by name, without the prefix, and labels beside the worker."""
    return {
        (one.name.removeprefix("nenghao_ingest_"), *(text for key, text in one.labels.items() if key != "worker")): (
            one.value
        )
        for family in text_string_to_metric_families(get(port, "/metrics")[1])
        for one in family.samples
    }


def wait_page(port: int, path: str, status: int) -> str:
    deadline = time.monotonic() + 15
    while (answer := get(port, path))[0] != status:
        assert time.monotonic() < deadline, answer
        time.sleep(0.05)
    return answer[1]


def wait_sample(port: int, expected: float, *key: str) -> Samples:
    deadline = time.monotonic() + 15
    while (found := samples(port)).get(key) != expected:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_counters_say_what_became_of_messages(plant: Plant, boot_id: str, port: int) -> None:
    plant.start()
    first = message(boot_id, 0, reading("1"), reading("1"), reading("2"), reading("3", point="nobody"))
    with plant.publisher() as publish:
        publish(first)
        wait_sample(port, 1, "messages_total", "accepted")
        publish(first)
        publish(b"{")
        found = wait_sample(port, 1, "messages_total", "refused")
    assert {key[1]: value for key, value in found.items() if key[0] == "readings_total"} == {
        "stored": 1, "duplicate": 1, "conflict": 1, "revision": 0, "refused": 1,
    }  # fmt: skip
    refusals = {key[1]: value for key, value in found.items() if key[0] == "refusals_total"}
    assert refusals == dict(plant.rows("SELECT reason_code, count(*) FROM refusal GROUP BY 1"))
    assert found["messages_received_again_total",] == 1
    assert found["batch_commit_seconds_count",] >= 2
    assert found["last_commit_age_seconds",] >= 0
    assert found["trouble",] == 0
    wait_sample(port, 0, "messages_in_flight")
    assert get(port, "/healthz") == get(port, "/readyz") == (200, "ok\n")
    assert get(port, "/elsewhere")[0] == 404


def test_outbound_counts_receipts_and_knows_what_the_broker_dropped(plant: Plant, boot_id: str, port: int) -> None:
    health, stop = ProcessHealth(), Event()
    with collecting(plant, health, stop):
        plant.start("outbound")
        with plant.publisher() as publish:
            publish(message(boot_id, 0, reading("1")))
        found = wait_sample(port, 1, "messages_receipted_total")
        assert found["outbound_messages_sent_total",] == 0
        deadline = time.monotonic() + 15
        while ("broker_messages_dropped_total",) not in samples(port):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert get(port, "/readyz") == (200, "ok\n")


def test_a_collector_without_the_lease_lives_and_is_not_ready(plant: Plant, port: int) -> None:
    stop = Event()
    with collecting(plant, ProcessHealth(), stop):
        plant.start(is_awaited=False)
        deadline = time.monotonic() + 15
        while not plant.log.exists() or "another collector" not in plant.log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert get(port, "/readyz") == (503, "worker: every shard has another collector\n")
        assert get(port, "/healthz")[0] == 200
        assert samples(port)["trouble",] == 1
    wait_page(port, "/readyz", 200)


def test_a_database_that_goes_away_is_noticed_without_messages(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.committer, "CHECK_EVERY_S", 0.1)
    health, port, name = ProcessHealth(), _draw(taken=set()), plant.settings.database_name
    with collecting(plant, health, Event()):
        serve_health(health, port)
        plant.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
        plant.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'nenghao_collector'")
        assert "database" in wait_page(port, "/readyz", 503)
        assert get(port, "/healthz")[0] == 200
        plant.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
        wait_page(port, "/readyz", 200)
    assert get(port, "/readyz") == (503, f"shard-{plant.shard}: stopped\n")


def test_a_batch_that_the_database_does_not_answer_is_a_loop_that_does_not_turn(plant: Plant, boot_id: str) -> None:
    health = ProcessHealth()
    with collecting(plant, health, Event()), psycopg.connect(plant.superuser) as other:
        [worker] = health._workers.values()
        lock_shard(other, plant.shard)
        with plant.publisher() as publish:
            publish(message(boot_id, 0, reading("1")))
        plant.wait_count("pg_locks", 1, "locktype = 'advisory' AND NOT granted")
        turned_at_s = worker.turned_at_s
        time.sleep(1)  # ten turns of a loop that has nothing to do
        assert worker.turned_at_s == turned_at_s
        other.rollback()
        plant.wait_count("message", 1)


def test_a_loop_that_does_not_turn_is_named() -> None:
    health = ProcessHealth()
    quiet, busy = health.add_worker("shard-0"), health.add_worker("shard-1")
    now_s = quiet.turned_at_s + STALLED_AFTER_S + 1
    busy.turned_at_s = now_s
    assert health.stalled(now_s) == ["shard-0: no turn for 121 s"]
    assert health.stalled(quiet.turned_at_s) == []


def test_a_port_that_is_taken_is_told_in_one_line_and_zero_is_off(port: int) -> None:
    serve_health(ProcessHealth(), 0)
    serve_health(ProcessHealth(), port)
    with pytest.raises(ConfigError, match=f"^health_port {port}: Address already in use$"):
        serve_health(ProcessHealth(), port)


@contextmanager
def collecting(plant: Plant, health: ProcessHealth, stop: Event) -> Iterator[None]:
    """A collector of the plant's shard in a thread of the test."""
    settings = plant.settings.model_copy(update={"batch_max_age_s": 0.05})
    worker = health.add_worker(f"shard-{plant.shard}")
    thread = threading.Thread(target=ShardCollector(settings, plant.shard, stop, worker).run)
    thread.start()
    try:
        deadline = time.monotonic() + 15
        while health.unready():
            assert time.monotonic() < deadline, health.unready()
            time.sleep(0.01)
        yield
    finally:
        stop.set()
        thread.join()
