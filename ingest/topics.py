"""The topic grammar of `nenghao/v1` (docs/ingest-protocol.md)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from nenghao.domain.acceptance import Reason, Refused

ROOT: Final = "nenghao/v1"
_TOPIC = re.compile(
    r"nenghao/v1/(?P<shard>0|[1-9][0-9]{0,3})/(?P<unit>[0-9A-HJ-NPQRTUWXY]{18})/(?P<gateway>[A-Za-z0-9_-]{1,32})"
    r"/(?P<kind>readings|backfill|state)"
)


class TopicKind(StrEnum):
    """Last level of a topic: the first three go up, the other two down."""

    READINGS = "readings"
    BACKFILL = "backfill"
    STATE = "state"
    RECEIPTS = "receipts"
    CONFIG = "config"


UPWARD: Final = (TopicKind.READINGS, TopicKind.BACKFILL, TopicKind.STATE)
DOWNWARD: Final = (TopicKind.RECEIPTS, TopicKind.CONFIG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """An upward topic, taken apart."""

    shard: int
    unit_code: str
    gateway_code: str
    kind: TopicKind


#: A province has some thousands of gateways with two or three topics each.
TOPICS_KEPT: Final = 16_384


@lru_cache(maxsize=TOPICS_KEPT)
def parse_topic(text: str) -> Topic | Refused:
    """Take an upward topic apart."""
    match = _TOPIC.fullmatch(text)
    if match is None:
        return Refused(reason=Reason.TOPIC_MALFORMED, detail="not nenghao/v1/{shard}/{unit}/{gateway}/{kind}")
    return Topic(
        shard=int(match["shard"]),
        unit_code=match["unit"],
        gateway_code=match["gateway"],
        kind=TopicKind(match["kind"]),
    )


def gateway_topic(shard: int, unit_code: str, gateway_code: str, kind: TopicKind) -> str:
    """The topic of one gateway for one kind of message."""
    return f"{ROOT}/{shard}/{unit_code}/{gateway_code}/{kind}"


def shard_filters(shard: int) -> tuple[str, ...]:
    """What the collector of a shard subscribes to."""
    return tuple(f"{ROOT}/{shard}/+/+/{kind}" for kind in UPWARD)
