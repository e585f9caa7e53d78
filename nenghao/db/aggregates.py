"""What an aggregate is summed from: sealed balances of a month, the members of a panel, and other aggregates."""

from dataclasses import dataclass
from datetime import date

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.releases import EarlierRelease

_QUERIES = load_queries("releases")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedContent:
    """The content of a sealed balance."""

    content: bytes
    hash: bytes
    version: int
    reason_kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAggregate:
    """An aggregate of a month, with the inputs that lie in no archive."""

    aggregate_code: str
    archive_name: str
    release: EarlierRelease
    content: bytes
    inputs: bytes


def newest_contents(conn: Connection, month_on: date, region_prefix: str) -> list[SealedContent]:
    """The newest releases of monitored balances of a month in a region."""
    columns = {"month_on": month_on, "region_prefix": region_prefix}
    return [
        SealedContent(content=bytes(row[0]), hash=bytes(row[1]), version=row[2], reason_kind=row[3])
        for row in conn.execute(_QUERIES["newest_contents"], columns)
    ]


def panel_units(
    conn: Connection, *, month_on: date, region_prefix: str, sector_code: str | None, panel_code: str | None
) -> list[str]:
    """Codes of the units that belong to a panel in a month; of all that are registered, without a panel."""
    columns = {
        "month_on": month_on,
        "region_prefix": region_prefix,
        "sector_code": sector_code,
        "panel_code": panel_code,
    }
    return [code for (code,) in conn.execute(_QUERIES["panel_units"], columns)]


def aggregates_of_month(conn: Connection, month_on: date) -> list[SealedAggregate]:
    """Every version of every aggregate of a month."""
    return [
        SealedAggregate(
            aggregate_code=row[0],
            archive_name=row[1],
            release=EarlierRelease(release_id=row[2], version=row[3], hash_algorithm=row[4], hash=bytes(row[5])),
            content=bytes(row[6]),
            inputs=bytes(row[7]),
        )
        for row in conn.execute(_QUERIES["aggregates_of_month"], {"month_on": month_on})
    ]
