"""Generates the secrets of an installation once, one file each."""

import base64
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from nenghao.broker_files import write_atomically
from nenghao.certificates import Credential, issue_server, new_authority
from nenghao.config import Role
from nenghao.crypto import load_signing_key, new_signing_key, public_key_of
from nenghao.db.bootstrap import AIRFLOW_ROLE, BACKUP_ROLE, SUPERUSER
from nenghao.errors import ConfigError
from nenghao.trust import rotation

BROKER_SECRET = "broker_collector"  # noqa: S105 - the name of a file
BROKER_SERVER_KEY = "broker_server_key.pem"
BROKER_SERVER_CERTIFICATE = "broker_server.crt"
BROKER_AUTHORITY_KEY = "broker_authority_key.pem"
#: In the trust folder, but not `.pem`: those are the keys that releases are checked by.
BROKER_AUTHORITY = "broker_authority.crt"
SIGNING_KEY = "release_signing_key.pem"
PUBLIC_KEY = "release_signing_key.pub.pem"
#: The private key of receipts and heads; in containers only the signer has it.
SIGNER_KEY = "signer_signing_key.pem"
SIGNER_TOKENS = ("signer_downward_token", "signer_heads_token", "signer_attempts_token")
AIRFLOW_ADMIN = "airflow_admin"
AIRFLOW_PASSWORDS = "airflow_passwords.json"
AIRFLOW_JWT = "airflow_jwt"
AIRFLOW_FERNET = "airflow_fernet"
AIRFLOW_API_KEY = "airflow_api_key"

RANDOM_SECRETS = (
    *(role.value for role in Role),
    SUPERUSER,
    AIRFLOW_ROLE,
    BACKUP_ROLE,
    BROKER_SECRET,
    AIRFLOW_ADMIN,
    AIRFLOW_JWT,
    AIRFLOW_API_KEY,
    *SIGNER_TOKENS,
)
#: What processes read.
SECRETS = (
    *RANDOM_SECRETS,
    AIRFLOW_FERNET,
    AIRFLOW_PASSWORDS,
    SIGNING_KEY,
    SIGNER_KEY,
    BROKER_SERVER_KEY,
    BROKER_SERVER_CERTIFICATE,
)
#: What no process reads, and what may be taken away to a safe place: it is needed when a certificate is renewed.
OFFLINE_SECRETS = (BROKER_AUTHORITY_KEY,)
PRIVATE = 0o600
PUBLIC = 0o644


# Without line ends, because Airflow takes what its secret commands print as it is.
def generate_secrets(secrets_dir: Path, trust_dir: Path, gateway_hosts: Sequence[str], *, mode: int = PRIVATE) -> None:
    """Make every secret that is not there yet; those that are there stay as they are.

    Public keys and the broker's authority go to `trust_dir`; the broker's certificate is for `gateway_hosts`.

    Raises: ConfigError where the broker's certificate is missing and its authority's key is away.
    """
    for name in RANDOM_SECRETS:
        _write_once(secrets_dir / name, lambda: secrets.token_hex(32), mode)
    _write_once(secrets_dir / AIRFLOW_FERNET, _fernet_key, mode)
    admin = (secrets_dir / AIRFLOW_ADMIN).read_text(encoding="utf-8").strip()
    _write_once(secrets_dir / AIRFLOW_PASSWORDS, lambda: json.dumps({"admin": admin}) + "\n", mode)
    _write_once(secrets_dir / SIGNING_KEY, new_signing_key, mode)
    private = (secrets_dir / SIGNING_KEY).read_text(encoding="utf-8")
    write_atomically(trust_dir / PUBLIC_KEY, public_key_of(private), mode=PUBLIC)
    _write_once(secrets_dir / SIGNER_KEY, new_signing_key, mode)
    # Only the first key is pinned here: whoever holds it learns of the later ones by their rotations.
    if not any(trust_dir.glob("signer-*.pub.pem")):
        key = load_signing_key((secrets_dir / SIGNER_KEY).read_text(encoding="utf-8"))
        write_atomically(trust_dir / f"signer-{key.key_id}.pub.pem", key.public_pem, mode=PUBLIC)
    if not (trust_dir / BROKER_AUTHORITY).exists():
        authority = new_authority(datetime.now(UTC))
        write_atomically(secrets_dir / BROKER_AUTHORITY_KEY, authority.key_pem, mode=PRIVATE)
        write_atomically(trust_dir / BROKER_AUTHORITY, authority.certificate_pem, mode=PUBLIC)
        renew_broker_certificate(secrets_dir, trust_dir, gateway_hosts, mode=mode)
    elif not all((secrets_dir / name).exists() for name in (BROKER_SERVER_KEY, BROKER_SERVER_CERTIFICATE)):
        renew_broker_certificate(secrets_dir, trust_dir, gateway_hosts, mode=mode)


def renew_broker_certificate(
    secrets_dir: Path, trust_dir: Path, gateway_hosts: Sequence[str], *, mode: int = PRIVATE
) -> None:
    """Give the broker a new key and certificate by the authority that gateways trust already.

    Raises: ConfigError where the authority's key or certificate is not there.
    """
    try:
        authority = Credential(
            key_pem=(secrets_dir / BROKER_AUTHORITY_KEY).read_text(encoding="utf-8"),
            certificate_pem=(trust_dir / BROKER_AUTHORITY).read_text(encoding="utf-8"),
        )
    except OSError as error:
        raise ConfigError(
            f"{error.filename}: {error.strerror}; the broker's certificate is made by its authority"
        ) from error
    server = issue_server(authority, gateway_hosts, datetime.now(UTC))
    write_atomically(secrets_dir / BROKER_SERVER_KEY, server.key_pem, mode=mode)
    write_atomically(secrets_dir / BROKER_SERVER_CERTIFICATE, server.certificate_pem, mode=mode)


def rotate_signer_key(secrets_dir: Path, trust_dir: Path, now: datetime, *, mode: int = PRIVATE) -> str:
    """Replace the signer's key; returns the id of the new one. The signer takes it up when it is started again.

    New key and rotation are there before the old key is gone: what was interrupted is finished by the next call.
    """
    pending = secrets_dir / f"{SIGNER_KEY}.next"
    _write_once(pending, new_signing_key, mode)
    new = load_signing_key(pending.read_text(encoding="utf-8"))
    old = load_signing_key((secrets_dir / SIGNER_KEY).read_text(encoding="utf-8"))
    statement = trust_dir / f"signer-{new.key_id}.rotation"
    _write_once(statement, lambda: rotation(old, new, now).decode(), PUBLIC)
    pending.replace(secrets_dir / SIGNER_KEY)
    return new.key_id


def _write_once(path: Path, make: Callable[[], str], mode: int) -> None:
    if not path.exists():
        write_atomically(path, make(), mode=mode)


def _fernet_key() -> str:
    """A key as Airflow wants it: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
