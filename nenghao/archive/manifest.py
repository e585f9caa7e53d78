"""The manifest of an archived month: which files there are, what is in them, and the trees that cover them."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from nenghao.domain.canonical import canonical_bytes
from nenghao.errors import SealBroken

SCHEMA: Final = "nenghao/archive/1"
MANIFEST_NAME: Final = "manifest.json"
SIGNATURE_NAME: Final = "manifest.signature.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFile:
    """One Parquet file: rows of a relation whose instant lies in `[first_at, end_at)`, by message and ordinal."""

    name: str
    relation: str
    first_at: datetime
    end_at: datetime
    rows: int
    first_message_id: int | None
    last_message_id: int | None
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveringTree:
    """A day tree under which messages of the month are."""

    tree_no: int
    day_on: date
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All files of a month's archive."""

    month_on: date
    version: int
    schema_version: str
    made_at: datetime
    files: tuple[ArchivedFile, ...]
    trees: tuple[CoveringTree, ...]

    def body(self) -> bytes:
        """Its canonical bytes, which are hashed and signed."""
        return canonical_bytes(
            {
                "schema": SCHEMA,
                "month": f"{self.month_on:%Y-%m}",
                "version": self.version,
                "schema_version": self.schema_version,
                "made_at": self.made_at.isoformat(),
                "files": [
                    asdict(one) | {"first_at": one.first_at.isoformat(), "end_at": one.end_at.isoformat()}
                    for one in self.files
                ],
                "trees": [asdict(one) | {"day_on": one.day_on.isoformat()} for one in self.trees],
            }
        )

    def file_of(self, relation: str, first_at: datetime) -> ArchivedFile | None:
        """The file of a chunk; None where there is none."""
        return next((one for one in self.files if one.relation == relation and one.first_at == first_at), None)


def read_manifest(body: bytes) -> Manifest:
    """A manifest from its bytes.

    Raises: SealBroken where they are none.
    """
    try:
        found = json.loads(body)
        if found["schema"] != SCHEMA:
            raise SealBroken(f"not a manifest of {SCHEMA}")
        return Manifest(
            month_on=date.fromisoformat(f"{found['month']}-01"),
            version=int(found["version"]),
            schema_version=str(found["schema_version"]),
            made_at=datetime.fromisoformat(found["made_at"]),
            files=tuple(
                ArchivedFile(
                    **one
                    | {
                        "first_at": datetime.fromisoformat(one["first_at"]),
                        "end_at": datetime.fromisoformat(one["end_at"]),
                    }
                )
                for one in found["files"]
            ),
            trees=tuple(CoveringTree(**one | {"day_on": date.fromisoformat(one["day_on"])}) for one in found["trees"]),
        )
    except (ValueError, LookupError, TypeError) as error:
        raise SealBroken(f"the manifest cannot be read: {error}") from error


def folder_of(archive_dir: Path, month_on: date, manifest_hash: bytes) -> Path:
    """Where the files of a manifest lie: below its month, under its own hash, so that no version overwrites another."""
    return archive_dir / f"{month_on:%Y-%m}" / manifest_hash.hex()[:16]


def file_sha256(path: Path) -> str:
    """The hash of a file's bytes, in hexadecimal.

    Raises: SealBroken where it cannot be read.
    """
    made = sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                made.update(part)
    except OSError as error:
        raise SealBroken(f"{path}: {error.strerror}") from error
    return made.hexdigest()
