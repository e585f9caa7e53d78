"""More than one collector."""

from pathlib import Path

import pytest

from tests.ingest.conftest import Plant
from tests.ingest.wire import message, reading


def test_a_second_collector_waits_and_takes_over(plant: Plant, boot_id: str) -> None:
    first = plant.start()
    plant.start(is_awaited=False)
    plant.wait_log("it has another collector")
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1")))
        plant.wait_count("reading", 1)
        assert "taken over" not in plant.log.read_text()
        first.kill()
        first.wait()
        publish(message(boot_id, 1, reading("2", step=1)))
        plant.wait_count("reading", 2)


def test_a_shard_that_breaks_down_ends_the_process(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variables = plant.environment() | {"NENGHAO_SHARDS": f"{plant.shard},0", "NENGHAO_SECRETS_DIR": str(tmp_path)}
    (tmp_path / "broker_collector").write_text("x")
    monkeypatch.setattr(Plant, "environment", lambda _self: variables)
    assert plant.start(is_awaited=False).wait(15) == 3
    assert "nenghao_collector cannot be read" in plant.log.read_text()
