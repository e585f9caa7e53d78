"""Reads an archived month back and makes every leaf anew from what lies in its files.

Before: files of `writing`. After: rows of archive_check, without which no chunk is dropped. The verifier's role does
it, not the one that archived.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from nenghao.archive.manifest import ArchivedFile, Manifest
from nenghao.archive.merging import Source, merge_rows
from nenghao.archive.parquet_files import Row
from nenghao.archive.relations import DROPPED, MessagePlace
from nenghao.archive.stored import StoredArchive, source_of
from nenghao.crypto import TrustedKeys
from nenghao.db import archive as db
from nenghao.db.archive import Archive, Chunk, RetentionRun
from nenghao.db.connection import Connection
from nenghao.db.store_rows import stream
from nenghao.domain.leaves import message_leaf
from nenghao.domain.merkle import leaf_hash
from nenghao.errors import SealBroken


@dataclass(frozen=True, slots=True)
class CheckedArchive:
    """What was read back: files and rows, and how many files are newly known to fit the chunks that still stand."""

    files: int
    rows: int
    noted: int


def check_archive(
    conn: Connection, archive_dir: Path, archive: Archive, keys: TrustedKeys, now: datetime
) -> CheckedArchive:
    """Check manifest, signature, files, rows and leaves of an archived month, and note each file that fits.

    Raises: SealBroken, naming file and message, with the first thing that does not fit.
    """
    stored = StoredArchive(archive_dir, archive)
    stored.check_signature(keys)
    with db.one_snapshot(conn):
        _check_trees(conn, stored.manifest)
        dropped = {(run.relation_name, run.first_at): run for run in db.retention_runs(conn)}
        known = db.checked_files(conn, archive.archive_id)
        rows = noted = 0
        for file in stored.manifest.files:
            stored.check_file(file)
            if file.relation in DROPPED:
                _check_rows(conn, archive_dir, stored, file, dropped.values())
                place = (file.relation, file.first_at)
                if place not in dropped and place not in known:
                    _note(conn, archive, file, now)
                    noted += 1
            elif sum(1 for _ in stored.rows(file)) != file.rows:
                raise SealBroken(f"{stored.folder / file.name}: not {file.rows} rows")
            rows += file.rows
    return CheckedArchive(len(stored.manifest.files), rows, noted)


def _check_trees(conn: Connection, manifest: Manifest) -> None:
    ids = [
        (one.first_message_id, one.last_message_id)
        for one in manifest.files
        if one.first_message_id is not None and one.last_message_id is not None
    ]
    if not ids:
        return
    standing = {
        number: root.hex() for number, _, root in db.trees_over(conn, min(ids)[0], max(last for _, last in ids))
    }
    for tree in manifest.trees:
        if standing.get(tree.tree_no) != tree.root:
            raise SealBroken(f"tree {tree.tree_no} of {tree.day_on} has another root now than when it was archived")


def _check_rows(
    conn: Connection, archive_dir: Path, stored: StoredArchive, file: ArchivedFile, dropped: Iterable[RetentionRun]
) -> None:
    """Hold every row of a file against its message: bytes against the hash, readings against the leaf."""
    path = stored.folder / file.name
    counts = Counter(row[0] for row in stored.rows(file))
    if counts.total() != file.rows:
        raise SealBroken(f"{path}: {counts.total()} rows, not {file.rows}")
    if not counts:
        return
    ids = (min(counts), max(counts))
    if file.relation == "message_raw":
        _check_payloads(conn, stored, file, ids)
    else:
        _check_readings(conn, archive_dir, stored, file, counts, dropped)


def _check_payloads(conn: Connection, stored: StoredArchive, file: ArchivedFile, ids: tuple[int, int]) -> None:
    hashes = ((row[0], row[MessagePlace.HASH]) for row in stream(conn, "messages", ids))
    known = next(hashes, None)
    for message_id, made in stored.payload_hashes(file):
        while known is not None and known[0] < message_id:
            known = next(hashes, None)
        if known is None or known[0] != message_id or bytes(known[1]) != made:
            raise SealBroken(f"{stored.folder / file.name}: not the bytes of message {message_id}")


def _check_readings(
    conn: Connection,
    archive_dir: Path,
    stored: StoredArchive,
    file: ArchivedFile,
    counts: Mapping[int, int],
    dropped: Iterable[RetentionRun],
) -> None:
    ids = (min(counts), max(counts))
    beside = _readings_beside(conn, archive_dir, file, counts, dropped)
    parts = {kind: _of_messages(conn, kind, ids, counts) for kind in ("refusals", "conflicts", "revisions")}
    readings = groupby(stored.rows(file), key=itemgetter(0))
    message_id, own = next(readings)
    checked = 0
    for *row, leaf in stream(conn, "messages", ids):
        if row[0] != message_id:
            continue
        rows = sorted([*own, *beside.get(message_id, ())], key=itemgetter(1))
        made = message_leaf(
            row,
            [one[1:] for one in rows],
            parts["refusals"].get(message_id, ()),
            parts["conflicts"].get(message_id, ()),
            parts["revisions"].get(message_id, ()),
        )
        if leaf is None or leaf_hash(made) != bytes(leaf):
            raise SealBroken(f"{stored.folder / file.name}: message {message_id} is not what its leaf says")
        checked += 1
        message_id, own = next(readings, (-1, iter(())))
    if checked != len(counts):
        raise SealBroken(f"{stored.folder / file.name}: message {message_id} is not stored")


def _readings_beside(
    conn: Connection, archive_dir: Path, file: ArchivedFile, counts: Mapping[int, int], dropped: Iterable[RetentionRun]
) -> Mapping[int, list[Row]]:
    """Readings of the file's messages that lie in other chunks: those of a message that ran over midnight UTC."""
    ids = (min(counts), max(counts))
    torn = {
        row[0]
        for row in stream(conn, "messages", ids)
        if row[0] in counts and row[MessagePlace.STORED_COUNT] != counts[row[0]]
    }
    found: defaultdict[int, list[Row]] = defaultdict(list)
    if not torn:
        return found
    chunk = Chunk(relation=file.relation, first_at=file.first_at, end_at=file.end_at)
    others = [run for run in dropped if run.relation_name == "reading" and run.first_at != file.first_at]
    for row in (*db.readings_beside(conn, sorted(torn), chunk), *_archived(conn, archive_dir, others, torn)):
        found[row[0]].append(row)
    return found


def _archived(conn: Connection, archive_dir: Path, runs: Iterable[RetentionRun], ids: set[int]) -> Iterator[Row]:
    """Rows of the given messages in chunks that were dropped; only files that have such messages are opened."""
    archives = {one.archive_id: one for one in db.archives(conn)}
    sources: list[Source] = []
    for run in runs:
        stored = StoredArchive(archive_dir, archives[run.archive_id])
        file = stored.manifest.file_of(run.relation_name, run.first_at)
        if file is None or file.first_message_id is None or file.last_message_id is None:
            continue
        if any(file.first_message_id <= one <= file.last_message_id for one in ids):
            source = source_of(stored, run)
            sources += [source] if source is not None else []
    return (row for row in merge_rows(sources) if row[0] in ids)


def _of_messages(
    conn: Connection, kind: str, ids: tuple[int, int], wanted: Mapping[int, int]
) -> Mapping[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in stream(conn, kind, ids):
        if row[0] in wanted:
            found[row[0]].append(row[1:])
    return found


def _note(conn: Connection, archive: Archive, file: ArchivedFile, now: datetime) -> None:
    chunk = Chunk(relation=file.relation, first_at=file.first_at, end_at=file.end_at)
    row_count, row_digest = db.rows_digest(conn, chunk)
    if row_count != file.rows:
        raise SealBroken(
            f"{file.name}: {file.rows} rows, the database has {row_count}: rows came later, archive the month again"
        )
    db.add_check(conn, archive.archive_id, chunk, row_count, row_digest, now)
