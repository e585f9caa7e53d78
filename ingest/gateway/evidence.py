"""What the platform has said, kept in the spool's file byte by byte: receipts, refusals, heads, requests, new keys."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from ingest.gateway.spool_file import SpoolFile


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReceipt:
    """A receipt as it came."""

    number: int
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHead:
    """The root that the platform published for a day; a second one for the same day contradicts the first."""

    day: str
    root: str
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRefusal:
    """A message (ordinal None) or reading that the platform has refused, with the code of the reason."""

    seq: int
    ordinal: int | None
    reason: str


class Evidence:
    """The keepsakes of one spool; nothing is ever removed from them."""

    def __init__(self, file: SpoolFile) -> None:
        self._file: Final = file

    def keep_receipt(self, topic: str, payload: bytes) -> bool:
        """Keep a receipt; False where it is kept already."""
        return self._keep("receipt", topic, payload)

    def keep_request(self, topic: str, payload: bytes) -> None:
        """Keep a request of the platform that was followed."""
        self._keep("request", topic, payload)

    def has_request(self, payload: bytes) -> bool:
        """Whether a request is kept, and so was followed."""
        return bool(self._file.execute("SELECT 1 FROM request WHERE hash = ?", [sha256(payload).digest()]))

    def keep_rotation(self, topic: str, payload: bytes) -> None:
        """Keep the statement by which the platform took a new key."""
        self._keep("rotation", topic, payload)

    def rotations(self) -> list[bytes]:
        """Every kept rotation."""
        return [payload for (payload,) in self._file.execute("SELECT payload FROM rotation")]

    def keep_refusals(self, refusals: Iterable[KeptRefusal]) -> list[KeptRefusal]:
        """Keep refusals; returns those that are new."""
        now = _now()
        with self._file.transaction():
            return [
                refusal
                for refusal in refusals
                if self._file.execute(
                    "INSERT INTO refusal (seq, ordinal, reason, received_at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING RETURNING seq",
                    [refusal.seq, refusal.ordinal, refusal.reason, now],
                )
            ]

    def keep_head(self, head: KeptHead) -> list[str]:
        """Keep the head of a day; returns the other roots that are kept for it, which should be none."""
        with self._file.transaction():
            self._file.execute(
                "INSERT INTO head (day, root, topic, payload, received_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                [head.day, head.root, head.topic, head.payload, _now()],
            )
            others = self._file.execute(
                "SELECT root FROM head WHERE day = ? AND topic = ? AND root <> ? ORDER BY head_id",
                [head.day, head.topic, head.root],
            )
        return [root for (root,) in others]

    def newest_head(self) -> KeptHead | None:
        """The head of the newest day, the one that came first where two contradict each other."""
        return next(iter(self._heads("ORDER BY day DESC, head_id LIMIT 1")), None)

    def heads(self) -> list[KeptHead]:
        """Every head, by day and then as they came."""
        return self._heads("ORDER BY day, head_id")

    def receipts(self) -> list[KeptReceipt]:
        """Every receipt, as they came."""
        rows = self._file.execute("SELECT receipt_id, topic, payload FROM receipt ORDER BY receipt_id")
        return [KeptReceipt(number=number, topic=topic, payload=payload) for number, topic, payload in rows]

    def refusals(self) -> list[KeptRefusal]:
        """Every refusal, by seq and ordinal."""
        rows = self._file.execute("SELECT seq, ordinal, reason FROM refusal ORDER BY seq, ordinal, reason")
        return [KeptRefusal(seq=seq, ordinal=ordinal, reason=reason) for seq, ordinal, reason in rows]

    def refusal_counts(self) -> Counter[str]:
        """How often each reason was named."""
        return Counter(dict(self._file.execute("SELECT reason, count(*) FROM refusal GROUP BY reason ORDER BY reason")))

    def _heads(self, order: str) -> list[KeptHead]:
        rows = self._file.execute(f"SELECT day, root, topic, payload FROM head {order}")  # noqa: S608 - words of ours
        return [KeptHead(day=day, root=root, topic=topic, payload=payload) for day, root, topic, payload in rows]

    def _keep(self, table: str, topic: str, payload: bytes) -> bool:
        rows = self._file.execute(
            f"INSERT INTO {table} (hash, topic, payload, received_at) VALUES (?, ?, ?, ?)"  # noqa: S608 - as above
            " ON CONFLICT DO NOTHING RETURNING 1",
            [sha256(payload).digest(), topic, payload, _now()],
        )
        return bool(rows)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
