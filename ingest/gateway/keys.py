"""The gateway's own key, in a file that only its owner reads, and the platform's keys that it trusts."""

import base64
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from nenghao.crypto import SigningKey, TrustedKeys, key_id, load_public_key, load_signing_key, new_signing_key
from nenghao.errors import ConfigError

PRIVATE: Final = 0o600


def make_key(path: Path) -> SigningKey:
    """Make a new Ed25519 key.

    Raises: ConfigError where the file is there already (a key is never overwritten) or cannot be written.
    """
    pem = new_signing_key()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ConfigError(f"key file {path}: {error.strerror}") from error
    return load_signing_key(pem)


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
