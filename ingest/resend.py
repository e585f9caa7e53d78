"""Asks gateways to send again what the store does not have: after a restore, or where something never arrived."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ingest.codecs.config_v1 import encode_resend
from ingest.topics import TopicKind, gateway_topic
from nenghao.config import Role, Settings
from nenghao.db import resends as db
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import driver_errors
from nenghao.db.resends import NewestHeads
from nenghao.domain.resend import Missing, SpoolState, find_missing

#: Keeps a request well below what a gateway takes in.
RANGES_PER_REQUEST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A gateway that misses something, and what was done about it."""

    spool: SpoolState
    missing: Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendOutcome:
    """What a round found."""

    spool_count: int
    asked: tuple[Asked, ...]
    heads: NewestHeads


def ask_again(
    settings: Settings, unit_code: str | None, gateway_code: str | None, *, now: datetime, is_dry_run: bool
) -> ResendOutcome:
    """Look at every spool in use and ask for what is missing of it; nothing within an hour of the last request.

    Raises: RetryableError where the database fails.
    """
    with driver_errors(), connect(settings, Role.JOBS, autocommit=True) as conn:
        spools = db.spools(conn, unit_code, gateway_code)
        found = tuple(_find(conn, spools, now))
        if not is_dry_run:
            for one in found:
                _ask(conn, one, now)
        return ResendOutcome(spool_count=len(spools), asked=found, heads=db.newest_heads(conn))


def _find(conn: Connection, spools: list[SpoolState], now: datetime) -> Iterator[Asked]:
    for spool in spools:
        missing = find_missing(spool, db.stored_runs(conn, spool), db.requests(conn, spool), now)
        if missing.ask or missing.given_up:
            yield Asked(spool=spool, missing=missing)


def _ask(conn: Connection, one: Asked, now: datetime) -> None:
    spool, ranges = one.spool, one.missing.ask
    topic = gateway_topic(spool.shard, spool.unit_code, spool.gateway_code, TopicKind.CONFIG)
    for first in range(0, len(ranges), RANGES_PER_REQUEST):
        part = list(ranges[first : first + RANGES_PER_REQUEST])
        db.request_again(conn, spool, part, topic, encode_resend(spool.boot_id, part, now), now)
