"""What an archived month holds: relations, and the columns of which leaves are made (docs/day-tree.md)."""

from collections.abc import Mapping
from typing import Final, Literal

#: `decimal` is text with the digits that are stored, because a leaf tells 1.50 from 1.5 and a binary float neither.
ColumnType = Literal["integer", "text", "instant", "bytes", "decimal", "uuid"]
Columns = Mapping[str, ColumnType]

#: Hypertables, whose chunks are dropped when their files are checked.
DROPPED: Final = ("message_raw", "reading")

_PLACE: Final[Columns] = {"message_id": "integer", "ordinal": "integer"}
COLUMNS: Final[Mapping[str, Columns]] = {
    "reading": {
        **_PLACE,
        "series_id": "integer",
        "at": "instant",
        "value": "decimal",
        "source": "text",
        "assurance": "text",
    },
    "message_raw": {"message_id": "integer", "received_at": "instant", "payload": "bytes"},
    "message": {
        "message_id": "integer",
        "shard": "integer",
        "gateway_id": "integer",
        "boot_id": "uuid",
        "seq": "integer",
        "msg_id": "text",
        "topic": "text",
        "codec": "text",
        "hash_algorithm": "text",
        "hash": "bytes",
        "sent_at": "instant",
        "received_at": "instant",
        "outcome": "text",
        "reading_count": "integer",
        "stored_count": "integer",
        "duplicate_count": "integer",
        "conflict_count": "integer",
        "revision_count": "integer",
        "refused_count": "integer",
        "collected_under": "text",
        "assurance": "text",
        "prev_hash": "bytes",
        "leaf": "bytes",
    },
    "refusal": {
        **_PLACE,
        "reason_code": "text",
        "detail": "text",
        "point_code": "text",
        "at": "instant",
        "value_text": "text",
        "refused_at": "instant",
    },
    "reading_conflict": {
        **_PLACE,
        "series_id": "integer",
        "at": "instant",
        "standing_value": "decimal",
        "value": "decimal",
        "recorded_at": "instant",
        "assurance": "text",
    },
    "reading_revision": {
        **_PLACE,
        "series_id": "integer",
        "at": "instant",
        "earlier_value": "decimal",
        "value": "decimal",
        "reason": "text",
        "standing": "text",
        "recorded_at": "instant",
        "assurance": "text",
    },
}
#: The queries of sql/queries/store_rows.sql that stream them, for messages in a range of ids.
QUERY_OF: Final[Mapping[str, str]] = {
    "message": "messages",
    "refusal": "refusals",
    "reading_conflict": "conflicts",
    "reading_revision": "revisions",
}


class MessagePlace:
    """Places of columns in a row of `message`."""

    SHARD: Final = list(COLUMNS["message"]).index("shard")
    HASH: Final = list(COLUMNS["message"]).index("hash")
    RECEIVED_AT: Final = list(COLUMNS["message"]).index("received_at")
    STORED_COUNT: Final = list(COLUMNS["message"]).index("stored_count")
