"""Generates the secrets of a stack once, one file each."""

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
from nenghao.stack.spec import Layout

SUPERUSER = "postgres"
AIRFLOW_ROLE = "airflow"
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


# Without line ends, because Airflow takes what its secret commands print as it is.
def generate_secrets(layout: Layout) -> None:
    """Make every secret that is not there yet; those that are there stay as they are."""
    for name in RANDOM_SECRETS:
        _write_once(layout.secrets / name, lambda: secrets.token_hex(32))
    _write_once(layout.secrets / AIRFLOW_FERNET, _fernet_key)
    admin = read_secret(layout, AIRFLOW_ADMIN)
    _write_once(layout.secrets / AIRFLOW_PASSWORDS, lambda: json.dumps({"admin": admin}) + "\n")
    _write_once(layout.secrets / SIGNING_KEY, _signing_key)
    write_atomically(layout.trust / PUBLIC_KEY, _public_key(layout.secrets / SIGNING_KEY), mode=0o644)


def read_secret(layout: Layout, name: str) -> str:
    """Return a generated secret as text."""
    return (layout.secrets / name).read_text(encoding="utf-8").strip()


def _write_once(path: Path, make: Callable[[], str]) -> None:
    if not path.exists():
        write_atomically(path, make())


def _fernet_key() -> str:
    return Fernet.generate_key().decode()


def _signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_key(path: Path) -> str:
    key = load_pem_private_key(path.read_bytes(), password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
