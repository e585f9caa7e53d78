"""A gateway with good credentials that tries to hear, to forge and to take over what is others'."""

import json
import time
from datetime import datetime
from uuid import uuid4

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench._load import reading
from ingest.connection import tls_context
from ingest.gateway import GatewayAccount
from ingest.topics import TopicKind
from nenghao.domain.periods import SHANGHAI


class Intruder:
    """One intruder. What it hears outside of its own topics, and outside of what all may read, is counted."""

    def __init__(self, account: GatewayAccount, victims: list[GatewayAccount], version: MQTTProtocolVersion) -> None:
        self._account, self._victims, self._version = account, victims, version
        self.heard = self.forged = 0
        #: Under its own name, under each victim's, and under a name like the collector's.
        names = [account.name, *(victim.name for victim in victims), f"nenghao-collector-{victims[0].shard}"]
        self._clients = [self._client(name) for name in names]

    def open(self) -> None:
        for client in self._clients:
            client.connect(self._account.host, self._account.port)
            client.loop_start()
            time.sleep(0.3)

    def forge(self) -> None:
        """A message that would be taken if the broker let it through: of a victim, under the victim's topic."""
        sent_at = datetime.now(SHANGHAI).isoformat()
        for client in self._clients:
            for victim in self._victims:
                body = {"schema": "nenghao/1", "boot_id": str(uuid4()), "seq": 0, "sent_at": sent_at,
                        "readings": [reading(1, 8000 + self.forged, "666")]}  # fmt: skip
                client.publish(victim.topic(TopicKind.READINGS), json.dumps(body), qos=1)
                client.publish(victim.topic(TopicKind.RECEIPTS), b"{}", qos=1)
                self.forged += 1

    def close(self) -> None:
        for client in self._clients:
            client.disconnect()
            client.loop_stop()

    def _client(self, name: str) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=self._version)
        client.username_pw_set(self._account.name, self._account.password)
        if self._account.ca_pem is not None:
            client.tls_set_context(tls_context(self._account.ca_pem))
        client.on_connect = lambda one, *_: one.subscribe([(text, 1) for text in self._filters()])
        client.on_message = self._arrived
        return client

    def _filters(self) -> list[str]:
        shard = self._victims[0].shard
        share = [f"$share/{group}/nenghao/v1/{shard}/+/+/readings" for group in ("thieves", "nenghao")]
        kinds = [victim.topic(kind) for victim in self._victims for kind in TopicKind]
        return ["#", "$share/thieves/#", "$SYS/#", "nenghao/v1/#", "+/+/+/+/+/+", *share, *kinds]

    def _arrived(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        own = self._account.topic(TopicKind.READINGS).rpartition("/")[0] + "/"
        self.heard += not message.topic.startswith((own, "nenghao/v1/heads/"))
