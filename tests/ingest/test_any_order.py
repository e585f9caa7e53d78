"""Whatever is delivered how often in whatever order, and killed whenever: the tables are those of a pure model."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count
from uuid import uuid4

import hypothesis.strategies as st
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import nenghao.db.ingest
from ingest.pipeline import Arrival, ReadMessage, SizeLimits, read_arrival
from ingest.storing import BatchStore
from nenghao.db.ingest_copy import copy_rows
from nenghao.errors import RetryableError
from tests.ingest.conftest import POINTS, Plant
from tests.ingest.wire import FIRST_AT, message, reading

RECEIVED_AT = FIRST_AT + timedelta(days=30)
SIZES = SizeLimits(message_bytes=262_144, message_readings=2_000)
STEPS = 3
#: The same number in several forms, another number, and what is no number.
FORMS = (("1", "kWh"), ("1.0", "kWh"), ("1000", "Wh"), ("2", "kWh"), ("2,0", "kWh"))
OTHER = ("3", "kWh")

Key = tuple[str, datetime]


@dataclass(frozen=True)
class Written:
    """One reading as a gateway writes it."""

    point: str
    step: int
    form: tuple[str, str]

    @property
    def at(self) -> datetime:
        return FIRST_AT + timedelta(minutes=15 * self.step)

    @property
    def value(self) -> Decimal | None:
        number, unit = self.form
        return None if "," in number else Decimal(number) / (1000 if unit == "Wh" else 1)


@dataclass(frozen=True)
class Sent:
    """One message, byte by byte the same whenever it is delivered."""

    seq: int
    readings: tuple[Written, ...]
    payload: bytes

    @property
    def hash(self) -> bytes:
        return sha256(self.payload).digest()


@dataclass
class Model:
    """What the design says of messages in the order in which they were committed."""

    identities: dict[int, bytes] = field(default_factory=dict)
    messages: dict[tuple[int | None, bytes], tuple[object, ...]] = field(default_factory=dict)
    readings: dict[Key, tuple[Decimal, bytes, int]] = field(default_factory=dict)
    conflicts: set[tuple[object, ...]] = field(default_factory=set)
    refusals: set[tuple[object, ...]] = field(default_factory=set)

    def commit(self, sent: Sent) -> None:
        standing = self.identities.setdefault(sent.seq, sent.hash)
        if standing != sent.hash:
            total = len(sent.readings)
            self.messages[None, sent.hash] = ("refused", total, 0, 0, 0, 0, total)
            self.refusals.add((sent.hash, None, "seq_reused"))
        elif (sent.seq, sent.hash) not in self.messages:
            self.messages[sent.seq, sent.hash] = self._accept(sent)

    def _accept(self, sent: Sent) -> tuple[object, ...]:
        stored = duplicate = conflict = refused = 0
        for ordinal, one in enumerate(sent.readings):
            key, value = (one.point, one.at), one.value
            if value is None:
                refused += 1
                self.refusals.add((sent.hash, ordinal, "value_malformed"))
            elif key not in self.readings:
                stored += 1
                self.readings[key] = (value, sent.hash, ordinal)
            elif self.readings[key][0] == value:
                duplicate += 1
            else:
                conflict += 1
                self.conflicts.add((*key, self.readings[key][0], value, sent.hash, ordinal))
        return ("accepted", len(sent.readings), stored, duplicate, conflict, 0, refused)


#: Few keys, so that messages meet: two points, and the quarter-hours of one example.
contents = st.lists(
    st.builds(Written, st.sampled_from(POINTS[:2]), st.integers(0, STEPS - 1), st.sampled_from(FORMS)),
    min_size=1,
    max_size=4,
)
#: Places in the list of what is written, modulo its length.
places = st.integers(0, 17)
KINDS = st.sampled_from(("again", "other values", "reused seq"))
batches = st.lists(places, min_size=1, max_size=8)
#: Most batches are not killed: a new connection takes long.
KILLS = st.sampled_from((*[0] * 10, 1, 2, 3, 5, 6))


class AnyOrder(RuleBasedStateMachine):
    """One gateway's messages and the collector's store; each example has a boot_id and quarter-hours of its own."""

    def __init__(self, plant: Plant, number: int) -> None:
        super().__init__()
        self.plant = plant
        self.first_step = number * STEPS
        self.boot_id = str(uuid4())
        self.seqs = count()
        self.sent: list[Sent] = []
        self.model = Model()
        self.conn = psycopg.connect(plant.superuser, autocommit=True)
        self.first_id = self.one("SELECT coalesce(max(message_id), 0) FROM message")
        self.store = BatchStore(plant.settings, plant.shard)

    # --- what is written ---

    @initialize(first=st.lists(contents, min_size=4, max_size=6))
    def write_some(self, first: list[list[Written]]) -> None:
        for readings in first:
            self.write(next(self.seqs), readings)

    def write_another(self, earlier: int, kind: str, others: list[Written]) -> None:
        """The same readings under a new seq, other values for the same keys, or other readings under a used seq."""
        one = self.at(earlier)
        if kind == "again":
            self.write(next(self.seqs), one.readings)
        elif kind == "other values":
            self.write(next(self.seqs), [replace(reading, form=OTHER) for reading in one.readings])
        else:
            self.write(one.seq, others)

    # --- what arrives ---

    # One rule does both, because rules that may be left out would leave examples that write and never deliver.
    @rule(earlier=places, kind=KINDS, others=contents, batch=batches, times=st.integers(1, 2), kill_after=KILLS)
    def write_and_deliver(
        self, earlier: int, kind: str, others: list[Written], batch: list[int], times: int, kill_after: int
    ) -> None:
        """In any order, with what came before among it; twice is an acknowledgement lost after the commit.

        The connection ends after so many of the transaction's copies; with fewer copies it does not.
        """
        self.write_another(earlier, kind, others)
        for _ in range(times):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(nenghao.db.ingest, "copy_rows", self.killing(kill_after))
                try:
                    self.opened().store([self.arrived(self.at(place)) for place in batch])
                except RetryableError:
                    return
            for place in batch:
                self.model.commit(self.at(place))

    # --- what has to hold ---

    @invariant()
    def the_tables_are_the_models(self) -> None:
        model = self.model
        assert {(seq, digest): tuple(rest) for seq, digest, *rest in self.rows(
            "SELECT seq, hash, outcome::text, reading_count, stored_count, duplicate_count, conflict_count,"
            " revision_count, refused_count FROM message WHERE message_id > %s"
        )} == model.messages  # fmt: skip
        assert {(point, at): tuple(rest) for point, at, *rest in self.rows(
            "SELECT point_code, at, value, hash, ordinal FROM reading NATURAL JOIN series NATURAL JOIN point"
            " JOIN message USING (message_id) WHERE message_id > %s"
        )} == model.readings  # fmt: skip
        conflicts = self.rows(
            "SELECT point_code, at, standing_value, c.value, hash, ordinal FROM reading_conflict AS c"
            " JOIN series USING (series_id) JOIN point USING (point_id) JOIN message USING (message_id)"
            " WHERE message_id > %s"
        )
        assert sorted(conflicts) == sorted(model.conflicts)
        refusals = self.rows(
            "SELECT hash, ordinal, reason_code FROM refusal JOIN message USING (message_id) WHERE message_id > %s"
        )
        assert (len(refusals), set(refusals)) == (len(model.refusals), model.refusals)

    @invariant()
    def every_message_is_there_once_with_its_bytes(self) -> None:
        assert self.rows(
            "SELECT count(*)::int, count(*) FILTER (WHERE sha256(payload) = hash)::int, coalesce(bool_and(reading_count"
            " = stored_count + duplicate_count + conflict_count + revision_count + refused_count), true)"
            " FROM message LEFT JOIN message_raw USING (message_id) WHERE message_id > %s"
        ) == [(len(self.model.messages), len(self.model.messages), True)]

    def teardown(self) -> None:
        self.store.close()
        self.conn.close()

    # --- inside ---

    def write(self, seq: int, readings: Sequence[Written]) -> None:
        mine = [replace(one, step=self.first_step + one.step % STEPS) for one in readings]
        written = [reading(one.form[0], point=one.point, step=one.step, unit=one.form[1]) for one in mine]
        self.sent.append(Sent(seq, tuple(mine), message(self.boot_id, seq, *written)))

    def at(self, place: int) -> Sent:
        return self.sent[place % len(self.sent)]

    def arrived(self, one: Sent) -> ReadMessage:
        arrival = Arrival(topic=self.plant.topic(), payload=one.payload, received_at=RECEIVED_AT, is_replay=False)
        return read_arrival(arrival, SIZES)

    def opened(self) -> BatchStore:
        """The server may hold the lease of an ended connection for a moment."""
        deadline = time.monotonic() + 10
        while True:
            try:
                self.store.open()
                return self.store
            except RetryableError:
                assert time.monotonic() < deadline
                time.sleep(0.005)

    def killing(self, after: int) -> Callable[..., None]:
        """`copy_rows`, after so many calls of which the server ends the connection."""
        calls = count(1)

        def copy_and_kill(conn: psycopg.Connection, name: str, rows: object) -> None:
            copy_rows(conn, name, rows)
            if next(calls) == after:
                self.conn.execute("SELECT pg_terminate_backend(%s, 5000)", [conn.info.backend_pid])

        return copy_and_kill

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.conn.execute(query, [self.first_id]).fetchall()

    def one(self, query: str) -> int:
        return int(self.conn.execute(query).fetchall()[0][0])


def test_any_order_ends_in_the_tables_of_the_model(plant: Plant) -> None:
    numbers = count()
    run_state_machine_as_test(
        lambda: AnyOrder(plant, next(numbers)),
        settings=settings(
            max_examples=8,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
