"""Writes `.env.example` from the settings class: `python deploy/env_example.py > .env.example`."""

import sys
import textwrap
from enum import Enum
from pathlib import Path
from typing import Any

from nenghao.config import PROJECT_ROOT, Settings

# What docker-compose.yml itself asks for, with the defaults that stand there; a test compares them.
COMPOSE_VARIABLES = {
    "GATEWAY_ADDRESS": ("127.0.0.1", "Address of the host where gateways reach the broker, by TLS; 0.0.0.0 is all."),
    "AIRFLOW_PORT": ("8080", "Port of the host, on 127.0.0.1, with Airflow's pages."),
    "POSTGRES_MEMORY": ("2g", "Memory limit of TimescaleDB."),
    "POSTGRES_SHARED_BUFFERS": ("256MB", "Page cache of TimescaleDB; about a quarter of its memory limit."),
    "AIRFLOW_SCHEDULER_MEMORY": ("3g", "Memory limit of the scheduler, inside which four tasks may run at once."),
}
HEADER = """\
Settings with their defaults; copy to .env and uncomment what shall differ. Secrets are files, never variables.
Written by deploy/env_example.py from nenghao/config.py: do not edit.
"""
FIXED = """\
Settings of every process. In containers, docker-compose.yml sets hosts, ports and folders itself and these lines
do not change them; relative folders are below the checkout.
"""
COMPOSE = "What docker-compose.yml asks for beside them."
WIDTH = 118


def render() -> str:
    """The whole file."""
    parts = [_comment(HEADER), _comment(FIXED)]
    for name, field in Settings.model_fields.items():
        parts.append(_variable(f"NENGHAO_{name.upper()}", shown(field.default), field.description or ""))
    parts.append(_comment(COMPOSE))
    parts += [_variable(name, default, text) for name, (default, text) in COMPOSE_VARIABLES.items()]
    return "\n".join(parts)


def shown(value: Any) -> str:
    """A default as a variable would hold it, without the path of this checkout."""
    if isinstance(value, Path):
        return str(value.relative_to(PROJECT_ROOT)) if value.is_relative_to(PROJECT_ROOT) else str(value)
    if isinstance(value, tuple):
        return ",".join(shown(item) for item in value)
    return str(value.value if isinstance(value, Enum) else value)


def _variable(name: str, default: str, description: str) -> str:
    return f"{_comment(description)}# {name}={default}\n"


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(text, WIDTH))


if __name__ == "__main__":
    sys.stdout.write(render())
