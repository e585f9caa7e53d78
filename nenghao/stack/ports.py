"""Draws free ports and remembers them, so that stacks run side by side and clients find theirs again."""

import errno
import json
import secrets
import socket
from dataclasses import dataclass, fields
from pathlib import Path

from nenghao.errors import ConfigError

# Below the range from which Linux takes ports for outgoing connections, so that none is taken between draw and use.
FIRST_PORT = 20_000
LAST_PORT = 32_000
MAX_DRAWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Every port of a stack, on 127.0.0.1; those of Airflow's log servers are drawn though both stay closed."""

    postgres: int
    #: The inner listener, for collector and outbound sender.
    mosquitto: int
    #: The listener for gateways.
    mosquitto_gateways: int
    signer: int
    console: int
    airflow_api: int
    airflow_worker_log: int
    airflow_triggerer_log: int


def is_free(port: int) -> bool:
    """Tell whether nothing listens on the port, on any interface."""
    for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104 - a probe, closed at once
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind((host, port))
        except OSError as error:
            if family == socket.AF_INET6 and error.errno is not None and not _is_taken(error):
                continue  # a machine without IPv6
            return False
    return True


def load_ports(path: Path) -> Ports:
    """Read the remembered ports.

    Raises: ConfigError where the stack was never started, or not since there is a component more.
    """
    remembered = _read(path)
    if remembered is None:
        raise ConfigError(f"no stack in {path.parent}: start one with `nenghao stack up`")
    missing = [field.name for field in fields(Ports) if field.name not in remembered]
    if missing:
        raise ConfigError(
            f"the stack in {path.parent} is older than {', '.join(missing)}:"
            " `nenghao stack down`, then `nenghao stack up`"
        )
    return Ports(**{field.name: remembered[field.name] for field in fields(Ports)})


def draw_ports(path: Path) -> Ports:
    """Keep the remembered ports that are still free, draw the others, and remember all."""
    remembered = _read(path) or {}
    drawn: dict[str, int] = {}
    for field in fields(Ports):
        port = remembered.get(field.name)
        drawn[field.name] = port if port and is_free(port) else _draw(taken=set(drawn.values()))
    ports = Ports(**drawn)
    path.write_text(json.dumps(drawn, indent=2) + "\n", encoding="utf-8")
    return ports


def _read(path: Path) -> dict[str, int] | None:
    """What is remembered, perhaps by a stack that had fewer or more components."""
    try:
        remembered = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(remembered, dict):
        return None
    return {str(name): port for name, port in remembered.items() if isinstance(port, int)}


def _draw(taken: set[int]) -> int:
    for _ in range(MAX_DRAWS):
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        if port not in taken and is_free(port):
            return port
    raise ConfigError(f"no free port between {FIRST_PORT} and {LAST_PORT}")


def _is_taken(error: OSError) -> bool:
    return error.errno in {errno.EADDRINUSE, errno.EACCES}
