"""Tells the broker which clients there are and what each may do, from the table of gateways."""

import os
import signal
from collections.abc import Iterable
from pathlib import Path

from ingest.topics import DOWNWARD, ROOT, UPWARD, gateway_topic
from nenghao.broker_files import mosquitto_password_hash, render_passwd, write_atomically
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.gateways import RegisteredGateway, gateways_with_password
from nenghao.errors import ConfigError


def sync_broker(settings: Settings) -> int:
    """Write `passwd` and `acl`, have the broker read them, and return the number of gateways.

    Raises: ConfigError where the files cannot be written or the broker cannot be told.
    """
    with connect(settings, Role.COLLECTOR) as conn:
        gateways = gateways_with_password(conn)
    users = {client_name(gateway): gateway.broker_password_hash for gateway in gateways}
    users[settings.broker_user] = mosquitto_password_hash(settings.secret("broker_collector"))
    folder = settings.broker_config_dir
    try:
        write_atomically(folder / "passwd", render_passwd(users))
        write_atomically(folder / "acl", render_acl(settings.broker_user, gateways))
    except OSError as error:
        raise ConfigError(f"broker files in {folder}: {error.strerror}") from error
    _reload(folder / "mosquitto.pid")
    return len(gateways)


def client_name(gateway: RegisteredGateway) -> str:
    """A gateway's user name at the broker."""
    return f"{gateway.unit_code}.{gateway.gateway_code}"


def render_acl(collector: str, gateways: Iterable[RegisteredGateway]) -> str:
    """What each client may write and read; what is not named is denied."""
    lines = [f"user {collector}", f"topic readwrite {ROOT}/#", "topic read $SYS/#"]
    for gateway in gateways:
        place = (gateway.shard, gateway.unit_code, gateway.gateway_code)
        lines += ["", f"user {client_name(gateway)}"]
        lines += [f"topic write {gateway_topic(*place, kind)}" for kind in UPWARD]
        lines += [f"topic read {gateway_topic(*place, kind)}" for kind in DOWNWARD]
        lines += [f"topic read {ROOT}/heads/#"]
    return "\n".join(lines) + "\n"


def _reload(pid_file: Path) -> None:
    try:
        os.kill(int(pid_file.read_text().strip()), signal.SIGHUP)
    except (OSError, ValueError) as error:
        raise ConfigError(f"the broker of {pid_file} cannot be told to read its files: {error}") from error
