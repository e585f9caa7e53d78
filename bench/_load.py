"""What the gateways of `bench faults` send: honest cycles, repetitions, jumping clocks, bytes that are no message."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count

from ingest.gateway import Spool
from ingest.gateway.spool import Reading
from ingest.topics import TopicKind
from nenghao.domain.periods import SHANGHAI

POINTS = 10
DAY = 96
#: Early enough that no row comes to the present, where readings would be refused as future ones.
FIRST_AT = datetime.now(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=400)

#: What one message holds: readings, or bytes that are no message.
Content = list[Reading] | bytes


def reading(point: int, step: int, value: str = "1.25", at: datetime | None = None) -> Reading:
    begun = at or FIRST_AT + step * timedelta(minutes=15)
    return {"point": f"p{point}", "quantity": "active_energy", "kind": "interval", "period": "15min",
            "at": begun.isoformat(), "value": value, "unit": "kWh"}  # fmt: skip


def cycle(step: int, value: str | None = None) -> list[Reading]:
    return [reading(point, step, value or f"{step % 997}.{point}") for point in range(1, POINTS + 1)]


def steady(_rng: random.Random) -> Iterator[Content]:
    yield from map(cycle, count())


def thrice(_rng: random.Random) -> Iterator[Content]:
    for step in count():
        yield from [cycle(step)] * 3


def shuffled_days(rng: random.Random) -> Iterator[Content]:
    for first in count(0, DAY):
        day = [one for step in range(first, first + DAY) for one in cycle(step)]
        rng.shuffle(day)
        yield from (day[start : start + POINTS] for start in range(0, len(day), POINTS))


def jumping_clock(_rng: random.Random) -> Iterator[Content]:
    """Now and then three hours ahead of now, back to hours that are sent with other values, back with the same."""
    for step in count():
        if step % 20 == 7:
            ahead = datetime.now(SHANGHAI) + timedelta(hours=3)
            yield [reading(point, 0, at=ahead) for point in range(1, POINTS + 1)]
        elif step % 20 == 11:
            yield cycle(step - 8, "2000.5")
        else:
            yield cycle(step - 5 if step % 20 == 13 else step)


def poisoned(_rng: random.Random) -> Iterator[Content]:
    poisons = (
        b"\xc4\xfa\xba\xc3 %d", b'{"schema":"nenghao/1","cut":%d', b"[" * 50_000 + b"%d",
        b'{"schema":"nenghao/9","n":%d}',
        b"%d", b"x" * 300_000 + b"%d", b'{"schema":"nenghao/1","boot_id":"no","seq":-1,"n":%d}', b"\0\0%d",
        b'{"schema":"nenghao/1","readings":"\\ud800","n":%d}',
    )  # fmt: skip
    for step in count():
        yield poisons[step // 10 % len(poisons)] % step if step % 10 == 9 else cycle(step)


class RawSpool(Spool):
    """A spool that also takes bytes that are no message: each of them counts as one reading."""

    def put(self, contents: list[Content], kind: TopicKind) -> None:
        with self._transaction():
            for content in contents:
                if isinstance(content, bytes):
                    self._put_raw(content, kind)
                else:
                    self._append(content, kind)

    def payloads(self) -> list[bytes]:
        return [payload for (payload,) in self._db.execute("SELECT payload FROM message")]

    def _put_raw(self, payload: bytes, kind: TopicKind) -> None:
        now, digest = datetime.now(SHANGHAI).isoformat(), sha256(payload).digest()
        self._db.execute(
            "INSERT INTO message (seq, topic_kind, payload, hash, reading_count, enqueued_at)"
            " SELECT next_seq, ?, ?, ?, 1, ? FROM meta",
            [kind.value, payload, digest, now],
        )
        self._db.execute("UPDATE meta SET next_seq = next_seq + 1, last_hash = ?", [digest])
