"""Writes a sealed month into Parquet files with a signed manifest.

Before: messages and readings under closed trees, months that are sealed. After: `checking`, by another role, and
`retain`, which drops what was checked.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from nenghao.archive.manifest import (
    MANIFEST_NAME,
    SIGNATURE_NAME,
    ArchivedFile,
    CoveringTree,
    Manifest,
    file_sha256,
    folder_of,
)
from nenghao.archive.parquet_files import Row, write_rows
from nenghao.archive.relations import COLUMNS, QUERY_OF, MessagePlace
from nenghao.crypto import SHA_256, digest, sign
from nenghao.db import archive as db
from nenghao.db.archive import Chunk
from nenghao.db.connection import Connection
from nenghao.db.store_rows import stream
from nenghao.domain.periods import Month
from nenghao.errors import DataRefused

#: What has to be done with a chunk's days before they are archived; age, holds and checks come before the drop only.
UNFINISHED: Final = frozenset({"not_closed", "not_sealed"})


def month_span(month: Month) -> tuple[datetime, datetime]:
    """The instants between which a month's chunks begin: they are cut at midnight UTC, 08:00 in Shanghai."""
    return (
        datetime.fromisoformat(f"{month.start_on}T00:00:00+00:00"),
        datetime.fromisoformat(f"{month.end_on}T00:00:00+00:00"),
    )


def archive_month(conn: Connection, month: Month, archive_dir: Path, signing_key: str, now: datetime) -> Manifest:
    """Write the archive of a month and its row; files appear under their final name when all of them are whole.

    Raises: DataRefused where the month has no chunk, or a day of it is not closed under a tree or not sealed.
    """
    with db.one_snapshot(conn):
        db.lock_archive(conn)
        chunks = db.find_chunks(conn, *month_span(month))
        if not chunks:
            raise DataRefused(f"{month}: there are no rows to archive")
        _refuse_unfinished(conn, month, chunks)
        version = len(db.archives(conn, month.start_on)) + 1
        part = archive_dir / str(month) / f".{version}-{os.getpid()}.part"
        part.mkdir(parents=True)
        files = [_write_chunk(conn, part, chunk) for chunk in chunks]
        files += list(_write_messages(conn, part, files, *month_span(month)))
        manifest = Manifest(
            month_on=month.start_on,
            version=version,
            schema_version=db.code_schema_version(),
            made_at=now,
            files=tuple(files),
            trees=tuple(_covering(conn, files)),
        )
        _finish(conn, archive_dir, part, manifest, signing_key, now)
    return manifest


def _refuse_unfinished(conn: Connection, month: Month, chunks: Iterable[Chunk]) -> None:
    found: Counter[str] = Counter()
    for chunk in chunks:
        for code, detail in db.reasons_to_keep(conn, chunk):
            if code in UNFINISHED:
                # What is not sealed is named; how many messages wait for a tree differs from chunk to chunk.
                found[f"{code} {detail}" if code == "not_sealed" else code] += 1
    if found:
        raise DataRefused(f"{month}: {'; '.join(sorted(found))}")


def _write_chunk(conn: Connection, folder: Path, chunk: Chunk) -> ArchivedFile:
    name = f"{chunk.relation}-{chunk.first_at:%Y-%m-%d}.parquet"
    ids = _Ids()
    rows = write_rows(folder / name, COLUMNS[chunk.relation], ids.seen(db.rows_of_chunk(conn, chunk)))
    return _described(folder, name, chunk.relation, (chunk.first_at, chunk.end_at), rows, ids)


def _write_messages(
    conn: Connection, folder: Path, files: Sequence[ArchivedFile], first_at: datetime, end_at: datetime
) -> Iterator[ArchivedFile]:
    """Messages that were received in the month and all that became of them beside readings."""
    received = [one for one in files if one.relation == "message_raw" and one.first_message_id is not None]
    if not received:
        return
    ids = (min(one.first_message_id or 0 for one in received), max(one.last_message_id or 0 for one in received))
    wanted: set[int] = set()
    for relation, query in QUERY_OF.items():
        name = f"{relation}.parquet"
        seen = _Ids()
        rows = stream(conn, query, ids)
        chosen = (
            _received_in(rows, wanted, first_at, end_at)
            if relation == "message"
            else (row for row in rows if row[0] in wanted)
        )
        count = write_rows(folder / name, COLUMNS[relation], seen.seen(chosen))
        yield _described(folder, name, relation, (first_at, end_at), count, seen)


def _received_in(rows: Iterable[Row], wanted: set[int], first_at: datetime, end_at: datetime) -> Iterator[Row]:
    for row in rows:
        if first_at <= row[MessagePlace.RECEIVED_AT] < end_at:
            wanted.add(row[0])
            yield row


class _Ids:
    """The ids of the first and the last message among rows that pass by."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.last: int | None = None

    def seen(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows as they are."""
        for row in rows:
            self.first = row[0] if self.first is None else min(self.first, row[0])
            self.last = row[0] if self.last is None else max(self.last, row[0])
            yield row


def _described(
    folder: Path, name: str, relation: str, span: tuple[datetime, datetime], rows: int, ids: _Ids
) -> ArchivedFile:
    return ArchivedFile(
        name=name,
        relation=relation,
        first_at=span[0],
        end_at=span[1],
        rows=rows,
        first_message_id=ids.first,
        last_message_id=ids.last,
        bytes=(folder / name).stat().st_size,
        sha256=file_sha256(folder / name),
    )


def _covering(conn: Connection, files: Sequence[ArchivedFile]) -> Iterator[CoveringTree]:
    first = [one.first_message_id for one in files if one.first_message_id is not None]
    last = [one.last_message_id for one in files if one.last_message_id is not None]
    if first:
        for tree_no, day_on, root in db.trees_over(conn, min(first), max(last)):
            yield CoveringTree(tree_no=tree_no, day_on=day_on, root=root.hex())


def _finish(
    conn: Connection, archive_dir: Path, part: Path, manifest: Manifest, signing_key: str, now: datetime
) -> None:
    """Sign the manifest, move the folder to its name, and add the row: a crash between leaves a folder without one."""
    body = manifest.body()
    signature = sign(signing_key, body)
    manifest_hash = digest(SHA_256, body)
    (part / MANIFEST_NAME).write_bytes(body)
    (part / SIGNATURE_NAME).write_text(
        json.dumps(
            {"algorithm": signature.algorithm, "key_id": signature.key_id, "signature": signature.value.hex()}, indent=1
        )
    )
    for path in part.iterdir():
        _sync(path)
    part.rename(folder_of(archive_dir, manifest.month_on, manifest_hash))
    _sync(archive_dir / f"{manifest.month_on:%Y-%m}")
    db.add_archive(
        conn,
        month_on=manifest.month_on,
        version=manifest.version,
        manifest=body,
        hash_algorithm=SHA_256,
        hash=manifest_hash,
        signature_algorithm=signature.algorithm,
        key_id=signature.key_id,
        signature=signature.value,
        archived_at=now,
    )


def _sync(path: Path) -> None:
    """Have the disk hold what was written: rows are dropped because of it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
