"""The gateway's own key, in a file that only its owner reads, and the platform's keys that it trusts."""

import base64
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from nenghao.crypto import SigningKey, TrustedKeys, key_id, load_public_key, load_signing_key, new_signing_key
from nenghao.errors import ConfigError

PRIVATE: Final = 0o600


def make_key(path: Path) -> SigningKey:
    """Make a new Ed25519 key; where another process makes one at the same time, both get the same.

    Raises: ConfigError where the file cannot be written.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(new_signing_key())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # a key is never overwritten, and never seen half written
                os.link(fresh, path)
        finally:
            fresh.unlink()
    except OSError as error:
        raise ConfigError(f"key file {path}: {error.strerror}") from error
    return read_key(path)


def read_key(path: Path) -> SigningKey:
    """Read the gateway's key.

    Raises: ConfigError where there is none, or where others may read it.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"key file {path}: others may read it; chmod 600, or make another key")
        return load_signing_key(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a key in PEM"
        raise ConfigError(f"key file {path}: {reason}") from error


def read_or_make_key(path: Path) -> SigningKey:
    """The key of a file, made where there is none.

    Raises: ConfigError where it cannot be read or written, or others may read it.
    """
    return read_key(path) if path.exists() else make_key(path)


def key_beside(spool: Path) -> Path:
    """Where the key of a spool lies unless something else is said."""
    return spool.with_name(f"{spool.name}.key.pem")


def public_key_text(key: SigningKey) -> str:
    """The public key as `nenghao gateway key add` takes it: base64 of its 32 bytes."""
    return base64.b64encode(key.public_bytes).decode()


def trusted_of(pems: Iterable[str]) -> TrustedKeys:
    """The platform's keys of an account, by key id.

    Raises: ConfigError where one is not an Ed25519 public key in PEM.
    """
    return {key_id(key): key for key in map(load_public_key, pems)}
