"""The archive's folder as who verifies reads it: a file counts by its hash in a manifest that the database names."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

from nenghao.archive.manifest import (
    MANIFEST_NAME,
    ArchivedFile,
    Manifest,
    file_sha256,
    folder_of,
    read_manifest,
)
from nenghao.archive.merging import Source
from nenghao.archive.parquet_files import Row, read_rows
from nenghao.archive.relations import COLUMNS
from nenghao.crypto import SHA_256, Signature, TrustedKeys, check_signature, digest
from nenghao.db.archive import Archive, RetentionRun
from nenghao.errors import SealBroken


class StoredArchive:
    """One archived month: its manifest, checked against the row, and its files, checked against the manifest."""

    def __init__(self, archive_dir: Path, archive: Archive) -> None:
        """Raise SealBroken where the manifest beside the files is not the one of the row."""
        self.archive = archive
        self.folder = folder_of(archive_dir, archive.month_on, archive.hash)
        if archive.hash_algorithm != SHA_256 or digest(SHA_256, archive.manifest) != archive.hash:
            raise SealBroken(f"archive {archive.archive_id}: the stored manifest does not have the stored hash")
        try:
            body = (self.folder / MANIFEST_NAME).read_bytes()
        except OSError as error:
            raise SealBroken(f"{self.folder / MANIFEST_NAME}: {error.strerror}") from error
        if body != archive.manifest:
            raise SealBroken(f"{self.folder / MANIFEST_NAME}: not the manifest that was signed")
        self.manifest: Manifest = read_manifest(body)

    def check_signature(self, keys: TrustedKeys) -> None:
        """Raise SealBroken where no trusted key signed the manifest."""
        signature = Signature(
            algorithm=self.archive.signature_algorithm, key_id=self.archive.key_id, value=self.archive.signature
        )
        if self.archive.key_id not in keys or not check_signature(signature, self.archive.manifest, keys):
            raise SealBroken(f"{self.folder / MANIFEST_NAME}: not signed by a trusted key")

    def check_file(self, file: ArchivedFile) -> None:
        """Raise SealBroken where a file is missing or not the one that was archived."""
        path = self.folder / file.name
        if file_sha256(path) != file.sha256:
            raise SealBroken(f"{path}: not the file that was archived")

    def rows(self, file: ArchivedFile) -> Iterator[Row]:
        """The rows of a file, by message and ordinal."""
        return read_rows(self.folder / file.name, COLUMNS[file.relation])

    def payload_hashes(self, file: ArchivedFile) -> Iterator[Row]:
        """Message and hash of its bytes, for each row of a file of bytes."""
        return ((message_id, sha256(payload).digest()) for message_id, _, payload in self.rows(file))


def source_of(stored: StoredArchive, run: RetentionRun) -> Source | None:
    """What opens the rows of a dropped chunk, as `merge_rows` takes them; None where the chunk was empty.

    Raises: SealBroken where the archive has no such file, or not as it was.
    """
    file = stored.manifest.file_of(run.relation_name, run.first_at)
    if file is None or (file.end_at, file.rows) != (run.end_at, run.row_count):
        raise SealBroken(f"{stored.folder}: no file of {run.relation_name} from {run.first_at:%Y-%m-%d}")
    stored.check_file(file)
    if file.first_message_id is None:
        return None
    opened = stored.payload_hashes if run.relation_name == "message_raw" else stored.rows
    return file.first_message_id, partial(opened, file)
