"""The limits of `bench ingest`: paho draining a session and doing nothing else; stage and statement, or COPY, alone."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bench._ingest_load import POINTS, QUERIES, UNITS, Load
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.ingest import prepare_stages
from nenghao.db.ingest_copy import copy_rows
from nenghao.db.queries import load_queries

BATCH = 5_000


class Drain:
    """A client with a persistent session that acknowledges at once."""

    def __init__(self, settings: Settings, client_id: str) -> None:
        self.count, self.first_s, self.last_s, self._is_subscribed = 0, 0.0, 0.0, False
        self._settings = settings
        self.client = Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
        )
        self.client.username_pw_set(settings.broker_user, settings.secret("broker_collector"))
        self.client.on_connect = lambda client, *_: client.subscribe("nenghao/v1/9/#", qos=1)
        self.client.on_subscribe = self._subscribed
        self.client.on_message = self._arrived
        self._connect(0xFFFFFFFF)

    def subscribe(self) -> None:
        """Make the session and leave it."""
        self.loop_until(lambda: self._is_subscribed)
        self.client.disconnect()

    def forget(self) -> None:
        """End the session, so that the broker keeps nothing for it any more."""
        self.client.disconnect()
        self.client.on_connect = None
        self._connect(0, clean_start=True)
        self.client.loop(0.2)
        self.client.disconnect()

    def loop_until(self, is_done: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + 120
        while not is_done() and time.monotonic() < deadline_s:
            self.client.loop(0.1)

    def _connect(self, expiry_s: int, *, clean_start: bool = False) -> None:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no type here
        properties.SessionExpiryInterval = expiry_s
        host, port = self._settings.broker_host, self._settings.broker_port
        self.client.connect(host, port, clean_start=clean_start, properties=properties)

    def _subscribed(self, *_: object) -> None:
        self._is_subscribed = True

    def _arrived(self, client: Client, _userdata: object, message: Any) -> None:
        self.count += 1
        self.last_s = time.monotonic()
        self.first_s = self.first_s or self.last_s
        client.ack(message.mid, 1)


def insert_rows(settings: Settings, load: Load, rows: int, *, is_staged: bool) -> float:
    """Rows a second by the collector's own stage and statement, or by COPY straight into the table."""
    queries = load_queries("ingest")
    prepared: list[tuple[object, ...]] = []
    while len(prepared) < rows:
        at = load.now()
        load.slot += 1
        prepared += [(number, at, Decimal("1.25"), 0, 0, "l", "p") for number in range(1, UNITS * POINTS + 1)]
    prepared = prepared[:rows]
    with connect(settings, Role.COLLECTOR, autocommit=True) as conn:
        prepare_stages(conn)
        began_s = time.monotonic()
        for start in range(0, rows, BATCH):
            with conn.transaction():
                if is_staged:
                    copy_rows(conn, "copy_readings", prepared[start : start + BATCH])
                    conn.execute(queries["store_readings"])
                else:
                    with conn.cursor().copy(QUERIES["copy"]) as copy:
                        copy.set_types(["int4", "timestamptz", "numeric", "int8", "int2", "bytea"])
                        for row in prepared[start : start + BATCH]:
                            copy.write_row((*row[:5], b"l"))
        return rows / (time.monotonic() - began_s)
