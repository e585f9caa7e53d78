"""What becomes of messages, by the real broker, collector and database."""

from tests.ingest.conftest import Plant
from tests.ingest.wire import message, reading


def test_a_message_is_stored_and_acknowledged(plant: Plant, boot_id: str) -> None:
    collector = plant.start()
    with plant.publisher() as publish:
        publish(message(boot_id, 0, reading("1.50"), reading("2", point="p2")))
    plant.wait_count("reading", 2)
    assert plant.rows("SELECT outcome, reading_count, stored_count, shard FROM message") == [
        ("accepted", 2, 2, plant.shard)
    ]
    assert plant.stop(collector) == 0
