"""Releases: what waits to be sealed, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("releases")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRelease:
    """The newest release of the same unit's month."""

    release_id: int
    version: int
    hash_algorithm: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreleasedBalance:
    """A newest balance without a release."""

    balance_id: int
    unit_id: int
    month_on: date
    layout_edition: str
    coefficient_edition: str
    unit_code: str
    unit_name: str
    division_code: str
    industry_code: str
    #: Whether its relations were not checked yet, or a mandatory one does not hold and nobody has decided on that.
    is_held: bool
    earlier: EarlierRelease | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRelease:
    """A release as it is stored and handed out."""

    version: int
    format_version: str
    content: bytes
    hash_algorithm: str
    hash: bytes
    signature_algorithm: str
    signature: bytes
    key_id: str
    archive: bytes
    archive_name: str
    archive_hash: bytes


def unreleased_balances(conn: Connection, balance_ids: Sequence[int] | None) -> list[UnreleasedBalance]:
    """Newest balances without a release: all of them, or those of the given ids."""
    columns = {"balance_ids": None if balance_ids is None else list(balance_ids)}
    return [
        UnreleasedBalance(
            balance_id=row[0],
            unit_id=row[1],
            month_on=row[2],
            layout_edition=row[3],
            coefficient_edition=row[4],
            unit_code=row[5],
            unit_name=row[6],
            division_code=row[7],
            industry_code=row[8],
            is_held=row[9],
            earlier=EarlierRelease(release_id=row[10], version=row[11], hash_algorithm=row[12], hash=row[13])
            if row[10] is not None
            else None,
        )
        for row in conn.execute(_QUERIES["unreleased_balances"], columns).fetchall()
    ]


def insert_release(
    conn: Connection, balance: UnreleasedBalance, release: SealedRelease, sealed_at: datetime
) -> int | None:
    """Store a release; returns its id, None where the balance has been sealed meanwhile."""
    columns = {
        "unit_id": balance.unit_id,
        "month_on": balance.month_on,
        "version": release.version,
        "balance_id": balance.balance_id,
        "restates_release_id": balance.earlier.release_id if balance.earlier else None,
        "format_version": release.format_version,
        "content": release.content,
        "hash_algorithm": release.hash_algorithm,
        "hash": release.hash,
        "signature_algorithm": release.signature_algorithm,
        "signature": release.signature,
        "key_id": release.key_id,
        "archive": release.archive,
        "archive_name": release.archive_name,
        "archive_hash_algorithm": release.hash_algorithm,
        "archive_hash": release.archive_hash,
        "sealed_at": sealed_at,
    }
    row = conn.execute(_QUERIES["insert_release"], columns).fetchone()
    return int(row[0]) if row else None


def archive_names(conn: Connection) -> list[str]:
    """Names of every release's archive."""
    return [name for (name,) in conn.execute(_QUERIES["archive_names"]).fetchall()]


def load_archive(conn: Connection, archive_name: str) -> bytes | None:
    """The bytes of an archive."""
    row = conn.execute(_QUERIES["archive"], {"archive_name": archive_name}).fetchone()
    return bytes(row[0]) if row else None
