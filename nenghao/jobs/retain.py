"""Archives months that are old enough, and drops chunks that nothing holds any more.

Before: sealed releases and closed trees. After: `nenghao verify store`, which reads the archive where a chunk is gone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from nenghao.archive.writing import UNFINISHED, archive_month
from nenghao.db import archive as db
from nenghao.db.archive import Chunk
from nenghao.db.connection import Connection
from nenghao.domain.periods import Month
from nenghao.errors import DataRefused

#: Where looking for chunks begins: before any that there can be.
_BEGINNING: Final = datetime(1992, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Retained:
    """What became of the chunks that are old enough: dropped, or kept, and then for which reasons (codes, counted)."""

    dropped: tuple[Chunk, ...]
    kept: Mapping[Chunk, tuple[tuple[str, str], ...]]

    def reasons(self) -> Counter[str]:
        """How many chunks each reason keeps."""
        return Counter(code for found in self.kept.values() for code in {code for code, _ in found})


def archive_due_months(
    conn: Connection,
    archive_dir: Path,
    signing_key: str,
    now: datetime,
    *,
    after: timedelta,
    keep: Mapping[str, timedelta],
) -> list[Month]:
    """Archive every month whose chunks all ended `after` ago and that no archive has.

    A month that is not closed or not sealed yet waits for the next run. One whose chunks could be dropped, were it not
    for rows that came after it was checked, is archived again.
    """
    with conn.transaction():
        chunks = db.find_chunks(conn, _BEGINNING, now)
        archived = {one.month_on for one in db.archives(conn)}
    months = sorted({_month_of(chunk) for chunk in chunks})
    done = []
    for month in months:
        of_month = [chunk for chunk in chunks if _month_of(chunk) == month]
        is_old = max(chunk.end_at for chunk in of_month) <= now - after and month < _month_of_instant(now)
        droppable = [chunk for chunk in of_month if chunk.end_at <= now - keep[chunk.relation]]
        if not is_old or (month.start_on in archived and not _changed(conn, droppable)):
            continue
        if any(code in UNFINISHED for chunk in of_month for code, _ in _reasons(conn, chunk)):
            continue
        archive_month(conn, month, archive_dir, signing_key, now)
        done.append(month)
    return done


def retain(
    conn: Connection, now: datetime, *, keep: Mapping[str, timedelta], reason: str, run_by: str, is_dry: bool = False
) -> Retained:
    """Drop every chunk that is older than its relation is kept and that nothing holds; each in its own transaction.

    Whether something holds it is the database's to say: nothing here can make it drop more (drop_archived_chunk).
    """
    with conn.transaction():
        chunks = [
            chunk for chunk in db.find_chunks(conn, _BEGINNING, now) if chunk.end_at <= now - keep[chunk.relation]
        ]
    dropped, kept = [], {}
    for chunk in chunks:
        reasons = _reasons(conn, chunk)
        if not reasons and not is_dry:
            try:
                with conn.transaction():
                    db.drop_archived_chunk(conn, chunk, reason=reason, run_by=run_by)
            except DataRefused as error:  # something came between the question and the answer
                reasons = [("refused", str(error))]
        if reasons:
            kept[chunk] = tuple(reasons)
        else:
            dropped.append(chunk)
    return Retained(tuple(dropped), kept)


def _reasons(conn: Connection, chunk: Chunk) -> list[tuple[str, str]]:
    with conn.transaction():
        return db.reasons_to_keep(conn, chunk)


def _changed(conn: Connection, chunks: list[Chunk]) -> bool:
    """Whether rows came to a checked chunk since: then its month is archived again."""
    return any(code == "changed_since" for chunk in chunks for code, _ in _reasons(conn, chunk))


def _month_of(chunk: Chunk) -> Month:
    return _month_of_instant(chunk.first_at)


def _month_of_instant(at: datetime) -> Month:
    return Month.of(at.astimezone(UTC).date())
