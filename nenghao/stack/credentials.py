"""The secrets of a stack: where they lie; what they are is the same for every installation."""

from collections.abc import Sequence

from nenghao import credentials
from nenghao.credentials import (
    AIRFLOW_ADMIN,
    AIRFLOW_API_KEY,
    AIRFLOW_FERNET,
    AIRFLOW_JWT,
    AIRFLOW_PASSWORDS,
    BROKER_SECRET,
    BROKER_SERVER_CERTIFICATE,
    BROKER_SERVER_KEY,
    PUBLIC_KEY,
    RANDOM_SECRETS,
    SIGNING_KEY,
)
from nenghao.db.bootstrap import AIRFLOW_ROLE, SUPERUSER
from nenghao.stack.spec import Layout

__all__ = [
    "AIRFLOW_ADMIN",
    "AIRFLOW_API_KEY",
    "AIRFLOW_FERNET",
    "AIRFLOW_JWT",
    "AIRFLOW_PASSWORDS",
    "AIRFLOW_ROLE",
    "BROKER_SECRET",
    "BROKER_SERVER_CERTIFICATE",
    "BROKER_SERVER_KEY",
    "PUBLIC_KEY",
    "RANDOM_SECRETS",
    "SIGNING_KEY",
    "SUPERUSER",
    "generate_secrets",
    "read_secret",
]


def generate_secrets(layout: Layout, gateway_hosts: Sequence[str]) -> None:
    """Make every secret of a stack that is not there yet; those that are there stay as they are."""
    credentials.generate_secrets(layout.secrets, layout.trust, gateway_hosts)


def read_secret(layout: Layout, name: str) -> str:
    """Return a generated secret as text."""
    return (layout.secrets / name).read_text(encoding="utf-8").strip()
