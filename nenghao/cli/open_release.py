"""Finds the release that somebody names, as a file or in the store, and refuses what is embargoed or broken."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nenghao.config import Role, Settings
from nenghao.crypto import TrustedKeys, key_id, load_public_key, load_trusted_keys
from nenghao.db import releases
from nenghao.db.connection import Connection, connect
from nenghao.db.releases import StoredRelease
from nenghao.errors import ConfigError, DataRefused, SealBroken
from nenghao.labels import label
from nenghao.reporting.seal import CONTENT, INPUTS
from nenghao.reporting.stored_zip import read_stored_zip
from nenghao.reporting.verify import verify_archive

ENDING = ".zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRelease:
    """A release whose seal was checked."""

    name: str
    archive: bytes
    content: dict[str, Any]
    #: What its cells were computed from; None where that lies in no archive.
    inputs: bytes | None


def trusted_keys(settings: Settings, trust: Path | None, key_files: list[Path]) -> TrustedKeys:
    """The keys to believe: those of the named files, and of the trust folder, which may be missing beside a named file.

    Raises: ConfigError where a file is no public key, or there is no key at all.
    """
    named = {}
    for path in key_files:
        try:
            key = load_public_key(read_file(path).decode("ascii"))
        except (UnicodeDecodeError, ConfigError) as error:
            raise ConfigError(f"{path} is not an Ed25519 public key in PEM") from error
        named[key_id(key)] = key
    folder = trust or settings.trust_dir
    if named and trust is None and not any(folder.glob("*.pem")):
        return named
    return {**load_trusted_keys(folder), **named}


def open_release(name: str, settings: Settings, now: datetime, keys: TrustedKeys) -> OpenedRelease:
    """A release by the path of its file, or by its name in the store.

    Raises: DataRefused where there is none or it is embargoed; SealBroken where its seal does not hold.
    """
    path = Path(name)
    archive, public_from = (read_file(path), None) if path.exists() else _stored_archive(name, settings)
    failed = [check for check in verify_archive(archive, keys) if not check.is_passed]
    if failed:
        raise SealBroken(label(failed[0].label_key, settings.language, value=failed[0].value))
    members = read_stored_zip(archive)
    content: dict[str, Any] = json.loads(members[CONTENT])
    stated = content.get("public_from")
    embargo = public_from or (datetime.fromisoformat(stated) if stated else None)
    if embargo is not None and now < embargo:
        raise DataRefused(label("release.embargoed", settings.language, name=name, at=embargo.isoformat()))
    return OpenedRelease(name=release_name(path.name), archive=archive, content=content, inputs=members.get(INPUTS))


def find_stored(conn: Connection, name: str, settings: Settings) -> StoredRelease:
    """The release of a name in the store.

    Raises: DataRefused where there is none.
    """
    found = releases.find_release(conn, release_name(Path(name).name) + ENDING)
    if found is None:
        raise DataRefused(label("release.unknown", settings.language, name=name))
    return found


def release_name(file_name: str) -> str:
    """The name of a release: that of its file without the ending."""
    return file_name.removesuffix(ENDING)


def read_file(path: Path) -> bytes:
    """The bytes of a file that somebody named.

    Raises: ConfigError naming the file and the reason.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error


def _stored_archive(name: str, settings: Settings) -> tuple[bytes, datetime | None]:
    with connect(settings, Role.VERIFIER) as conn:
        found = releases.load_archive(conn, release_name(name) + ENDING)
    if found is None:
        raise DataRefused(label("release.unknown", settings.language, name=name))
    return found
