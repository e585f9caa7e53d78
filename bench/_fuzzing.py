"""Damages golden cases in seeded ways, stores them through the collector's own pipeline, and accounts for every one."""

import base64
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg

from ingest.codecs.receipt_v1 import decode_receipt
from ingest.codecs.state_v1 import State
from ingest.pipeline import Arrival, ReadMessage, SizeLimits, read_arrival
from ingest.storing import BatchStore
from nenghao.config import PROJECT_ROOT, Settings
from nenghao.db.queries import parse_queries
from nenghao.envelope import open_envelope

QUERIES = parse_queries(Path(__file__).parent / "fuzz_registers.sql")
CASES = PROJECT_ROOT / "tests" / "ingest" / "cases"
CODECS = ("json_v1", "provincial_v1", "state_v1")
NOW = datetime.fromisoformat("2026-10-03T00:20:00+08:00")
UNIT = "91110000000000013A"
#: A state under any other topic is not a registered gateway's, and refused as a message.
STATE_TOPICS = (f"nenghao/v1/0/{UNIT}/gw1/state", f"nenghao/v1/0/{UNIT}/gw2/state")
BOOT_ID = "7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11"
BATCH = 500
#: One in so many is made larger than the collector accepts, and one in so many comes twice.
OVERSIZED_EVERY, REPEATED_EVERY = 997, 41
LARGEST_SEED = 20_000

STATES = (
    b'{"schema":"nenghao/1","online":true,"boot_id":"%s","buffered_count":0,"clock_offset_ms":12,"config_hash":"9f86"}'
    % BOOT_ID.encode(),
    b'{"schema":"nenghao/1","online":false}',
)
RECEIPTS = (
    b'{"schema":"nenghao/1","topic":"nenghao/v1/0/u/gw1/receipts","sent_at":"2026-10-03T00:15:07Z",'
    b'"gateway":"gw1","boot_id":"%s","seq_ranges":[[40,41]],"readings":{"stored":3,'
    b'"duplicate":0,"conflict":0,"revision":0,"refused":1},"refusal_count":1,"refusals":[{"seq":41,"ordinal":1,'
    b'"reason":"value_malformed"},{"seq":null,"ordinal":null,"reason":"seq_reused","hash":"%s"}],"hashes":{"40":"%s"}}'
    % (BOOT_ID.encode(), b"ab" * 32, b"cd" * 32),
)
ENVELOPES = tuple(
    b"nenghao-signed/1 ed25519 0123456789abcdef " + base64.b64encode(bytes(range(64))) + b"\n" + body for body in STATES
)
#: What has broken parsers before: bounds of types, other scripts' digits, half characters, other calendars' days.
TOKENS = (
    b"1e999", b"-0", b"NaN", b"-Infinity", b"9" * 400, b"0." + b"0" * 40 + b"1", b"9223372036854775808", b"-1",
    b"1.0", b"1E-7", b"null", b"true", b"[]", b"{}", b'""', b'"\\u0000"', b'"\\ud800"', b"\\", b'"', b",", b"}",
    b"\0", b"\xef\xbb\xbf", b"\xc4\xfa", b"\xed\xa0\x80", "\u0663".encode(), "\uff11".encode(), b"[" * 600,
    b'"2026-02-30T24:00:60+24:00"', b'"0001-01-01T00:00:00+14:00"', b'"9999-12-31T23:59:59-14:00"', b'"1969"',
    b'"2026-10-03T00:00:00.123456789Z"', b'"2026-10-03 00:00:00"', b"nenghao/1", b"nenghao-signed/1 ", b"\n",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 10**30, 1.5, 1e308, "", "0", "-0", "1e5", "NaN", "\0", "\ud800", "\u0663",
    "9" * 31, "1,5", "0" * 70_000, [], {}, [[]], {"value": "1"}, "2026-10-03T00:00:00+08:00", "kWh", "m1", BOOT_ID,
)  # fmt: skip
_SEQ = re.compile(rb'"seq":\s*\d+')
_INSTANT = re.compile(rb"2026-10-0[0-9]([T ])\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Seed:
    topic: str
    payload: bytes


def seeds_of(codec: str) -> list[Seed]:
    """The golden cases of a codec of readings; those of states stand above."""
    if codec == "state_v1":
        return [Seed(STATE_TOPICS[0], payload) for payload in STATES]
    found = [
        Seed((folder / "topic.txt").read_text().strip(), next(folder.glob("payload.*")).read_bytes())
        for folder in sorted((CASES / codec).iterdir())
    ]
    return [seed for seed in found if len(seed.payload) <= LARGEST_SEED]


def mutations(seeds: Sequence[Seed], count: int, seed: str) -> Iterator[Seed]:
    """The same damaged messages for the same seed. Most get a seq and an hour of their own, so that some are taken."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, nothing is secret
    bodies = [one.payload for one in seeds]
    previous = seeds[0]
    for number in range(count):
        if number and number % REPEATED_EVERY == 0:
            yield previous
            continue
        chosen = rng.choice(seeds)
        payload = _renewed(chosen.payload, number, rng)
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 8))):
            payload = rng.choice(MUTATIONS)(payload, rng, bodies)
        if number % OVERSIZED_EVERY == 1:
            payload += b" " * 270_000
        topic = _damage_topic(chosen.topic, rng) if rng.random() < 0.02 else chosen.topic
        previous = Seed(topic, payload)
        yield previous


# --- ways to damage ---


def _renewed(payload: bytes, number: int, rng: random.Random) -> bytes:
    if rng.random() < 0.9:
        payload = _SEQ.sub(b'"seq":%d' % (number + 100), payload)
    if rng.random() < 0.5:
        day, hour, quarter = rng.randint(1, 2), rng.randint(0, 23), rng.choice((0, 15, 30, 45))
        payload = _INSTANT.sub(rb"2026-10-%02d\g<1>%02d:%02d" % (day, hour, quarter), payload)
    return payload


def _flip(payload: bytes, rng: random.Random, _bodies: Sequence[bytes]) -> bytes:
    if not payload:
        return b"\x80"
    place = rng.randrange(len(payload))
    return payload[:place] + bytes([payload[place] ^ (1 << rng.randrange(8))]) + payload[place + 1 :]


def _insert(payload: bytes, rng: random.Random, _bodies: Sequence[bytes]) -> bytes:
    place = rng.randint(0, len(payload))
    return payload[:place] + rng.randbytes(rng.randint(1, 6)) + payload[place:]


def _delete(payload: bytes, rng: random.Random, _bodies: Sequence[bytes]) -> bytes:
    first, last = _slice(payload, rng)
    return payload[:first] + payload[last:]


def _repeat(payload: bytes, rng: random.Random, _bodies: Sequence[bytes]) -> bytes:
    first, last = _slice(payload, rng)
    return payload[:last] + payload[first:last] * rng.choice((1, 1, 2, 50)) + payload[last:]


def _cut(payload: bytes, rng: random.Random, _bodies: Sequence[bytes]) -> bytes:
    return payload[: rng.randint(0, len(payload))]


def _splice(payload: bytes, rng: random.Random, bodies: Sequence[bytes]) -> bytes:
    other = rng.choice(bodies)
    return payload[: rng.randint(0, len(payload))] + other[rng.randint(0, len(other)) :]


def _token(payload: bytes, rng: random.Random, _bodies: Sequence[bytes]) -> bytes:
    first, last = _slice(payload, rng, longest=12)
    return payload[:first] + rng.choice(TOKENS) + payload[last:]


def _enclose(payload: bytes, rng: random.Random, _bodies: Sequence[bytes]) -> bytes:
    signature = base64.b64encode(rng.randbytes(rng.choice((0, 63, 64, 64))))
    algorithm = rng.choice((b"ed25519", b"sm2", b"", b"\xff"))
    return b"nenghao-signed/1 %b %b %b\n%b" % (algorithm, rng.randbytes(4).hex().encode(), signature, payload)


def _value(payload: bytes, rng: random.Random, _bodies: Sequence[bytes]) -> bytes:
    """Put another value, of any type, at some place of the JSON; other damage where it is none."""
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        return _token(payload, rng, _bodies)
    places = list(_places(document))
    if not places:
        return _token(payload, rng, _bodies)
    parent, key = rng.choice(places)
    match rng.randrange(4):
        case 0:
            del parent[key]
        case 1 if isinstance(parent, list):
            parent.extend(parent[key : key + 1] * rng.choice((1, 3, 2_500)))
        case _:
            parent[key] = rng.choice(VALUES)
    return json.dumps(document, ensure_ascii=rng.random() < 0.8).encode("utf-8", "surrogatepass")


MUTATIONS: tuple[Callable[[bytes, random.Random, Sequence[bytes]], bytes], ...] = (
    _flip, _insert, _delete, _repeat, _cut, _splice, _token, _token, _value, _value, _value, _enclose,
)  # fmt: skip


def _places(node: object) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield node, key
            yield from _places(child)


def _slice(payload: bytes, rng: random.Random, longest: int = 60) -> tuple[int, int]:
    first = rng.randint(0, len(payload))
    return first, min(len(payload), first + rng.randint(0, longest))


def _damage_topic(topic: str, rng: random.Random) -> str:
    levels = topic.split("/")
    levels[rng.randrange(len(levels))] = rng.choice(("", "-1", "99999", UNIT, "gw2", "readings", "\u0663", "x" * 500))
    return "/".join(levels)


# --- what becomes of them ---


@dataclass(slots=True)
class Account:
    """Messages by what became of them. Unaccounted is what stands nowhere, or not as it came."""

    sent: int = 0
    repeated: int = 0
    states: int = 0
    accepted: int = 0
    refused: int = 0
    unaccounted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        return self.unaccounted == 0 and self.sent == self.repeated + self.states + self.accepted + self.refused


def store(settings: Settings, messages: Iterator[Seed]) -> tuple[Account, set[tuple[str, bytes]]]:
    """Put messages through the pipeline into shard 0; returns the counts and what must now stand in `message`."""
    account, expected = Account(), set[tuple[str, bytes]]()
    limits = SizeLimits(message_bytes=settings.message_max_bytes, message_readings=settings.message_max_readings)
    target = BatchStore(settings, 0)
    target.open()
    batch: list[ReadMessage] = []
    counted = 0
    for message in messages:
        arrival = Arrival(topic=message.topic, payload=message.payload, received_at=NOW, is_replay=False)
        batch.append(read_arrival(arrival, limits))
        account.sent += 1
        if len(batch) == BATCH:
            counted += _store(target, batch, account, expected)
            batch = []
    counted += _store(target, batch, account, expected)
    target.close()
    account.unaccounted += abs(counted - account.sent)
    return account, expected


def _store(target: BatchStore, batch: list[ReadMessage], account: Account, expected: set[tuple[str, bytes]]) -> int:
    """Returns for how many messages the store itself answers."""
    states = [read for read in batch if isinstance(read.content, State) and read.arrival.topic in STATE_TOPICS]
    is_state = {id(read) for read in states}
    account.states += len(states)
    for read in batch:
        if id(read) in is_state:
            continue
        key = (read.arrival.topic, sha256(read.arrival.payload).digest())
        account.repeated += key in expected
        expected.add(key)
    outcome = target.store(batch)
    return outcome.messages + outcome.received_again + len(states)


def reconcile(conn: psycopg.Connection, account: Account, expected: set[tuple[str, bytes]]) -> None:
    """Look for every message in the tables, by its own hash, and add the tables' own counts up."""
    found: Counter[tuple[str, bytes]] = Counter()
    for topic, digest, outcome, is_whole in conn.execute(QUERIES["outcomes"]):
        found[topic, bytes(digest)] += 1
        account.accepted += outcome == "accepted"
        account.refused += outcome == "refused"
        account.unaccounted += not is_whole
    wanted = Counter({(topic[:300], digest): 1 for topic, digest in expected})
    account.unaccounted += (wanted - found).total() + (found - wanted).total()
    states = conn.execute(QUERIES["state_count"]).fetchone()
    assert states is not None
    account.unaccounted += abs(int(states[0]) - account.states)
    account.reasons.update(dict(conn.execute(QUERIES["reasons"]).fetchall()))


def decode_in_process(count: int) -> dict[str, int]:
    """Receipts and envelopes have no table; how many of the damaged ones could still be read. None may raise."""
    receipts = (one.payload for one in mutations([Seed("", payload) for payload in RECEIPTS], count, "receipt"))
    envelopes = (one.payload for one in mutations([Seed("", payload) for payload in ENVELOPES], count, "envelope"))
    return {
        "receipt_v1": sum(decode_receipt(payload) is not None for payload in receipts),
        "envelope": sum(open_envelope(payload) is not None for payload in envelopes),
    }
