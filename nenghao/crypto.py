"""Hashing and signing, each under the name of its algorithm, so that others can be added beside them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from nenghao.errors import ConfigError, SealBroken

SHA_256: Final = "sha256"
ED25519: Final = "ed25519"
HASHES: Final[Mapping[str, Callable[[bytes], bytes]]] = {SHA_256: lambda data: hashlib.sha256(data).digest()}
#: Public keys that somebody pinned, by key id.
TrustedKeys = Mapping[str, Ed25519PublicKey]
#: A key is known by the first bytes of its own hash: enough to find it; the key itself is what is trusted.
KEY_ID_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature and what is needed to check it."""

    algorithm: str
    key_id: str
    value: bytes


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, loaded once by a process that signs often."""

    private_key: Ed25519PrivateKey = field(repr=False)
    key_id: str

    def sign(self, data: bytes) -> Signature:
        """The signature of the data; Ed25519 gives the same for the same data."""
        return Signature(algorithm=ED25519, key_id=self.key_id, value=self.private_key.sign(data))

    @property
    def public_bytes(self) -> bytes:
        """The public key, 32 bytes as RFC 8032 has them."""
        return self.private_key.public_key().public_bytes_raw()

    @property
    def public_pem(self) -> str:
        """The public key in PEM."""
        return self.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def load_signing_key(private_key_pem: str) -> SigningKey:
    """Read a private key.

    Raises: ConfigError where it is not an Ed25519 key in PEM.
    """
    key = _load_private_key(private_key_pem)
    return SigningKey(key, key_id(key.public_key()))


def public_key_from_bytes(raw: bytes) -> Ed25519PublicKey:
    """A public key from its 32 bytes.

    Raises: ConfigError where they are no Ed25519 key.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise ConfigError("not an Ed25519 public key of 32 bytes") from error


def digest(algorithm: str, data: bytes) -> bytes:
    """Hash by a named algorithm.

    Raises: SealBroken where the algorithm is not known here.
    """
    if algorithm not in HASHES:
        raise SealBroken(f"unknown hash algorithm {algorithm!r}")
    return HASHES[algorithm](data)


def new_signing_key() -> str:
    """A new Ed25519 private key in PEM (PKCS 8, not encrypted: the file's mode protects it)."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key_of(private_key_pem: str) -> str:
    """The public key of a private key, both in PEM.

    Raises: ConfigError where the key is not an Ed25519 key in PEM.
    """
    return load_signing_key(private_key_pem).public_pem


def sign(private_key_pem: str, data: bytes) -> Signature:
    """Sign by the private key.

    Raises: ConfigError where the key is not an Ed25519 key in PEM.
    """
    return load_signing_key(private_key_pem).sign(data)


def _load_private_key(pem: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except ValueError as error:
        raise ConfigError("the signing key is not a private key in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError("the signing key is not an Ed25519 key")
    return key


def check_signature(signature: Signature, data: bytes, trusted: TrustedKeys) -> bool:
    """Whether a trusted key signed the data.

    Raises: SealBroken where the algorithm is not known here; KeyError where the key is not trusted.
    """
    if signature.algorithm != ED25519:
        raise SealBroken(f"unknown signature algorithm {signature.algorithm!r}")
    try:
        trusted[signature.key_id].verify(signature.value, data)
    except InvalidSignature:
        return False
    return True


def load_trusted_keys(folder: Path) -> TrustedKeys:
    """Every public key of a trust folder (`*.pem`), by key id.

    Raises: ConfigError where the folder has none or a file is not an Ed25519 public key.
    """
    keys = {}
    for path in sorted(folder.glob("*.pem")):
        try:
            key = load_public_key(path.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError, ConfigError) as error:
            raise ConfigError(f"{path} is not an Ed25519 public key in PEM") from error
        keys[key_id(key)] = key
    if not keys:
        raise ConfigError(f"no public key (*.pem) in {folder}")
    return keys


def load_public_key(pem: str) -> Ed25519PublicKey:
    """Read a public key.

    Raises: ConfigError where it is not an Ed25519 key in PEM.
    """
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise ConfigError("not a public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError("not an Ed25519 key")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """The name of a key: the first 16 hex digits of its hash."""
    return digest(SHA_256, key.public_bytes_raw())[:KEY_ID_BYTES].hex()
