"""Generates the secrets of an installation once, one file each."""

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from nenghao.broker_files import write_atomically
from nenghao.config import Role
from nenghao.crypto import new_signing_key, public_key_of
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
    _write_once(secrets_dir / AIRFLOW_FERNET, _fernet_key, mode)
    admin = (secrets_dir / AIRFLOW_ADMIN).read_text(encoding="utf-8").strip()
    _write_once(secrets_dir / AIRFLOW_PASSWORDS, lambda: json.dumps({"admin": admin}) + "\n", mode)
    _write_once(secrets_dir / SIGNING_KEY, new_signing_key, mode)
    private = (secrets_dir / SIGNING_KEY).read_text(encoding="utf-8")
    write_atomically(trust_dir / PUBLIC_KEY, public_key_of(private), mode=0o644)


def _write_once(path: Path, make: Callable[[], str], mode: int) -> None:
    if not path.exists():
        write_atomically(path, make(), mode=mode)


def _fernet_key() -> str:
    """A key as Airflow wants it: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
