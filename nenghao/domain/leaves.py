r"""What the leaves of a day tree say: the lines that are hashed, the same from memory as from the database.

A leaf is text in UTF-8: fields between tabs, lines between line ends. Nothing is `-`; texts that people or gateways
wrote are JSON strings, so that neither tab nor line end can stand in them; instants are whole microseconds since 1970
in UTC; hashes are hexadecimal; decimals are plain, with the digits that are stored. docs/day-tree.md describes them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any, Final
from uuid import UUID

from nenghao.domain.merkle import leaf_hash

#: First line of a message's leaf; another meaning is another number.
FORMAT: Final = "nenghao leaf 1"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def message_leaf(
    message: Sequence[object],
    readings: Iterable[Sequence[object]],
    refusals: Iterable[Sequence[object]],
    conflicts: Iterable[Sequence[object]],
    revisions: Iterable[Sequence[object]],
) -> bytes:
    """The leaf of a message: its row and all that became of it, each row in the order of its columns.

    Rows of each kind are in the order of their ordinals; their message_id is left out, since the first line has it.
    """
    lines = [FORMAT, _line("m", message)]
    lines += [_line("r", row) for row in readings]
    lines += [_line("x", row) for row in refusals]
    lines += [_line("c", row) for row in conflicts]
    lines += [_line("v", row) for row in revisions]
    return "\n".join(lines).encode()


def batch_leaf(
    *,
    shard: int,
    batch_no: int,
    first_message_id: int,
    last_message_id: int,
    message_count: int,
    root: bytes,
    previous_link: bytes | None,
) -> bytes:
    """The leaf of a batch: the root over its messages, chained to the batch before it in its shard."""
    return _line(
        "batch", (shard, batch_no, first_message_id, last_message_id, message_count, root, previous_link)
    ).encode()


def row_leaf(*, row_leaf_id: int, table_name: str, row_key: str, content_hash: bytes) -> bytes:
    """The leaf of a row of a register or of another table that is only appended to."""
    return _line("row", (row_leaf_id, table_name, row_key, content_hash)).encode()


def batch_link(content: bytes) -> bytes:
    """The hash by which the next batch of the shard names this one: that of its leaf."""
    return leaf_hash(content)


def _line(kind: str, fields: Iterable[object]) -> str:
    forms = _FORMS
    return kind + "\t" + "\t".join([forms[type(field)](field) for field in fields])


def _microseconds(instant: datetime) -> str:
    return int.__repr__((instant - _EPOCH) // _MICROSECOND)


def _plain(value: Decimal) -> str:
    """As the database keeps it: without exponent, and zero without a sign."""
    return f"{value:f}" if value else f"{value.copy_abs():f}"


_FORMS: Final[Mapping[type, Callable[[Any], str]]] = {
    type(None): {None: "-"}.__getitem__,
    int: int.__repr__,
    str: encode_basestring_ascii,
    bytes: bytes.hex,
    UUID: str,
    datetime: _microseconds,
    Decimal: _plain,
}
