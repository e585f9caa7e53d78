"""A committer in a process of its own, and several workers: whoever dies, nothing is lost and somebody goes on."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ingest.conftest import Plant
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
                plant.wait_log("collects again", after_line=lines)
        plant.wait_count("reading", 60)
    assert plant.count("message") == 60
    assert plant.log.read_text().count("the committer ended") == 3
    assert plant.stop(collector) == 0
