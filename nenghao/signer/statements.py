"""What the signer is asked to sign, and the reasons for which it refuses."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from nenghao.domain.canonical import canonical_bytes
from nenghao.errors import SealBroken

SCHEMA: Final = "nenghao/1"
HEADS_TOPIC: Final = "nenghao/v1/heads/"
#: Who asks and who signs stand on synchronised clocks; a minute of queueing is ordinary.
MAX_CLOCK_DIFFERENCE: Final = timedelta(minutes=5)
#: A day's tree is closed once a day; an hour's play lets it be late one day and on time the next (architecture 3).
MIN_BETWEEN_HEADS: Final = timedelta(hours=23)

#: Where a try to file is signed for: never a topic of a broker.
ATTEMPTS_TOPIC: Final = "nenghao/v1/attempts/"

_ATTEMPT = re.compile(r"nenghao/v1/attempts/([0-9A-Z]{18})")
_DOWNWARD = re.compile(r"nenghao/v1/[0-9]{1,4}/[0-9A-Z]{18}/[A-Za-z0-9_-]{1,32}/(receipts|config)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """日根: the root of one day's tree, chained to the one before."""

    tree_no: int
    day_on: date
    root: bytes
    previous_root: bytes | None
    #: Where its range ends in the store; it begins after the tree before.
    last_batch_id: int
    last_row_leaf_id: int
    batch_count: int
    message_count: int
    row_count: int
    hash_algorithm: str
    closed_at: datetime
    #: Number of the last signed tree that a declared restore lost; this head stands in its place.
    resumed_over_tree_no: int | None

    @property
    def topic(self) -> str:
        """Where it is published."""
        return f"{HEADS_TOPIC}{self.day_on}"

    def body(self) -> bytes:
        """The canonical bytes that are signed."""
        return canonical_bytes(
            {
                "schema": SCHEMA,
                "kind": "head",
                "tree_no": self.tree_no,
                "day": str(self.day_on),
                "root": self.root.hex(),
                "previous_root": None if self.previous_root is None else self.previous_root.hex(),
                "last_batch_id": self.last_batch_id,
                "last_row_leaf_id": self.last_row_leaf_id,
                "batch_count": self.batch_count,
                "message_count": self.message_count,
                "row_count": self.row_count,
                "hash_algorithm": self.hash_algorithm,
                "closed_at": self.closed_at.isoformat(),
                "resumed_over_tree_no": self.resumed_over_tree_no,
            }
        )


def read_head(body: bytes) -> Head:
    """Read a head from the bytes that are signed.

    Raises: SealBroken where they are no head in canonical form.
    """
    try:
        fields: dict[str, Any] = json.loads(body)
        previous = fields["previous_root"]
        head = Head(
            tree_no=int(fields["tree_no"]),
            day_on=date.fromisoformat(fields["day"]),
            root=bytes.fromhex(fields["root"]),
            previous_root=None if previous is None else bytes.fromhex(previous),
            last_batch_id=int(fields["last_batch_id"]),
            last_row_leaf_id=int(fields["last_row_leaf_id"]),
            batch_count=int(fields["batch_count"]),
            message_count=int(fields["message_count"]),
            row_count=int(fields["row_count"]),
            hash_algorithm=str(fields["hash_algorithm"]),
            closed_at=datetime.fromisoformat(fields["closed_at"]),
            resumed_over_tree_no=fields["resumed_over_tree_no"],
        )
        is_canonical = head.closed_at.tzinfo is not None and head.body() == body
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise SealBroken("these bytes are no head of a day's tree") from error
    if not is_canonical:
        raise SealBroken("these bytes are no canonical head of a day's tree")
    return head


def refuse_head(head: Head, last: Head | None, now: datetime) -> str | None:
    """Why a head may not be signed after the last one that was; None where it may."""
    if abs(now - head.closed_at) > MAX_CLOCK_DIFFERENCE:
        return f"closed at {head.closed_at.isoformat()}, which is not now"
    if last is None:
        is_first = head.tree_no == 1 and head.previous_root is None and head.resumed_over_tree_no is None
        return None if is_first else "the first head has number 1 and names none before it"
    if head.tree_no != last.tree_no + 1:
        return f"head {last.tree_no} of {last.day_on} was signed last, so {head.tree_no} is not the next"
    if head.previous_root != last.root:
        return f"it does not name the root of head {last.tree_no}: the store is not the one that was signed"
    if head.resumed_over_tree_no not in (None, last.tree_no):
        return f"it resumes over head {head.resumed_over_tree_no}, but {last.tree_no} was signed last"
    if head.day_on <= last.day_on:
        return f"{head.day_on} is not after {last.day_on}, which is signed"
    if head.closed_at - last.closed_at < MIN_BETWEEN_HEADS:
        return f"head {last.tree_no} is of {last.closed_at.isoformat()}: less than 23 hours ago"
    return None


def refuse_downward(topic: str, body: bytes, now: datetime) -> str | None:
    """Why a message to a gateway may not be signed; None where it may."""
    if _DOWNWARD.fullmatch(topic) is None:
        return "not a topic of receipts or configuration"
    try:
        fields = json.loads(body)
        sent_at = datetime.fromisoformat(fields["sent_at"])
        is_ours = fields["schema"] == SCHEMA and fields["topic"] == topic
        is_now = abs(now - sent_at) <= MAX_CLOCK_DIFFERENCE
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
        return "not a message of this schema with its topic and the time of sending"
    if not is_ours:
        return "it names another schema or another topic"
    return None if is_now else f"sent at {sent_at.isoformat()}, which is not now"


def attempt_topic(unit_code: str) -> str:
    """Under which topic a unit's tries to file are signed."""
    return f"{ATTEMPTS_TOPIC}{unit_code}"


def attempt_body(unit_code: str, month: str, hash_algorithm: str, file_hash: bytes, sent_at: datetime) -> bytes:
    """What a receipt of a try to file says: whose, of which month, which file, and when."""
    return canonical_bytes(
        {
            "schema": SCHEMA,
            "kind": "filing_attempt",
            "topic": attempt_topic(unit_code),
            "unit": unit_code,
            "month": month,
            "file_hash_algorithm": hash_algorithm,
            "file_hash": file_hash.hex(),
            "sent_at": sent_at.isoformat(),
        }
    )


def refuse_attempt(topic: str, body: bytes, now: datetime) -> str | None:
    """Why a receipt of a try to file may not be signed; None where it may."""
    named = _ATTEMPT.fullmatch(topic)
    try:
        fields = json.loads(body)
        sent_at = datetime.fromisoformat(fields["sent_at"])
        again = attempt_body(
            fields["unit"], fields["month"], fields["file_hash_algorithm"], bytes.fromhex(fields["file_hash"]), sent_at
        )
        is_ours = named is not None and named[1] == fields["unit"] and again == body
        is_now = abs(now - sent_at) <= MAX_CLOCK_DIFFERENCE
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return "not the receipt of a try to file"
    if not is_ours:
        return "it names another unit, or is not in canonical form"
    return None if is_now else f"tried at {sent_at.isoformat()}, which is not now"
