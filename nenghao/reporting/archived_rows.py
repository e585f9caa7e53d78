"""Finds the rows of chunks that were dropped lawfully: a run of retention, and an archive that is what it says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from nenghao.archive.merging import Source
from nenghao.archive.stored import StoredArchive, source_of
from nenghao.db import archive as db
from nenghao.db.archive import Archive, RetentionRun
from nenghao.db.connection import Connection
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
