"""What the gateways of `bench ingest` and `bench soak` send: registers, rows that lie there before, and messages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from nenghao.config import Role, Settings
from nenghao.crypto import ED25519, SigningKey, load_signing_key, new_signing_key
from nenghao.db.connection import Connection, connect
from nenghao.db.gateway_keys import add_gateway_key, find_gateway
from nenghao.db.queries import parse_queries
from nenghao.domain.periods import SHANGHAI
from nenghao.domain.unit_code import check_character
from nenghao.envelope import enclose

UNITS = 1_200
POINTS = 80
FIRST_AT = datetime.now(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=8)
QUARTER = timedelta(minutes=15)
QUERIES = parse_queries(Path(__file__).parent / "ingest_registers.sql")
#: Connections that fill the table, each with its share of the series.
LOADERS = 2
#: Published before the broker's answers are waited for.
PUBLISH_WINDOW = 4_000


class Load:
    """Time goes on by a quarter-hour with each cycle, so that no reading is ever sent twice."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.slot = 0
        self.boot_id = str(uuid4())
        self.seq = 0
        self.units: list[tuple[str, int, list[int]]] = []
        self._encoder = msgspec.json.Encoder()
        self._keys: dict[str, SigningKey] = {}

    def register(self) -> None:
        """Units, two gateways each, 80 points with an interval series each."""
        fronts = [f"91150200{number:09d}" for number in range(1, UNITS + 1)]
        codes = [front + check_character(front) for front in fronts]
        with connect(self.settings, Role.CONSOLE) as conn:
            conn.execute(QUERIES["register"], {"codes": codes, "first_at": FIRST_AT, "points": POINTS})
            self._register_keys(conn, codes)
        with connect(self.settings, Role.VERIFIER) as conn:
            self.units = list(conn.execute(QUERIES["addresses"]))

    def _register_keys(self, conn: Connection, codes: list[str]) -> None:
        """A key for each gateway g3, which has to sign from then on."""
        for code in codes:
            key = load_signing_key(new_signing_key())
            gateway_id = find_gateway(conn, code, "g3")
            assert gateway_id is not None
            add_gateway_key(
                conn, gateway_id=gateway_id, key_id=key.key_id, algorithm=ED25519, public_key=key.public_bytes,
                valid_from=FIRST_AT, registered_by="bench",
            )  # fmt: skip
            self._keys[code] = key

    def preload(self, rows: int) -> int:
        """Fill the table in order of arrival, every series each quarter-hour; returns how many rows there are."""
        slots = -(-rows // (UNITS * POINTS))
        with ThreadPoolExecutor(LOADERS) as pool:
            list(pool.map(lambda part: self._preload_part(slots, part), range(LOADERS)))
        self.slot = slots
        return slots * UNITS * POINTS

    def _preload_part(self, slots: int, part: int) -> None:
        with connect(self.settings, Role.COLLECTOR, autocommit=True) as conn:
            conn.execute("SET synchronous_commit = off")
            for slot in range(slots):
                parameters = {"at": FIRST_AT + slot * QUARTER, "part": part, "parts": LOADERS}
                conn.execute(QUERIES["preload"], parameters)

    def now(self) -> datetime:
        return FIRST_AT + self.slot * QUARTER

    def publisher(self) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        client.username_pw_set(self.settings.broker_user, self.settings.secret("broker_collector"))
        client.max_inflight_messages_set(2_000)
        client.connect(self.settings.broker_host, self.settings.broker_port)
        client.loop_start()
        return client

    def publish(self, messages: int, size: int, gateway: str, shard: int | None = None) -> None:
        """Publish messages of all gateways with QoS 1; return when the broker has taken them all."""
        client = self.publisher()
        info: MQTTMessageInfo | None = None
        for number in range(messages):
            unit = number % UNITS
            if number and number % (UNITS * (POINTS // size)) == 0:
                self.slot += 1
            topic, payload = self.message(unit, number // UNITS % (POINTS // size), size, gateway, shard)
            info = client.publish(topic, payload, qos=1)
            if number % PUBLISH_WINDOW == PUBLISH_WINDOW - 1:
                info.wait_for_publish(60)
        if info is not None:
            info.wait_for_publish(60)
        self.slot += 1
        client.disconnect()
        client.loop_stop()

    def message(self, unit: int, part: int, size: int, gateway: str, shard: int | None = None) -> tuple[str, bytes]:
        """Topic and payload of one message; `series` and the fields beside `readings` are for peers, which see no more.

        Our codec passes over what it does not know, as the contract says.
        """
        code, own_shard, series = self.units[unit]
        at = self.now().isoformat()
        readings = [
            {"point": f"p{point + 1}", "quantity": "active_energy", "kind": "interval", "period": "15min", "at": at,
             "value": "1.25", "unit": "kWh", "series": series[point]}
            for point in range(part * size, part * size + size)
        ]  # fmt: skip
        body = {"schema": "nenghao/1", "boot_id": self.boot_id, "seq": self.seq, "sent_at": at, "readings": readings}
        if size == 1:
            body |= {"series": series[part], "at": at, "value": "1.25"}
        self.seq += 1
        in_shard = shard if shard is not None else own_shard if gateway == "g2" else 0
        topic, payload = f"nenghao/v1/{in_shard}/{code}/{gateway}/backfill", self._encoder.encode(body)
        return topic, enclose(self._keys[code], topic, payload) if gateway == "g3" else payload
