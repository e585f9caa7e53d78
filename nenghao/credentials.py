"""Generates the secrets of an installation once, one file each."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from nenghao.broker_files import write_atomically
from nenghao.config import Role
from nenghao.db.bootstrap import AIRFLOW_ROLE, SUPERUSER

BROKER_SECRET = "broker_collector"  # noqa: S105 - the name of a file
SIGNING_KEY = "release_signing_key.pem"
PUBLIC_KEY = "release_signing_key.pub.pem"
AIRFLOW_ADMIN = "airflow_admin"
AIRFLOW_PASSWORDS = "airflow_passwords.json"
AIRFLOW_JWT = "airflow_jwt"
AIRFLOW_FERNET = "airflow_fernet"
AIRFLOW_API_KEY = "airflow_api_key"

RANDOM_SECRETS = (
    *(role.value for role in Role),
    SUPERUSER,
    AIRFLOW_ROLE,
    BROKER_SECRET,
    AIRFLOW_ADMIN,
    AIRFLOW_JWT,
    AIRFLOW_API_KEY,
)
SECRETS = (*RANDOM_SECRETS, AIRFLOW_FERNET, AIRFLOW_PASSWORDS, SIGNING_KEY)


# Without line ends, because Airflow takes what its secret commands print as it is.
def generate_secrets(secrets_dir: Path, trust_dir: Path, *, mode: int = 0o600) -> None:
    """Make every secret that is not there yet; those that are there stay as they are. Public keys go to `trust_dir`."""
    for name in RANDOM_SECRETS:
        _write_once(secrets_dir / name, lambda: secrets.token_hex(32), mode)
    _write_once(secrets_dir / AIRFLOW_FERNET, lambda: Fernet.generate_key().decode(), mode)
    admin = (secrets_dir / AIRFLOW_ADMIN).read_text(encoding="utf-8").strip()
    _write_once(secrets_dir / AIRFLOW_PASSWORDS, lambda: json.dumps({"admin": admin}) + "\n", mode)
    _write_once(secrets_dir / SIGNING_KEY, _signing_key, mode)
    write_atomically(trust_dir / PUBLIC_KEY, _public_key(secrets_dir / SIGNING_KEY), mode=0o644)


def _write_once(path: Path, make: Callable[[], str], mode: int) -> None:
    if not path.exists():
        write_atomically(path, make(), mode=mode)


def _signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_key(path: Path) -> str:
    key = load_pem_private_key(path.read_bytes(), password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
