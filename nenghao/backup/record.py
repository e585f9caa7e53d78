"""What is known of a base backup: which server, from where in its WAL, and the hash of its manifest of hashes."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from nenghao.errors import ConfigError, SealBroken

SCHEMA: Final = "nenghao/backup/1"
MANIFEST: Final = "backup_manifest"
WAL: Final = "wal"
_SEGMENT_BYTES: Final = 16 * 1024 * 1024
_SEGMENTS_A_HIGH: Final = 2**32 // _SEGMENT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRecord:
    """A base backup, written beside its folder as `<name>.json` once it is complete and verified."""

    schema: str
    name: str
    taken_at: str
    system_identifier: str
    timeline: int
    start_lsn: str
    end_lsn: str
    file_count: int
    byte_count: int
    manifest_sha256: str

    @property
    def first_segment(self) -> str:
        """The number of the first WAL segment that a restore needs, as the last 16 digits of segment names have it."""
        return _segment(self.start_lsn)

    @property
    def segment_after(self) -> str:
        """The number of the first WAL segment that the base backup does not hold: from it on there has to be each one.

        A server begins a new segment where a base backup ends.
        """
        return next_segment(_segment(self.end_lsn))


def describe_base(base: Path, name: str, taken_at: datetime) -> BaseRecord:
    """The record of a base backup, from its manifest."""
    text = (base / MANIFEST).read_bytes()
    manifest = json.loads(text)
    first, last = manifest["WAL-Ranges"][0], manifest["WAL-Ranges"][-1]
    return BaseRecord(
        schema=SCHEMA,
        name=name,
        taken_at=taken_at.isoformat(timespec="seconds"),
        system_identifier=str(manifest["System-Identifier"]),
        timeline=int(last["Timeline"]),
        start_lsn=first["Start-LSN"],
        end_lsn=last["End-LSN"],
        file_count=len(manifest["Files"]),
        byte_count=sum(file["Size"] for file in manifest["Files"]),
        manifest_sha256=sha256(text).hexdigest(),
    )


def write_record(folder: Path, record: BaseRecord) -> None:
    """Put the record beside its base backup."""
    (folder / f"{record.name}.json").write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")


def newest_record(folder: Path, name: str | None = None) -> BaseRecord:
    """The newest base backup of a folder, or the one of that name, with its manifest as it was recorded.

    Raises: ConfigError where there is none; SealBroken where the manifest is another one than was recorded.
    """
    names = [name] if name else sorted((path.stem for path in folder.glob("base-*.json")), reverse=True)
    if not names:
        raise ConfigError(f"{folder} holds no base backup")
    try:
        record = BaseRecord(**json.loads((folder / f"{names[0]}.json").read_text(encoding="utf-8")))
        manifest = (folder / names[0] / MANIFEST).read_bytes()
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"base backup {folder / names[0]}: {error}") from error
    if record.schema != SCHEMA:
        raise ConfigError(f"base backup {folder / names[0]}: schema {record.schema!r} is not {SCHEMA}")
    if sha256(manifest).hexdigest() != record.manifest_sha256:
        raise SealBroken(f"base backup {folder / names[0]}: its manifest is not the one that was recorded")
    return record


def next_segment(number: str) -> str:
    """The number after one.

    >>> next_segment("00000000000000FF")
    '0000000100000000'
    """
    following = int(number[:8], 16) * _SEGMENTS_A_HIGH + int(number[8:], 16) + 1
    return f"{following // _SEGMENTS_A_HIGH:08X}{following % _SEGMENTS_A_HIGH:08X}"


def _segment(lsn: str) -> str:
    high, low = (int(part, 16) for part in lsn.split("/"))
    return f"{high:08X}{low // _SEGMENT_BYTES:08X}"
