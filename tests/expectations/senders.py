"""Lays what gateways sent and told into a database: keys, messages, refusals, states, and the day trees beside them.

Hashes are words in the case files; equal words are equal hashes.
"""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg

from nenghao.domain.periods import day_start

#: The first day of every case, a Monday.
FIRST_ON = date(2026, 8, 3)
TABLES = ("keys", "messages", "refusals", "states", "trees")

Entry = dict[str, Any]


def lay_out(conn: psycopg.Connection, unit_id: int, number: int, told: dict[str, list[Entry]]) -> None:
    """Write a case's senders; a gateway is there once it is named."""
    named = {entry.get("gateway", "g1") for name in TABLES if name != "trees" for entry in told.get(name, [])}
    gateways = {
        code: _one(
            conn,
            "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from) VALUES (%s, %s, 0, '2026-01-01+08')"
            " RETURNING gateway_id",
            [unit_id, code],
        )
        for code in sorted(named)
    }
    for place, entry in enumerate(told.get("keys", [])):
        conn.execute(
            "INSERT INTO gateway_key (gateway_id, key_id, algorithm, public_key, valid_from, registered_by)"
            " VALUES (%s, %s, 'ed25519', %s, %s, 'Li')",
            [gateways[entry.get("gateway", "g1")], f"{place:016x}", bytes(32), _at(entry)],
        )
    for entry in told.get("messages", []):
        _message(conn, gateways, entry, outcome="accepted")
    for place, entry in enumerate(told.get("refusals", [])):
        _refuse(conn, gateways, entry, f"{number}/{place}")
    for entry in told.get("states", []):
        _tell(conn, gateways, entry)
    for place, entry in enumerate(told.get("trees", [])):
        conn.execute(
            "INSERT INTO day_tree (tree_no, day_on, first_batch_id, last_batch_id, first_row_leaf_id, last_row_leaf_id,"
            " batch_count, message_count, row_count, hash_algorithm, root, closed_at, resumed_over_tree_no,"
            " resume_reason) VALUES (%s, %s, 1, 0, 1, 0, 0, 0, 0, 'sha256', %s, now(), %s, %s)",
            [
                100 * number + place,
                FIRST_ON + timedelta(days=entry["day"]),
                _hash(entry["root"]),
                entry.get("resumed_over"),
                "restored" if "resumed_over" in entry else None,
            ],
        )


def _message(conn: psycopg.Connection, gateways: dict[str, int], entry: Entry, *, outcome: str) -> int:
    """A message; without a seq its identity is its hash."""
    seq, previous = entry.get("seq"), entry.get("prev")
    return _one(
        conn,
        "INSERT INTO message (message_id, shard, gateway_id, boot_id, seq, topic, codec, hash_algorithm, hash,"
        " prev_hash, received_at, outcome, reading_count, stored_count, duplicate_count, conflict_count,"
        " revision_count, refused_count, collected_under)"
        " VALUES (nextval('message_id_seq'), 0, %s, %s, %s, %s, 'json_v1', 'sha256', %s, %s, %s, %s,"
        " %s, %s, 0, 0, 0, 0, 'metering') RETURNING message_id",
        [
            gateways[entry.get("gateway", "g1")],
            None if seq is None else _boot(entry),
            seq,
            entry.get("topic", "t"),
            _hash(entry["hash"]),
            None if previous is None else _hash(previous),
            _at(entry),
            outcome,
            entry.get("readings", 0),
            entry.get("readings", 0),
        ],
    )


def _refuse(conn: psycopg.Connection, gateways: dict[str, int], entry: Entry, place: str) -> None:
    for again in range(entry.get("count", 1)):
        named = entry | {"hash": f"{place}/{again}", "topic": place}
        message_id = _message(conn, gateways, named, outcome="refused")
        refusal_id = _one(
            conn,
            "INSERT INTO refusal (message_id, reason_code, detail, refused_at, ordinal, point_code, at)"
            " VALUES (%s, %s, '', %s, %s, %s, %s) RETURNING refusal_id",
            [
                message_id,
                entry["reason"],
                _at(entry),
                # A refusal of one reading names its point and instant; without them the whole message was refused.
                *((0, entry["point"], _at(entry)) if "point" in entry else (None, None, None)),
            ],
        )
        if entry.get("replayed", False):
            conn.execute(
                "INSERT INTO refusal_replay (refusal_id, message_id, outcome, arrived_at, replayed_at)"
                " VALUES (%s, %s, 'accepted', %s, %s)",
                [refusal_id, message_id, _at(entry), _at(entry)],
            )


def _tell(conn: psycopg.Connection, gateways: dict[str, int], entry: Entry) -> None:
    """A heartbeat, as often as `count` says, every five minutes."""
    for again in range(entry.get("count", 1)):
        tree_day = entry.get("tree_day")
        conn.execute(
            "INSERT INTO gateway_state (gateway_id, received_at, online, boot_id, spool_head_seq, spool_head_hash,"
            " head_day, head_root, config_hash, clock_offset_ms, buffered_count)"
            " VALUES (%s, %s, true, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                gateways[entry.get("gateway", "g1")],
                _at(entry) + timedelta(minutes=5 * again),
                _boot(entry),
                entry.get("seq"),
                _hash(entry["hash"]) if "seq" in entry else None,
                None if tree_day is None else FIRST_ON + timedelta(days=tree_day),
                None if tree_day is None else _hash(entry["root"]),
                entry.get("config"),
                entry.get("clock_offset_ms"),
                entry.get("buffered"),
            ],
        )


def _at(entry: Entry) -> datetime:
    return day_start(FIRST_ON + timedelta(days=entry["day"])) + timedelta(hours=entry.get("hour", 0))


def _boot(entry: Entry) -> UUID:
    return UUID(int=entry.get("boot", 1))


def _hash(word: str) -> bytes:
    return sha256(word.encode()).digest()


def _one(conn: psycopg.Connection, query: str, parameters: list[Any]) -> int:
    row = conn.execute(query, parameters).fetchone()
    assert row is not None
    number: int = row[0]
    return number
