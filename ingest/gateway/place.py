"""The place of a gateway in the registers, to which its spool belongs and under which its messages are signed."""

from dataclasses import dataclass

from ingest.gateway.account import GatewayAccount
from ingest.topics import TopicKind, gateway_topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Shard, unit and name of one gateway: the part of its topics that is its own."""

    shard: int
    unit_code: str
    gateway_code: str

    @classmethod
    def of(cls, account: GatewayAccount) -> "Place":
        """Where an account sends to."""
        return cls(shard=account.shard, unit_code=account.unit_code, gateway_code=account.gateway_code)

    def topic(self, kind: TopicKind) -> str:
        """Its own topic of a kind."""
        return gateway_topic(self.shard, self.unit_code, self.gateway_code, kind)

    def __str__(self) -> str:
        return f"{self.unit_code}/{self.gateway_code} in shard {self.shard}"
