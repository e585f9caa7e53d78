"""Releases: what waits to be sealed, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.domain.periods import Month, day_start
from nenghao.domain.restatement import Cause, Reason

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
    #: `not_checked`: its relations did not run yet; `mandatory_broken`: one does not hold and nobody decided on that.
    held_by: str | None
    #: Canonical bytes of what it was computed from, and by which engine; None in balances of before they were kept.
    inputs: bytes | None
    engine_version: str | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseObject:
    """What a release seals and in which month, and what it restates for which reason."""

    kind: str
    month_on: date
    unit_id: int | None = None
    balance_id: int | None = None
    filing_id: int | None = None
    aggregate_code: str | None = None
    #: Inputs that may not lie in the archive.
    inputs: bytes | None = None
    public_from: datetime | None = None
    earlier: EarlierRelease | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRelease:
    """A release of the store, without its bytes."""

    release_id: int
    kind: str
    unit_id: int | None
    aggregate_code: str | None
    month_on: date
    version: int
    archive_name: str
    hash_algorithm: str
    hash: bytes
    sealed_at: datetime
    public_from: datetime | None
    balance_id: int | None
    restates_release_id: int | None
    inputs: bytes | None
    is_newest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRelease:
    """A line of the list of releases."""

    archive_name: str
    kind: str
    owner: str
    month_on: date
    version: int
    sealed_at: datetime
    reason_kind: str | None
    public_from: datetime | None
    recipients: int
    to_tell: int
    is_newest: bool


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
            held_by=row[9],
            inputs=row[10],
            engine_version=row[11],
            earlier=EarlierRelease(release_id=row[12], version=row[13], hash_algorithm=row[14], hash=row[15])
            if row[12] is not None
            else None,
        )
        for row in conn.execute(_QUERIES["unreleased_balances"], columns).fetchall()
    ]


def insert_release(
    conn: Connection, sealed_object: ReleaseObject, release: SealedRelease, sealed_at: datetime
) -> int | None:
    """Store a release and open the notices of whom it restates; its id, None where it has been sealed meanwhile."""
    earlier, reason = sealed_object.earlier, sealed_object.reason
    columns = {
        "kind": sealed_object.kind,
        "unit_id": sealed_object.unit_id,
        "month_on": sealed_object.month_on,
        "version": release.version,
        "balance_id": sealed_object.balance_id,
        "filing_id": sealed_object.filing_id,
        "aggregate_code": sealed_object.aggregate_code,
        "restates_release_id": earlier.release_id if earlier else None,
        "reason_kind": reason.kind if reason else None,
        "reason_references": [f"{cause.kind}: {cause.reference}" for cause in reason.causes] if reason else None,
        "public_from": sealed_object.public_from,
        "inputs": sealed_object.inputs,
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
    if row is None:
        return None
    if earlier is not None:
        conn.execute(_QUERIES["open_notices"], {"release_id": row[0], "opened_at": sealed_at})
    return int(row[0])


def restatement_causes(
    conn: Connection, release_id: int, unit_id: int, month: Month, *, reach: timedelta
) -> list[Cause]:
    """What came in for a unit's month since a release's balance was computed, up to the nearest readings around it."""
    columns = {
        "release_id": release_id,
        "unit_id": unit_id,
        "month_on": month.start_on,
        "end_on": month.end_on,
        "begin_at": day_start(month.start_on),
        "end_at": day_start(month.end_on),
        "reach": reach,
    }
    return [Cause(kind=row[0], reference=row[1]) for row in conn.execute(_QUERIES["restatement_causes"], columns)]


def load_content(conn: Connection, release_id: int) -> bytes:
    """The canonical content of a release.

    Raises: LookupError where there is none.
    """
    row = conn.execute(_QUERIES["release_content"], {"release_id": release_id}).fetchone()
    if row is None:
        raise LookupError(f"no release {release_id}")
    return bytes(row[0])


def archive_names(conn: Connection, now: datetime) -> list[str]:
    """Names of every release's archive that is not embargoed."""
    return [name for (name,) in conn.execute(_QUERIES["archive_names"], {"now": now}).fetchall()]


def load_archive(conn: Connection, archive_name: str) -> tuple[bytes, datetime | None] | None:
    """The bytes of an archive, and from when they may be seen."""
    row = conn.execute(_QUERIES["archive"], {"archive_name": archive_name}).fetchone()
    return (bytes(row[0]), row[1]) if row else None


def find_release(conn: Connection, archive_name: str) -> StoredRelease | None:
    """A release by the name of its archive."""
    row = conn.execute(_QUERIES["found_release"], {"archive_name": archive_name}).fetchone()
    if row is None:
        return None
    return StoredRelease(
        release_id=row[0],
        kind=row[1],
        unit_id=row[2],
        aggregate_code=row[3],
        month_on=row[4],
        version=row[5],
        archive_name=row[6],
        hash_algorithm=row[7],
        hash=row[8],
        sealed_at=row[9],
        public_from=row[10],
        balance_id=row[11],
        restates_release_id=row[12],
        inputs=row[13],
        is_newest=row[14],
    )


def list_releases(
    conn: Connection, *, month_on: date | None, unit_code: str | None, kind: str | None
) -> list[ListedRelease]:
    """Releases, newest months first; of a month, a unit or a kind where one is given."""
    columns = {"month_on": month_on, "unit_code": unit_code, "kind": kind}
    return [
        ListedRelease(
            archive_name=row[0],
            kind=row[1],
            owner=row[2],
            month_on=row[3],
            version=row[4],
            sealed_at=row[5],
            reason_kind=row[6],
            public_from=row[7],
            recipients=row[8],
            to_tell=row[9],
            is_newest=row[10],
        )
        for row in conn.execute(_QUERIES["released"], columns)
    ]
