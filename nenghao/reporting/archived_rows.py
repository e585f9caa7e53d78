"""Finds the rows of chunks that were dropped lawfully: a run of retention, and an archive that is what it says."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from nenghao.archive.merging import Source
from nenghao.archive.stored import StoredArchive, source_of
from nenghao.db import archive as db
from nenghao.db.archive import Archive, RetentionRun
from nenghao.db.connection import Connection
from nenghao.db.store_rows import Row
from nenghao.errors import SealBroken
from nenghao.reporting.store_report import StoreReport

#: The streams of sql/queries/store_rows.sql that lose rows with a chunk.
STREAM_OF: Final[Mapping[str, str]] = {"reading": "readings", "message_raw": "raw_hashes"}


def find_archived(conn: Connection, report: StoreReport, archive_dir: Path | None) -> dict[str, list[Source]]:
    """For each stream what opens its archived rows. A chunk whose archive is not there, or not as it was, is found:
    its messages are then missing what was dropped, like those of any other chunk that is gone.
    """
    sources: dict[str, list[Source]] = {name: [] for name in STREAM_OF.values()}
    archives = {one.archive_id: one for one in db.archives(conn)}
    opened: dict[int, StoredArchive | SealBroken] = {}
    for run in db.retention_runs(conn):
        archive = archives[run.archive_id]
        if run.archive_id not in opened:
            opened[run.archive_id] = _open(archive_dir, archive)
        try:
            source = _source(opened[run.archive_id], run)
        except SealBroken as error:
            report.found("store.archive_wrong", f"{run.relation_name} {run.first_at:%Y-%m-%d}: {error}")
            continue
        report.archived_chunks += 1
        sources[STREAM_OF[run.relation_name]] += [source] if source is not None else []
    for first_at, count in db.rows_after_retention(conn):
        report.found("store.rows_after_retention", f"reading {first_at:%Y-%m-%d}: {count}")
    return sources


def archived_readings(
    conn: Connection, archive_dir: Path | None, message_id: int, first_at: datetime, last_at: datetime
) -> Iterator[Row]:
    """Readings of a message between two instants, ends included, that retention dropped.

    Raises: SealBroken where their archive is missing or not what it was.
    """
    archives = {one.archive_id: one for one in db.archives(conn)}
    for run in db.retention_runs(conn):
        if run.relation_name != "reading" or run.first_at > last_at or run.end_at <= first_at:
            continue
        source = _source(_open(archive_dir, archives[run.archive_id]), run)
        if source is not None:
            yield from (row for row in source[1]() if row[0] == message_id)


def _open(archive_dir: Path | None, archive: Archive) -> StoredArchive | SealBroken:
    if archive_dir is None:
        return SealBroken(f"the archive of {archive.month_on:%Y-%m} was not given")
    try:
        return StoredArchive(archive_dir, archive)
    except SealBroken as error:
        return error


def _source(stored: StoredArchive | SealBroken, run: RetentionRun) -> Source | None:
    if isinstance(stored, SealBroken):
        raise stored
    if stored.archive.hash != run.manifest_hash:
        raise SealBroken("the run of retention names another manifest")
    return source_of(stored, run)
